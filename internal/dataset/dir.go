package dataset

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"liftgraph/internal/disk"
)

// Files are private: they hold commit messages, user names and e-mail addresses.
const (
	fileMode = 0o600
	dirMode  = 0o700
)

// Dir is a directory in the making. Nothing of it is seen under its name before [Dir.Publish].
type Dir struct {
	final, staging string
	unlock         func() error
	sealed         bool

	mu    sync.Mutex
	files []File
	open  int
}

// Create begins a directory that will be published as final, for which it keeps other processes from
// publishing or replacing it until [Dir.Abandon]. What an earlier, killed attempt left beside it is removed.
// A directory that holds something else than a published one is refused: it would be replaced.
func Create(final string) (d *Dir, err error) {
	final, err = filepath.Abs(final)
	if err != nil {
		return nil, err
	}
	if target, err := filepath.EvalSymlinks(final); err == nil {
		final = target // a link to another disk stays one
	}
	if err := mkdirAll(filepath.Dir(final)); err != nil {
		return nil, err
	}
	unlock, err := Claim(final)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, unlock())
		}
	}()
	if err := recoverOld(final); err != nil {
		return nil, err
	}
	if err := replaceable(final); err != nil {
		return nil, err
	}
	staging := stagingName(final)
	if err := errors.Join(disk.Check("remove", staging), os.RemoveAll(staging)); err != nil {
		return nil, err
	}
	if err := errors.Join(disk.Check("mkdir", staging), os.Mkdir(staging, dirMode)); err != nil {
		return nil, err
	}
	return &Dir{final: final, staging: staging, unlock: unlock}, nil
}

func stagingName(final string) string {
	return filepath.Join(filepath.Dir(final), "."+filepath.Base(final)+".new")
}

// Seal writes the manifest, to which it adds the files, and makes everything durable: after it only
// [Dir.Swap] is left. Nothing can be written any more.
func (d *Dir) Seal(m *Manifest) error {
	if d.open != 0 {
		return fmt.Errorf("publish %s: %d files are still open", d.final, d.open)
	}
	slices.SortFunc(d.files, func(a, b File) int { return cmp.Compare(a.Path, b.Path) })
	m.Files = d.files
	for i := range m.Ledger {
		if err := m.Ledger[i].Check(); err != nil {
			return err
		}
	}
	b, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	name := filepath.Join(d.staging, ManifestName)
	if err := writeFile(name, append(b, '\n')); err != nil {
		return err
	}
	d.sealed = true
	return syncTree(d.staging, name)
}

// Swap puts the sealed directory in its place. The directory that was there before stays untouched until then.
func (d *Dir) Swap() error {
	if !d.sealed {
		return fmt.Errorf("publish %s: it isn't sealed", d.final)
	}
	if err := disk.Check("rename", d.final); err != nil {
		return err
	}
	return swapIn(d.staging, d.final)
}

// Publish seals the directory and puts it in its place.
func (d *Dir) Publish(m *Manifest) error {
	if err := d.Seal(m); err != nil {
		return err
	}
	return d.Swap()
}

// Abandon removes what was not published and lets others publish here. It may be called more than once.
func (d *Dir) Abandon() error { return errors.Join(os.RemoveAll(d.staging), d.unlock()) }

// syncTree makes the manifest and every directory durable; the other files were synced when they were closed.
func syncTree(root, manifest string) error {
	return filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		if err != nil || !e.IsDir() && path != manifest {
			return err
		}
		return SyncPath(path)
	})
}

// writeFile creates a small file.
func writeFile(name string, content []byte) error {
	f, err := create(name)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	return errors.Join(err, f.Close())
}

// SyncPath makes a file, or the entries of a directory, durable.
func SyncPath(path string) error {
	if err := disk.Check("sync", path); err != nil {
		return err
	}
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

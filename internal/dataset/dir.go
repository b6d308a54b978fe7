package dataset

import (
	"bufio"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sys/unix"
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
	if err := os.MkdirAll(filepath.Dir(final), dirMode); err != nil {
		return nil, err
	}
	unlock, err := lock(lockName(final), unix.LOCK_EX)
	if errors.Is(err, errLocked) {
		return nil, fmt.Errorf("%s is being written or loaded by another liftgraph: wait for it", final)
	}
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
	if err := os.RemoveAll(staging); err != nil {
		return nil, err
	}
	if err := os.Mkdir(staging, dirMode); err != nil {
		return nil, err
	}
	return &Dir{final: final, staging: staging, unlock: unlock}, nil
}

// ErrOccupied is wrapped by [Create] where the place holds something else.
var ErrOccupied = errors.New("it holds files that liftgraph did not write")

// replaceable refuses a place that holds any file that no manifest of ours lists.
func replaceable(final string) error {
	entries, err := os.ReadDir(final)
	if errors.Is(err, fs.ErrNotExist) || err == nil && len(entries) == 0 {
		return nil
	}
	if err != nil {
		return err
	}
	occupied := fmt.Errorf("%s would be replaced, but %w: name another directory, or empty it", final, ErrOccupied)
	m, err := ReadManifest(final)
	if err != nil || m.Stage == "" {
		return occupied
	}
	ours := map[string]bool{ManifestName: true}
	for _, f := range m.Files {
		top, _, _ := strings.Cut(f.Path, "/")
		ours[top] = true
	}
	for _, e := range entries {
		if !ours[e.Name()] {
			return occupied
		}
	}
	return nil
}

func stagingName(final string) string {
	return filepath.Join(filepath.Dir(final), "."+filepath.Base(final)+".new")
}

// File creates a file of the directory, by its relative path with slashes.
func (d *Dir) File(path string) (*FileWriter, error) {
	full := filepath.Join(d.staging, filepath.FromSlash(path))
	if err := os.MkdirAll(filepath.Dir(full), dirMode); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(full, os.O_CREATE|os.O_EXCL|os.O_WRONLY, fileMode)
	if err != nil {
		return nil, err
	}
	d.mu.Lock()
	d.open++
	d.mu.Unlock()
	w := &FileWriter{dir: d, path: path, file: f, hash: sha256.New()}
	w.buf = bufio.NewWriterSize(f, 64<<10)
	return w, nil
}

// WriteFile creates a small file that holds no rows.
func (d *Dir) WriteFile(path string, content []byte) error {
	w, err := d.File(path)
	if err != nil {
		return err
	}
	if _, err := w.Write(content); err != nil {
		return errors.Join(err, w.Close())
	}
	return w.Close()
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
	if err := os.WriteFile(name, append(b, '\n'), fileMode); err != nil {
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
		return syncPath(path)
	})
}

func syncPath(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// FileWriter writes one file and keeps its size, checksum and count of rows for the manifest.
type FileWriter struct {
	dir   *Dir
	path  string
	file  *os.File
	buf   *bufio.Writer
	hash  hash.Hash
	bytes int64
	rows  int64
	done  bool
}

// Write implements [io.Writer].
func (w *FileWriter) Write(p []byte) (int, error) {
	w.hash.Write(p)
	w.bytes += int64(len(p))
	return w.buf.Write(p)
}

// AddRows counts n more rows in the file.
func (w *FileWriter) AddRows(n int64) { w.rows += n }

// Close makes the file durable and enters it in the manifest.
func (w *FileWriter) Close() error {
	if w.done {
		return nil
	}
	w.done = true
	err := errors.Join(w.buf.Flush(), w.file.Sync(), w.file.Close())
	w.dir.mu.Lock()
	defer w.dir.mu.Unlock()
	w.dir.open--
	w.dir.files = append(w.dir.files, File{Path: w.path, Rows: w.rows, Bytes: w.bytes, SHA256: hex.EncodeToString(w.hash.Sum(nil))})
	return err
}

package lake

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"liftgraph/internal/dataset"
	"liftgraph/internal/disk"
)

// Files are private: they hold commit messages, user names and e-mail addresses.
const (
	fileMode = 0o600
	dirMode  = 0o700
)

// stagingBegin begins the names of directories that hold the files of a publication until they are revealed. What begins with a
// dot is no table's to any engine.
const stagingBegin = ".staging-"

// directory is a lake in a directory.
type directory struct {
	root string

	mu      sync.Mutex
	staging string
	created []string
}

func openDirectory(path string) (*directory, error) {
	root, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	if target, err := filepath.EvalSymlinks(root); err == nil {
		root = target
	}
	return &directory{root: root}, nil
}

func (d *directory) full(path string) string { return filepath.Join(d.root, filepath.FromSlash(path)) }

func (d *directory) hold() (func() error, error) {
	if err := disk.MkdirAll(filepath.Dir(d.root), dirMode); err != nil {
		return nil, err
	}
	return dataset.Claim(d.root)
}

func (d *directory) read(_ context.Context, path string) ([]byte, string, error) {
	content, err := os.ReadFile(d.full(path))
	if errors.Is(err, fs.ErrNotExist) {
		err = fmt.Errorf("%s: %w", d.full(path), errNone)
	}
	sum := sha256.Sum256(content)
	return content, hex.EncodeToString(sum[:]), err
}

func (d *directory) open(_ context.Context, path string, size int64) (io.ReadCloser, error) {
	f, err := os.Open(d.full(path))
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && info.Size() != size {
		err = fmt.Errorf("%s has %d bytes, not %d", d.full(path), info.Size(), size)
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

func (d *directory) list(ctx context.Context, folder string) iter.Seq2[entry, error] {
	return func(yield func(entry, error) bool) {
		err := filepath.WalkDir(d.full(folder), func(path string, e fs.DirEntry, err error) error {
			switch {
			case errors.Is(err, fs.ErrNotExist):
				return nil
			case err != nil:
				return err
			case ctx.Err() != nil:
				return context.Cause(ctx)
			case e.IsDir() && strings.HasPrefix(e.Name(), stagingBegin):
				return fs.SkipDir
			case e.IsDir():
				return nil
			}
			info, err := e.Info()
			if errors.Is(err, fs.ErrNotExist) {
				return nil
			}
			if err != nil {
				return err
			}
			rel, err := filepath.Rel(d.root, path)
			if err == nil && !yield(entry{filepath.ToSlash(rel), info.Size()}, nil) {
				return fs.SkipAll
			}
			return err
		})
		if err != nil {
			yield(entry{}, err)
		}
	}
}

// probe also removes what killed publications left: no other publication is under way here.
func (d *directory) probe(ctx context.Context, publication string) error {
	if err := d.sweep(ctx, func(string) bool { return true }); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	d.staging = filepath.Join(d.root, stagingBegin+publication)
	return disk.MkdirAll(d.staging, dirMode)
}

func (d *directory) create(_ context.Context, path string) (io.WriteCloser, error) {
	full := filepath.Join(d.staging, filepath.FromSlash(path))
	if err := disk.MkdirAll(filepath.Dir(full), dirMode); err != nil {
		return nil, err
	}
	f, err := disk.OpenFile(full, os.O_CREATE|os.O_EXCL|os.O_WRONLY, fileMode)
	if err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.created = append(d.created, path)
	return &durable{Writer: bufio.NewWriterSize(f, 64<<10), file: f}, nil
}

// durable is a file that is on the disk when it is closed.
type durable struct {
	*bufio.Writer
	file disk.File
}

func (f *durable) Close() error {
	return errors.Join(f.Flush(), f.file.Sync(), f.file.Close())
}

func (d *directory) finish(context.Context) error { return nil }

func (d *directory) reveal(ctx context.Context) error {
	touched := map[string]bool{}
	for _, path := range d.created {
		if err := ctx.Err(); err != nil {
			return context.Cause(ctx)
		}
		to := d.full(path)
		if err := disk.MkdirAll(filepath.Dir(to), dirMode); err != nil {
			return err
		}
		if err := disk.Rename(filepath.Join(d.staging, filepath.FromSlash(path)), to); err != nil {
			return err
		}
		for dir := filepath.Dir(to); len(dir) >= len(d.root) && !touched[dir]; dir = filepath.Dir(dir) {
			touched[dir] = true
		}
	}
	for dir := range touched {
		if err := dataset.SyncPath(dir); err != nil {
			return err
		}
	}
	return nil
}

func (d *directory) drop(context.Context) error {
	if d.staging == "" {
		return nil
	}
	// What it was made in goes too, if nothing else is there: a lake that was refused leaves no trace.
	err := os.RemoveAll(d.staging)
	_ = os.Remove(d.root)
	return err
}

func (d *directory) put(ctx context.Context, path string, content []byte, tag string) error {
	switch _, now, err := d.read(ctx, path); {
	case errors.Is(err, errNone) && tag == "":
	case err != nil && !errors.Is(err, errNone):
		return err
	case err != nil || now != tag:
		return fmt.Errorf("%s: %w", d.full(path), errReplaced)
	}
	f, err := disk.CreateTemp(d.staging, "small-*")
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	to := d.full(path)
	if err := disk.MkdirAll(filepath.Dir(to), dirMode); err != nil {
		return err
	}
	if err := disk.Rename(f.Name(), to); err != nil {
		return err
	}
	return errors.Join(dataset.SyncPath(filepath.Dir(to)), dataset.SyncPath(d.root))
}

func (d *directory) remove(_ context.Context, paths []string) error {
	for _, path := range paths {
		full := d.full(path)
		if err := os.Remove(full); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		// A folder of a partition goes with its last file; one that holds anything can't be removed.
		for dir := filepath.Dir(full); len(dir) > len(d.root); dir = filepath.Dir(dir) {
			if os.Remove(dir) != nil {
				break
			}
		}
	}
	return nil
}

func (d *directory) sweep(_ context.Context, stale func(string) bool) error {
	entries, err := os.ReadDir(d.root)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if publication, ok := strings.CutPrefix(e.Name(), stagingBegin); ok && stale(publication) {
			if err := os.RemoveAll(filepath.Join(d.root, e.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}

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
	"sync"
)

// Files are private: they hold commit messages, user names and e-mail addresses.
const (
	fileMode = 0o600
	dirMode  = 0o700
)

// Dir is a directory in the making. Nothing of it is seen under its name before [Dir.Publish].
type Dir struct {
	final, staging string

	mu    sync.Mutex
	files []File
	open  int
}

// Create begins a directory that will be published as final. What an earlier, killed
// attempt left beside it is removed: the caller holds the lock of the data directory.
// A directory that holds something else than a published one is refused: it would be replaced.
func Create(final string) (*Dir, error) {
	final, err := filepath.Abs(final)
	if err != nil {
		return nil, err
	}
	if err := replaceable(final); err != nil {
		return nil, err
	}
	staging := stagingName(final)
	if err := os.RemoveAll(staging); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(staging, dirMode); err != nil {
		return nil, err
	}
	return &Dir{final: final, staging: staging}, nil
}

// ErrOccupied is wrapped by [Create] where the place holds something else.
var ErrOccupied = errors.New("it holds files that liftgraph did not write")

func replaceable(final string) error {
	entries, err := os.ReadDir(final)
	if errors.Is(err, fs.ErrNotExist) || err == nil && len(entries) == 0 {
		return nil
	}
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return e.Name() == ManifestName }) {
		return fmt.Errorf("%s would be replaced, but %w: name another directory, or empty it", final, ErrOccupied)
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

// Publish writes the manifest, to which it adds the files, and swaps the directory in.
// The directory that was there before stays untouched until then, and after any error.
func (d *Dir) Publish(m *Manifest) error {
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
	if err := syncTree(d.staging, name); err != nil {
		return err
	}
	return swapIn(d.staging, d.final)
}

// Abandon removes what was written. After Publish it does nothing, so that it can be deferred.
func (d *Dir) Abandon() error { return os.RemoveAll(d.staging) }

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

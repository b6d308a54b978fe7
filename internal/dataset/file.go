package dataset

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"os"
	"path/filepath"

	"liftgraph/internal/disk"
)

// File creates a file of the directory, by its relative path with slashes.
func (d *Dir) File(path string) (*FileWriter, error) {
	full := filepath.Join(d.staging, filepath.FromSlash(path))
	if err := mkdirAll(filepath.Dir(full)); err != nil {
		return nil, err
	}
	f, err := create(full)
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

// Open opens a file of the directory that was closed, to be read.
func (d *Dir) Open(path string) (*os.File, error) {
	return os.Open(filepath.Join(d.staging, filepath.FromSlash(path)))
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

// FileWriter writes one file and keeps its size, checksum and count of rows for the manifest.
type FileWriter struct {
	dir   *Dir
	path  string
	file  disk.File
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

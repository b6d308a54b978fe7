// Package disk is the seam at which tests fail file operations, each of which is that of package os otherwise.
package disk

import (
	"errors"
	"io"
	"os"
)

// Fault is called before each file operation that what is published, kept or spilled consists of, with its name (mkdir, create, write,
// sync, close, rename, remove) and the path. An error of it fails the operation: [io.ErrShortWrite] a write after half of its bytes, any
// other before anything is done. It is nil but in tests, which fail each operation once.
var Fault func(operation, path string) error

// Check returns the error that an operation is to fail with; nil but in tests.
func Check(operation, path string) error {
	if Fault == nil {
		return nil
	}
	return Fault(operation, path)
}

// File is a file whose writes can fail in tests.
type File struct{ *os.File }

// Write implements [io.Writer].
func (f File) Write(b []byte) (int, error) {
	return f.write(b, f.File.Write)
}

// WriteAt implements [io.WriterAt].
func (f File) WriteAt(b []byte, at int64) (int, error) {
	return f.write(b, func(b []byte) (int, error) { return f.File.WriteAt(b, at) })
}

func (f File) write(b []byte, write func([]byte) (int, error)) (int, error) {
	switch err := Check("write", f.Name()); {
	case errors.Is(err, io.ErrShortWrite):
		n, failed := write(b[:len(b)/2])
		return n, errors.Join(err, failed)
	case err != nil:
		return 0, err
	}
	return write(b)
}

// Sync makes what was written durable.
func (f File) Sync() error {
	if err := Check("sync", f.Name()); err != nil {
		return err
	}
	return f.File.Sync()
}

// Close closes the file, also where that is to fail.
func (f File) Close() error { return errors.Join(Check("close", f.Name()), f.File.Close()) }

// OpenFile is [os.OpenFile].
func OpenFile(path string, flag int, mode os.FileMode) (File, error) {
	if err := Check("create", path); err != nil {
		return File{}, err
	}
	f, err := os.OpenFile(path, flag, mode)
	return File{f}, err
}

// CreateTemp is [os.CreateTemp].
func CreateTemp(dir, pattern string) (File, error) {
	if err := Check("create", dir); err != nil {
		return File{}, err
	}
	f, err := os.CreateTemp(dir, pattern)
	return File{f}, err
}

// MkdirAll is [os.MkdirAll].
func MkdirAll(path string, mode os.FileMode) error {
	if err := Check("mkdir", path); err != nil {
		return err
	}
	return os.MkdirAll(path, mode)
}

// Rename is [os.Rename].
func Rename(from, to string) error {
	if err := Check("rename", to); err != nil {
		return err
	}
	return os.Rename(from, to)
}

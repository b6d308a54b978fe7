package dataset

import (
	"errors"
	"io"
	"os"
)

// Fault is called before each file operation that publishing consists of, with its name (mkdir, create, write, sync, close, rename,
// remove) and the path. An error of it fails the operation: [io.ErrShortWrite] a write after half of its bytes, any other before
// anything is done. It is nil but in tests, which fail each operation once.
var Fault func(operation, path string) error

func fault(operation, path string) error {
	if Fault == nil {
		return nil
	}
	return Fault(operation, path)
}

// faulty is a file whose operations can fail in tests.
type faulty struct{ *os.File }

func (f faulty) Write(b []byte) (int, error) {
	switch err := fault("write", f.Name()); {
	case errors.Is(err, io.ErrShortWrite):
		n, failed := f.File.Write(b[:len(b)/2])
		return n, errors.Join(err, failed)
	case err != nil:
		return 0, err
	}
	return f.File.Write(b)
}

func (f faulty) Sync() error {
	if err := fault("sync", f.Name()); err != nil {
		return err
	}
	return f.File.Sync()
}

func (f faulty) Close() error { return errors.Join(fault("close", f.Name()), f.File.Close()) }

// create creates a file that isn't there yet.
func create(path string) (faulty, error) {
	if err := fault("create", path); err != nil {
		return faulty{}, err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, fileMode)
	return faulty{f}, err
}

func mkdirAll(path string) error {
	if err := fault("mkdir", path); err != nil {
		return err
	}
	return os.MkdirAll(path, dirMode)
}

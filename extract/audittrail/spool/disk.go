package spool

import (
	"errors"
	"io"
	"os"
	"path/filepath"
)

// Files are private: events tell who did what from where.
const (
	fileMode = 0o600
	dirMode  = 0o700
)

// disk is what the spool does to the file system. Tests make it fail.
type disk interface {
	Create(name string) (file, error) // a new file, an error where one of that name is
	Rename(from, to string) error
	Remove(name string) error
	SyncDir(name string) error
}

// file is a file that is written.
type file interface {
	io.WriteCloser
	Sync() error
	Truncate(size int64) error
}

// localDisk is the real one.
type localDisk struct{}

func (localDisk) Create(name string) (file, error) {
	f, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, fileMode)
	if err != nil {
		return nil, err // not f, which would be a file that isn't nil
	}
	return f, nil
}

func (localDisk) Rename(from, to string) error { return os.Rename(from, to) }

func (localDisk) Remove(name string) error { return os.Remove(name) }

func (localDisk) SyncDir(name string) error {
	d, err := os.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// makeDir makes a directory with those above it, durably.
func makeDir(dir string, on disk) error {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	var missing []string
	for d := dir; ; d = filepath.Dir(d) {
		if _, err := os.Stat(d); !gone(err) {
			break
		}
		missing = append(missing, d)
	}
	if err := os.MkdirAll(dir, dirMode); err != nil {
		return err
	}
	for _, d := range missing {
		if err := on.SyncDir(filepath.Dir(d)); err != nil {
			return err
		}
	}
	return nil
}

package dataset

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"golang.org/x/sys/unix"
)

// Lock takes the data directory, which it creates, for this process, and returns what releases it.
// A directory that another process holds is an error at once. The lock ends with the process.
func Lock(data string) (release func() error, err error) {
	if err := os.MkdirAll(data, dirMode); err != nil {
		return nil, err
	}
	release, err = lock(filepath.Join(data, ".lock"), unix.LOCK_EX)
	if errors.Is(err, errLocked) {
		return nil, fmt.Errorf("another liftgraph is at work in %s: wait for it, or give this one its own --data", data)
	}
	return release, err
}

// Hold keeps a published directory from being replaced while it is read, and returns what releases it.
// Where no lock can be written, as on a read-only disk, no process can replace it either.
func Hold(dir string) (release func() error, err error) {
	dir, err = filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	release, err = lock(lockName(dir), unix.LOCK_SH)
	switch {
	case errors.Is(err, errLocked):
		return nil, fmt.Errorf("%s is being replaced by another liftgraph: wait for it", dir)
	case errors.Is(err, fs.ErrPermission) || errors.Is(err, unix.EROFS) || errors.Is(err, fs.ErrNotExist):
		return func() error { return nil }, nil // no process can replace it here, or there is nothing
	}
	return release, err
}

// Claim keeps others from writing or holding a directory while it is written, and returns what releases it.
func Claim(dir string) (release func() error, err error) {
	release, err = lock(lockName(dir), unix.LOCK_EX)
	if errors.Is(err, errLocked) {
		return nil, fmt.Errorf("%s is being written or loaded by another liftgraph: wait for it", dir)
	}
	return release, err
}

func lockName(final string) string {
	return filepath.Join(filepath.Dir(final), "."+filepath.Base(final)+".lock")
}

var errLocked = errors.New("locked by another process")

// lock takes a lock file, exclusively or shared, at once or not at all. What it returns may be called more than once.
func lock(name string, how int) (release func() error, err error) {
	f, err := os.OpenFile(name, os.O_CREATE|os.O_RDWR, fileMode)
	if err != nil {
		return nil, err
	}
	if err := unix.Flock(int(f.Fd()), how|unix.LOCK_NB); err != nil {
		closed := f.Close()
		if errors.Is(err, unix.EWOULDBLOCK) {
			return nil, errLocked
		}
		return nil, errors.Join(fmt.Errorf("lock %s: %w", name, err), closed)
	}
	return sync.OnceValue(f.Close), nil
}

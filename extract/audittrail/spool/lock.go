package spool

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// lockName is the file whose lock the process that writes to the directory holds.
const lockName = ".spool.lock"

// lock takes the directory for this process, and returns what releases it. The lock ends with the process.
func lock(dir string) (release func() error, err error) {
	f, err := os.OpenFile(filepath.Join(dir, lockName), os.O_CREATE|os.O_RDWR, fileMode)
	if err != nil {
		return nil, err
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		closed := f.Close()
		if errors.Is(err, unix.EWOULDBLOCK) {
			return nil, fmt.Errorf("another receiver is at work in %s: stop it first, or give this one a spool of its own", dir)
		}
		return nil, errors.Join(fmt.Errorf("lock %s: %w", f.Name(), err), closed)
	}
	return f.Close, nil
}

package dataset

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// Lock takes the data directory, which it creates, for this process, and gives what releases it.
// A directory that another process holds is an error at once. The lock ends with the process.
func Lock(data string) (release func() error, err error) {
	if err := os.MkdirAll(data, dirMode); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(filepath.Join(data, ".lock"), os.O_CREATE|os.O_RDWR, fileMode)
	if err != nil {
		return nil, err
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		closed := f.Close()
		if errors.Is(err, unix.EWOULDBLOCK) {
			return nil, fmt.Errorf("another liftgraph is at work in %s: wait for it, or give this one its own --data", data)
		}
		return nil, errors.Join(fmt.Errorf("lock %s: %w", data, err), closed)
	}
	return f.Close, nil
}

package dataset

import (
	"errors"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// swapIn puts staging in the place of final in one step: a rename can't replace a directory that isn't empty, an exchange can.
func swapIn(staging, final string) error {
	err := unix.Renameat2(unix.AT_FDCWD, staging, unix.AT_FDCWD, final, unix.RENAME_EXCHANGE)
	switch {
	case err == nil:
	case errors.Is(err, unix.ENOENT):
		if err := os.Rename(staging, final); err != nil {
			return err
		}
		return SyncPath(filepath.Dir(final))
	case errors.Is(err, unix.EINVAL) || errors.Is(err, unix.ENOSYS) || errors.Is(err, unix.EOPNOTSUPP):
		return swapInTwoSteps(staging, final)
	default:
		return &os.LinkError{Op: "exchange", Old: staging, New: final, Err: err}
	}
	// What is left of the old one goes with Abandon, or with the next Create: the new one is in its place.
	return SyncPath(filepath.Dir(final))
}

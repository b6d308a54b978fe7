package dataset

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// swapInTwoSteps serves file systems that know no exchange: between the two renames nothing
// lies under the name, but both directories are whole, and [recoverOld] puts the old one back.
func swapInTwoSteps(staging, final string) error {
	old := oldName(final)
	err := os.Rename(final, old)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := os.Rename(staging, final); err != nil {
		return errors.Join(err, os.Rename(old, final))
	}
	return errors.Join(SyncPath(filepath.Dir(final)), os.RemoveAll(old))
}

func oldName(final string) string {
	return filepath.Join(filepath.Dir(final), "."+filepath.Base(final)+".old")
}

// recoverOld puts back a directory that a kill left under its old name between the two steps, or removes
// one that a kill after them left.
func recoverOld(final string) error {
	switch _, err := os.Lstat(final); {
	case err == nil:
		return os.RemoveAll(oldName(final))
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	if err := os.Rename(oldName(final), final); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

//go:build unix

package main

import (
	"fmt"
	"syscall"
)

// freeBytes returns how many bytes may still be written to the disk that a directory is on.
func freeBytes(dir string) (uint64, error) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(dir, &s); err != nil {
		return 0, fmt.Errorf("the disk of %s can't be asked: %w", dir, err)
	}
	return s.Bavail * uint64(s.Bsize), nil //nolint:gosec // a block's size is positive
}

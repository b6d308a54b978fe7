package dataset

import (
	"os"

	"liftgraph/internal/disk"
)

// create creates a file that isn't there yet.
func create(path string) (disk.File, error) {
	return disk.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, fileMode)
}

func mkdirAll(path string) error { return disk.MkdirAll(path, dirMode) }

package published

import (
	"context"
	"os"
	"path/filepath"

	"liftgraph/internal/dataset"
)

// place is where the files of a directory lie.
type place interface {
	// manifest reads the manifest.
	manifest(ctx context.Context) (*dataset.Manifest, error)
	// open opens a file that the manifest lists. Where check is set, it returns an error for a file that differs from the manifest.
	open(ctx context.Context, file dataset.File, check bool) (*os.File, error)
}

// folder is a local directory.
type folder struct{ path string }

func (f folder) manifest(context.Context) (*dataset.Manifest, error) {
	return dataset.ReadManifest(f.path)
}

func (f folder) open(_ context.Context, file dataset.File, check bool) (*os.File, error) {
	if check {
		if err := dataset.CheckFile(f.path, file, true); err != nil {
			return nil, err
		}
	}
	return os.Open(filepath.Join(f.path, filepath.FromSlash(file.Path)))
}

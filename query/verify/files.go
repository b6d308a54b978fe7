package verify

import (
	"context"
	"fmt"
	"io/fs"
	"path/filepath"

	"liftgraph/internal/dataset"
)

// files proves that the directory holds the files of the manifest, as they were written, and no others.
func files(ctx context.Context, dir string, m *dataset.Manifest) error {
	listed := map[string]bool{dataset.ManifestName: true}
	for i, f := range m.Files {
		if !filepath.IsLocal(filepath.FromSlash(f.Path)) {
			return fmt.Errorf("the manifest lists %q, which is outside the directory", f.Path)
		}
		if i > 0 && f.Path <= m.Files[i-1].Path {
			return fmt.Errorf("the manifest lists %s twice or out of order", f.Path)
		}
		listed[f.Path] = true
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := dataset.CheckFile(dir, f, true); err != nil {
			return err
		}
	}
	dir, err := filepath.EvalSymlinks(dir) // a walk doesn't follow the link it begins at
	if err != nil {
		return err
	}
	return filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		if err == nil && !listed[filepath.ToSlash(rel)] {
			err = fmt.Errorf("%s isn't in the manifest", filepath.ToSlash(rel))
		}
		return err
	})
}

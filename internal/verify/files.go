package verify

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"liftgraph/internal/dataset"
)

// files proves that the directory holds the files of the manifest, as they were written, and no others.
func files(ctx context.Context, dir string, m *dataset.Manifest) error {
	listed := map[string]bool{dataset.ManifestName: true}
	for i, f := range m.Files {
		if !filepath.IsLocal(filepath.FromSlash(f.Path)) {
			return fmt.Errorf("the manifest lists %q, which lies elsewhere", f.Path)
		}
		if i > 0 && f.Path <= m.Files[i-1].Path {
			return fmt.Errorf("the manifest lists %s twice or out of order", f.Path)
		}
		listed[f.Path] = true
		if err := checkFile(ctx, dir, f); err != nil {
			return err
		}
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

func checkFile(ctx context.Context, dir string, want dataset.File) error {
	name := filepath.Join(dir, filepath.FromSlash(want.Path))
	info, err := os.Lstat(name)
	if err != nil {
		return fmt.Errorf("%s is in the manifest, but can't be read: %w", want.Path, err)
	}
	if !info.Mode().IsRegular() {
		return fmt.Errorf("%s isn't a regular file", want.Path)
	}
	if info.Size() != want.Bytes {
		return fmt.Errorf("%s has %d bytes, but the manifest says %d", want.Path, info.Size(), want.Bytes)
	}
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, reader{ctx, f}); err != nil {
		return fmt.Errorf("%s: %w", want.Path, err)
	}
	if got := hex.EncodeToString(h.Sum(nil)); got != want.SHA256 {
		return fmt.Errorf("%s isn't as it was written: its SHA-256 is %s, but the manifest says %s", want.Path, got, want.SHA256)
	}
	return nil
}

// reader ends with the context.
type reader struct {
	ctx context.Context
	r   io.Reader
}

func (r reader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.r.Read(p)
}

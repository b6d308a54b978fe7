package published

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"liftgraph/emit/lake"
	"liftgraph/internal/dataset"
	"liftgraph/internal/objects"
)

// Location is where the files of a published directory, or of a snapshot of a lake, are stored.
type Location struct {
	Root     string        // a directory, or s3://bucket/prefix without a slash at the end
	Store    objects.Store // of S3; nil for a directory
	Manifest *dataset.Manifest
	SHA256   string // of the manifest's bytes, in hex
	Name     string // of the manifest, relative to Root

	at   place
	kept kept
}

// Locate finds what is stored at a URI: see [OpenURI]; or in a data directory, whose Parquet comes before its CSV. With a day
// (YYYY-MM-DD) it is the newest snapshot of a lake of that day or before.
func Locate(ctx context.Context, uri, day string, opts Options) (*Location, error) {
	uri = Root(uri)
	p, err := find(ctx, uri, opts)
	for _, format := range []string{"parquet", "csv", "lake"} {
		if err == nil || !errors.Is(err, dataset.ErrNotPublished) {
			break
		}
		if inner, other := find(ctx, strings.TrimRight(uri, "/")+"/"+format, opts); other == nil || !errors.Is(other, dataset.ErrNotPublished) {
			p, err = inner, other
		}
	}
	if errors.Is(err, ErrNothing) {
		err = fmt.Errorf("%s is not a published directory: %w", uri, err)
	}
	if err != nil {
		return nil, err
	}
	l := &Location{at: p}
	if err := l.take(ctx, day); err != nil {
		return nil, err
	}
	b, err := l.bytes(ctx)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(b)
	l.SHA256, l.Manifest = hex.EncodeToString(sum[:]), new(dataset.Manifest)
	if err := json.Unmarshal(b, l.Manifest); err != nil {
		return nil, fmt.Errorf("%s/%s: %w", l.Root, l.Name, err)
	}
	for _, f := range l.Manifest.Files {
		if !filepath.IsLocal(filepath.FromSlash(f.Path)) {
			return nil, fmt.Errorf("%s: the manifest lists %q, which is stored elsewhere", l.Root, f.Path)
		}
	}
	return l, nil
}

// take learns the root and the manifest's name of a place.
func (l *Location) take(ctx context.Context, day string) (err error) {
	switch p := l.at.(type) {
	case folder:
		l.Root, l.Name = p.path, dataset.ManifestName
	case localLake:
		l.Root, l.Name = p.root, p.name
	case *remote:
		l.Root, l.Name, l.Store = p.root, p.name, p.store
	}
	if day == "" {
		return nil
	}
	if l.Name == dataset.ManifestName {
		return fmt.Errorf("%s is one publication, not a lake: it has no snapshots to choose by day", l.Root)
	}
	l.Name, err = l.asOf(ctx, day)
	return err
}

// asOf returns the name of the manifest of the newest snapshot of a day or before.
func (l *Location) asOf(ctx context.Context, day string) (newest string, err error) {
	oldest := ""
	see := func(name string) {
		if path.Ext(name) != ".json" || len(name) <= len(day) {
			return
		}
		if name[:len(day)] <= day && name > newest {
			newest = name
		}
		if oldest == "" || name < oldest {
			oldest = name
		}
	}
	if l.Store == nil {
		entries, err := os.ReadDir(filepath.Join(l.Root, lake.ManifestsFolder))
		if err != nil {
			return "", err
		}
		for _, e := range entries {
			see(e.Name())
		}
	} else {
		store, err := objects.Open(ctx, l.Root+"/"+lake.ManifestsFolder+"/", l.at.(*remote).opts.S3)
		if err != nil {
			return "", err
		}
		for o, err := range store.List(ctx, nil) {
			if err != nil {
				return "", err
			}
			see(path.Base(o.Key))
		}
	}
	if newest == "" {
		return "", fmt.Errorf("%s has no snapshot of %s or before; its oldest is of %.10s", l.Root, day, oldest)
	}
	return lake.ManifestsFolder + "/" + newest, nil
}

func (l *Location) bytes(ctx context.Context) ([]byte, error) {
	if r, ok := l.at.(*remote); ok {
		b, err := r.small(ctx, l.Name)
		if errors.Is(err, objects.ErrNotFound) {
			return nil, fmt.Errorf("%w (%w)", err, dataset.ErrNotPublished)
		}
		return b, err
	}
	b, err := os.ReadFile(filepath.Join(l.Root, filepath.FromSlash(l.Name)))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("there is no snapshot %s: %w", filepath.Join(l.Root, l.Name), dataset.ErrNotPublished)
	}
	return b, err
}

// Current reports whether the manifest at the location is still the same.
func (l *Location) Current(ctx context.Context) bool {
	b, err := l.bytes(ctx)
	if err != nil {
		return false
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:]) == l.SHA256
}

// Reader reads a file of the manifest at any offset. Of S3 only ranges are read, and the last of them kept for all readers of the
// location. The caller closes it.
func (l *Location) Reader(ctx context.Context, file dataset.File) (interface {
	io.ReaderAt
	io.Closer
}, error) {
	if l.Store == nil {
		f, err := os.Open(filepath.Join(l.Root, filepath.FromSlash(file.Path)))
		if err != nil {
			return nil, err
		}
		info, err := f.Stat()
		if err == nil && info.Size() != file.Bytes {
			err = fmt.Errorf("it has %d bytes, but the manifest says %d", info.Size(), file.Bytes)
		}
		if err != nil {
			return nil, errors.Join(err, f.Close())
		}
		return f, nil
	}
	uri := l.Root + "/" + file.Path
	_, rest, _ := strings.Cut(uri, "://")
	_, key, _ := strings.Cut(rest, "/")
	return &ranges{ctx: ctx, store: l.Store, object: objects.Object{URI: uri, Key: key, Size: file.Bytes}, kept: &l.kept}, nil
}

package published

import (
	"bytes"
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

	at place
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

// blockBytes is how many bytes of an object are read at once where fewer are wanted: a request costs more than they do.
const blockBytes = 32 << 10

// Reader reads a file of the manifest at any offset. Of S3 only ranges are read, and small ones kept by the reader: it isn't safe for
// concurrent use. The caller closes it.
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
	return &ranges{ctx: ctx, store: l.Store, object: objects.Object{URI: uri, Key: key, Size: file.Bytes}, blocks: map[int64][]byte{}}, nil
}

// ranges reads an object of S3.
type ranges struct {
	ctx    context.Context
	store  objects.Store
	object objects.Object
	blocks map[int64][]byte // by number
	large  []span           // of the last reads of more than a block: what was checked is then read
}

// span is a part of an object.
type span struct {
	at    int64
	bytes []byte
}

// Larger reads than mostLarge bytes aren't kept, and of others the last keptLarge.
const (
	mostLarge = 1 << 20
	keptLarge = 4
)

// from returns what is kept of a large read from an offset on.
func (r *ranges) from(off int64) []byte {
	for _, s := range r.large {
		if s.at <= off && off < s.at+int64(len(s.bytes)) {
			return s.bytes[off-s.at:]
		}
	}
	return nil
}

// mostBlocks bounds the blocks that are kept.
const mostBlocks = 128

// ReadAt implements [io.ReaderAt].
func (r *ranges) ReadAt(p []byte, off int64) (n int, err error) {
	if off >= r.object.Size {
		return 0, io.EOF
	}
	want := p[:min(int64(len(p)), r.object.Size-off)]
	n = copy(want, r.from(off))
	if len(want)-n >= blockBytes {
		if err := objects.Range(r.ctx, r.store, r.object, want[n:], off+int64(n)); err != nil {
			return 0, err
		}
		if len(want)-n <= mostLarge {
			r.large = append(r.large[max(0, len(r.large)+1-keptLarge):], span{off + int64(n), bytes.Clone(want[n:])})
		}
		n = len(want)
	}
	for n < len(want) {
		if b := r.from(off + int64(n)); b != nil {
			n += copy(want[n:], b)
			continue
		}
		number := (off + int64(n)) / blockBytes
		b, ok := r.blocks[number]
		if !ok {
			b = make([]byte, min(blockBytes, r.object.Size-number*blockBytes))
			if err := objects.Range(r.ctx, r.store, r.object, b, number*blockBytes); err != nil {
				return n, err
			}
			if len(r.blocks) == mostBlocks {
				clear(r.blocks)
			}
			r.blocks[number] = b
		}
		n += copy(want[n:], b[off+int64(n)-number*blockBytes:])
	}
	if n < len(p) {
		err = io.EOF
	}
	return n, err
}

// Close implements [io.Closer].
func (r *ranges) Close() error { return nil }

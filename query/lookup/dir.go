// Package lookup finds rows of a published directory of CSV or Parquet by their keys and ends, and reads little else.
//
// Rows are found by the indexes that emit writes (package index). Parts without one, as in directories of earlier
// versions, are read in full each time.
package lookup

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"

	"liftgraph/emit/index"
	"liftgraph/emit/lake"
	"liftgraph/emit/published"
	"liftgraph/graph"
	"liftgraph/internal/dataset"
	"liftgraph/internal/objects"
)

// ErrReplaced is wrapped where another directory was published in the place of the one that is read: ask again.
var ErrReplaced = errors.New("it was replaced while it was read")

// Dir is a published directory, or a snapshot of a lake, opened for look-ups, which may run at the same time. It stays the same one although
// another is published in its place, until the publisher removes it.
type Dir struct {
	path     string
	root     *os.Root // nil in S3
	at       *published.Location
	ctx      context.Context // of reading from S3
	manifest *dataset.Manifest
	format   format
	files    map[string]dataset.File   // by path
	folders  map[string][]dataset.File // of a lake: its parts by table
	indexes  map[string][]dataset.File // of a lake: its indexes by table
	bytes    atomic.Int64

	mu       sync.Mutex
	tables   map[*graph.Table][]*part
	segments map[*graph.Table][]*segment
}

// Open opens a local directory of the stage csv or parquet, or a lake, for look-ups that end with ctx.
func Open(ctx context.Context, path string) (*Dir, error) {
	return OpenURI(ctx, path, "", published.Options{})
}

// OpenURI opens what is stored at a URI, as [published.Locate] finds it, for look-ups that end with ctx. What is read of S3 are small
// ranges.
func OpenURI(ctx context.Context, uri, day string, opts published.Options) (_ *Dir, err error) {
	at, err := published.Locate(ctx, uri, day, opts)
	if err != nil {
		return nil, err
	}
	d := &Dir{path: at.Root, at: at, ctx: ctx, manifest: at.Manifest, files: map[string]dataset.File{}, folders: map[string][]dataset.File{}, indexes: map[string][]dataset.File{}, segments: map[*graph.Table][]*segment{}, tables: map[*graph.Table][]*part{}}
	if at.Store == nil {
		if d.root, err = os.OpenRoot(at.Root); err != nil {
			return nil, err
		}
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, d.Close())
		}
	}()
	if !at.Current(ctx) {
		return nil, fmt.Errorf("%s: %w", at.Root, ErrReplaced)
	}
	var ok bool
	if d.format, ok = formats[d.manifest.Stage]; !ok {
		return nil, fmt.Errorf("%s holds what the stage %s published: name a directory of CSV or Parquet, as `liftgraph emit` and `liftgraph run` publish them", d.path, d.manifest.Stage)
	}
	if m := d.manifest.Model; m != "" && m != graph.Default.Name {
		return nil, fmt.Errorf("%s is laid out by the graph model %s, in which nothing is looked up here: name a directory of the model %s, as emit writes without --graph-model", d.path, m, graph.Default.Name)
	}
	for _, f := range d.manifest.Files {
		d.files[f.Path] = f
		if !d.lake() {
			continue
		}
		if p, ok := lake.ParsePart(f.Path); ok {
			d.folders[p.Table] = append(d.folders[p.Table], f)
		}
		if x, ok := lake.ParseIndex(f.Path); ok {
			d.indexes[x.Table] = append(d.indexes[x.Table], f)
		}
	}
	return d, nil
}

// lake reports whether the rows are those of a snapshot of a lake.
func (d *Dir) lake() bool { return d.manifest.Stage == lake.Stage }

// current reports whether the directory is still in its place.
func (d *Dir) current() bool {
	if d.root == nil {
		return d.at.Current(d.ctx)
	}
	own, err := d.root.Stat(".")
	if err != nil {
		return false
	}
	there, err := os.Stat(d.path)
	return err == nil && os.SameFile(own, there)
}

// Close ends look-ups.
func (d *Dir) Close() error {
	if d.root == nil {
		return nil
	}
	return d.root.Close()
}

// Path returns the directory's path, as it was opened.
func (d *Dir) Path() string { return d.path }

// ManifestSHA256 returns the SHA-256 of the manifest's bytes, in hex.
func (d *Dir) ManifestSHA256() string { return d.at.SHA256 }

// Manifest returns the directory's manifest.
func (d *Dir) Manifest() *dataset.Manifest { return d.manifest }

// Lake reports whether the rows are those of a snapshot of a lake.
func (d *Dir) Lake() bool { return d.lake() }

// Indexed reports whether the directory has indexes.
func (d *Dir) Indexed() bool {
	for path := range d.files {
		if strings.HasPrefix(path, index.Folder+"/") {
			return true
		}
	}
	return false
}

// BytesRead returns how many bytes were read so far, besides the manifest.
func (d *Dir) BytesRead() int64 { return d.bytes.Load() }

// read opens a file of the directory for the call. What read finds wrong is returned as an error that says what to do about it.
func (d *Dir) read(file dataset.File, read func(io.ReaderAt) error) error {
	f, err := d.open(file)
	if err == nil {
		defer func() { _ = f.Close() }() // it was only read
		err = read(counted{f, &d.bytes})
	}
	switch {
	case err == nil:
		return nil
	case (errors.Is(err, fs.ErrNotExist) || errors.Is(err, objects.ErrNotFound) || errors.Is(err, objects.ErrChanged)) && !d.current():
		return fmt.Errorf("%s: %w", d.path, ErrReplaced)
	}
	return fmt.Errorf("%s: %w; check the directory with `liftgraph verify %s`, or run emit again", strings.TrimRight(d.path, "/")+"/"+file.Path, err, d.path)
}

// file is an open one.
type file interface {
	io.ReaderAt
	io.Closer
}

func (d *Dir) open(f dataset.File) (file, error) {
	if d.root == nil {
		return d.at.Reader(d.ctx, f)
	}
	local, err := d.root.Open(filepath.FromSlash(f.Path))
	if err != nil {
		return nil, err
	}
	if err := sized(local, f.Bytes); err != nil {
		return nil, errors.Join(err, local.Close())
	}
	return local, nil
}

func sized(f *os.File, want int64) error {
	info, err := f.Stat()
	if err == nil && info.Size() != want {
		err = fmt.Errorf("it has %d bytes, but the manifest says %d", info.Size(), want)
	}
	return err
}

// counted counts the bytes read.
type counted struct {
	r io.ReaderAt
	n *atomic.Int64
}

func (c counted) ReadAt(p []byte, off int64) (int, error) {
	n, err := c.r.ReadAt(p, off)
	c.n.Add(int64(n))
	return n, err
}

// Package lookup finds rows of a published directory of CSV or Parquet by their keys and ends, and reads little else.
//
// Rows are found by the indexes that emit writes (package index). Parts without one, as in directories of earlier
// versions, are read in full each time.
package lookup

import (
	"crypto/sha256"
	"encoding/hex"
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
	"liftgraph/graph"
	"liftgraph/internal/dataset"
)

// ErrReplaced is wrapped where another directory was published in the place of the one that is read: ask again.
var ErrReplaced = errors.New("it was replaced while it was read")

// Dir is a published directory, opened for look-ups, which may run at the same time. It stays the same one although
// another is published in its place, until the publisher removes it.
type Dir struct {
	path     string
	root     *os.Root
	manifest *dataset.Manifest
	sum      string // SHA-256 of the manifest
	format   format
	files    map[string]dataset.File // by path
	bytes    atomic.Int64

	mu     sync.Mutex
	tables map[*graph.Table][]*part
}

// Open opens a directory of the stage csv or parquet.
func Open(path string) (_ *Dir, err error) {
	root, err := os.OpenRoot(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s is not a published directory: %w", path, dataset.ErrNotPublished)
	}
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, root.Close())
		}
	}()
	d := &Dir{path: path, root: root, files: map[string]dataset.File{}, tables: map[*graph.Table][]*part{}}
	if d.manifest, err = dataset.ReadManifest(path); err != nil {
		return nil, err
	}
	b, err := os.ReadFile(filepath.Join(path, dataset.ManifestName))
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(b)
	d.sum = hex.EncodeToString(sum[:])
	if !d.current() {
		return nil, fmt.Errorf("%s: %w", path, ErrReplaced)
	}
	var ok bool
	if d.format, ok = formats[d.manifest.Stage]; !ok {
		return nil, fmt.Errorf("%s holds what the stage %s published: name a directory of CSV or Parquet, as `liftgraph emit` and `liftgraph run` publish them", path, d.manifest.Stage)
	}
	if m := d.manifest.Model; m != "" && m != graph.Default.Name {
		return nil, fmt.Errorf("%s is laid out by the graph model %s, in which nothing is looked up here: name a directory of the model %s, as emit writes without --graph-model", path, m, graph.Default.Name)
	}
	for _, f := range d.manifest.Files {
		d.files[f.Path] = f
	}
	return d, nil
}

// current tells whether the directory still lies in its place.
func (d *Dir) current() bool {
	own, err := d.root.Stat(".")
	if err != nil {
		return false
	}
	there, err := os.Stat(d.path)
	return err == nil && os.SameFile(own, there)
}

// Close ends look-ups.
func (d *Dir) Close() error { return d.root.Close() }

// Path gives the directory's path, as it was opened.
func (d *Dir) Path() string { return d.path }

// ManifestSHA256 returns the SHA-256 of the manifest's bytes, in hex.
func (d *Dir) ManifestSHA256() string { return d.sum }

// Manifest gives the directory's manifest.
func (d *Dir) Manifest() *dataset.Manifest { return d.manifest }

// Indexed tells whether the directory has indexes.
func (d *Dir) Indexed() bool {
	for path := range d.files {
		if strings.HasPrefix(path, index.Folder+"/") {
			return true
		}
	}
	return false
}

// BytesRead gives how many bytes were read so far, besides the manifest.
func (d *Dir) BytesRead() int64 { return d.bytes.Load() }

// read opens a file of the directory for the call. What read finds wrong is told with what to do about it.
func (d *Dir) read(file dataset.File, read func(io.ReaderAt) error) error {
	f, err := d.root.Open(filepath.FromSlash(file.Path))
	if err == nil {
		defer f.Close()
		err = sized(f, file.Bytes)
	}
	if err == nil {
		err = read(counted{f, &d.bytes})
	}
	switch {
	case err == nil:
		return nil
	case errors.Is(err, fs.ErrNotExist) && !d.current():
		return fmt.Errorf("%s: %w", d.path, ErrReplaced)
	}
	return fmt.Errorf("%s: %w; prove the directory by `liftgraph verify %s`, or run emit again", filepath.Join(d.path, filepath.FromSlash(file.Path)), err, d.path)
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

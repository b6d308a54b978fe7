// Package published reads a published graph back, whatever its format and location: the tables in the
// model's order, their rows sorted by their keys, as emit wrote them.
package published

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"liftgraph/emit/csvfile"
	"liftgraph/emit/lake"
	"liftgraph/emit/parquetfile"
	"liftgraph/emit/rowfile"
	"liftgraph/graph"
	"liftgraph/internal/dataset"
)

// Dir is a published directory of rows, or a snapshot of a lake.
type Dir struct {
	Path     string // or URI
	Manifest *dataset.Manifest
	Model    *graph.Model // of the tables
	Advice   string       // what to do where a part is damaged, added to the error; or empty

	ctx     context.Context // of the reading; nil: it isn't stopped
	place   place
	check   bool   // every part is compared with the manifest before its rows are given
	temp    string // where files of S3 lie while they are read, and what is sorted
	read    readPart
	parts   map[string][]dataset.File // by folder, in order
	layouts map[*graph.Table]layout   // of tables that an earlier version wrote; see [Dir.Adapt]
	fit     map[*graph.Table]bool     // of CSV, whose header was compared with the model's
	left    []string                  // what isn't read because its columns differ
}

type readPart func(f *os.File, t *graph.Table, part dataset.File, take func(graph.Row) error) error

// formats are the ways rows lie on disk, by the stage that the manifest names.
var formats = map[string]struct {
	extension string
	read      readPart
}{
	"graph":    {".ndjson.zst", rowfile.ReadFile},
	"csv":      {".csv.gz", csvfile.ReadFile},
	"parquet":  {".parquet", parquetfile.ReadFile},
	lake.Stage: {".parquet", parquetfile.ReadLakeFile},
}

// Open reads the manifest of a local directory; it wraps [dataset.ErrNotPublished] where there is none. A directory that
// holds no rows of a graph, e.g. one of raw records, is an error too. That its files are those that the manifest lists is
// taken for granted, but for the numbers of their rows: see [OpenURI].
func Open(dir string) (*Dir, error) {
	m, err := dataset.ReadManifest(dir)
	if err != nil {
		return nil, err
	}
	d := &Dir{Path: dir, Manifest: m, place: folder{dir}}
	return d, d.enter()
}

// enter takes up what the manifest says.
func (d *Dir) enter() error {
	m := d.Manifest
	f, ok := formats[m.Stage]
	if !ok {
		return fmt.Errorf("%s holds what the stage %q published, not the rows of a graph: name the directory of emit's CSV or Parquet", d.Path, m.Stage)
	}
	if d.Model, ok = graph.ModelNamed(m.Model); !ok {
		return fmt.Errorf("%s is laid out by the model %q, which this version doesn't know", d.Path, m.Model)
	}
	d.read, d.parts = f.read, map[string][]dataset.File{}
	for _, file := range m.Files { // sorted by path, and parts are numbered
		name := path.Base(file.Path)
		if !strings.HasPrefix(name, "part-") || !strings.HasSuffix(name, f.extension) {
			continue
		}
		if !filepath.IsLocal(filepath.FromSlash(file.Path)) {
			return fmt.Errorf("%s: the manifest lists %q, which is outside the directory", d.Path, file.Path)
		}
		kind, rest, _ := strings.Cut(file.Path, "/")
		table, _, _ := strings.Cut(rest, "/")
		folder := kind + "/" + table
		if m.Stage != lake.Stage {
			folder = path.Dir(file.Path)
		}
		d.parts[folder] = append(d.parts[folder], file)
	}
	return nil
}

// Parts returns the files of a table, in the order of their rows; those of a lake in that of their paths.
func (d *Dir) Parts(t *graph.Table) []dataset.File { return d.parts[t.Folder()] }

// Count returns the number of a table's rows, by the manifest.
func (d *Dir) Count(t *graph.Table) (n int64) {
	for _, p := range d.Parts(t) {
		n += p.Rows
	}
	return n
}

var errStopped = errors.New("stopped")

// Rows returns the rows of a table by their key, whose text is valid until the next. An error is the last thing it yields.
func (d *Dir) Rows(t *graph.Table) iter.Seq2[graph.Row, error] {
	if d.scattered(t) {
		return d.sorted(t)
	}
	return d.rows(t)
}

// rows returns the rows of a table as they lie in its parts.
func (d *Dir) rows(t *graph.Table) iter.Seq2[graph.Row, error] {
	return func(yield func(graph.Row, error) bool) {
		for _, part := range d.Parts(t) {
			err := d.part(t, part, func(row graph.Row) error {
				if !yield(row, nil) {
					return errStopped
				}
				return nil
			})
			if errors.Is(err, errStopped) {
				return
			}
			if err != nil {
				yield(nil, d.because(err))
				return
			}
		}
	}
}

// part hands the rows of a part to take.
func (d *Dir) part(t *graph.Table, part dataset.File, take func(graph.Row) error) error {
	if err := errors.Join(d.stopped(), d.checkHeader(t)); err != nil {
		return err
	}
	f, err := d.place.open(d.ctx, part, d.check)
	if err != nil {
		return err
	}
	defer f.Close()
	return d.readAdapted(f, t, part, take)
}

// because explains an error of reading: it may be that the manifest isn't that of these files any more.
func (d *Dir) because(err error) error {
	if d.stopped() != nil {
		return err
	}
	now, failed := d.place.manifest(d.ctx)
	if failed == nil && now.Started.Equal(d.Manifest.Started) && now.Ended.Equal(d.Manifest.Ended) && slices.Equal(now.Files, d.Manifest.Files) {
		return fmt.Errorf("%s: %w%s", d.Path, err, d.Advice)
	}
	return fmt.Errorf("%s was replaced while it was read: try again (%w)", d.Path, err)
}

// stopped returns why the reading must end, or nil.
func (d *Dir) stopped() error {
	if d.ctx == nil {
		return nil
	}
	return context.Cause(d.ctx)
}

// Package published reads a published graph back, whatever its format: the tables in the model's order, their
// rows sorted by their keys, as emit wrote them.
package published

import (
	"errors"
	"fmt"
	"iter"
	"path"
	"strings"

	"liftgraph/graph"
	"liftgraph/internal/dataset"
	"liftgraph/internal/published/csvrows"
	"liftgraph/internal/published/parquetrows"
	"liftgraph/internal/rowfile"
)

// Dir is a published directory of rows.
type Dir struct {
	Path     string
	Manifest *dataset.Manifest

	read  readPart
	parts map[string][]dataset.File // by folder, in order
}

type readPart func(dir string, t *graph.Table, part dataset.File, take func(graph.Row) error) error

// formats are the ways rows lie on disk, by the stage that the manifest names.
var formats = map[string]struct {
	extension string
	read      readPart
}{
	"graph":   {".ndjson.zst", rowfile.ReadPart},
	"csv":     {".csv.gz", csvrows.ReadPart},
	"parquet": {".parquet", parquetrows.ReadPart},
}

// Open reads the manifest of a directory; it wraps [dataset.ErrNotPublished] where there is none. A directory that
// holds no rows of a graph, e.g. one of raw records, is an error too.
func Open(dir string) (*Dir, error) {
	m, err := dataset.ReadManifest(dir)
	if err != nil {
		return nil, err
	}
	f, ok := formats[m.Stage]
	if !ok {
		return nil, fmt.Errorf("%s holds what the stage %q published, not the rows of a graph: name the directory of emit's CSV or Parquet", dir, m.Stage)
	}
	d := &Dir{Path: dir, Manifest: m, read: f.read, parts: map[string][]dataset.File{}}
	for _, file := range m.Files { // sorted by path, and parts are numbered
		if folder, name := path.Split(file.Path); strings.HasPrefix(name, "part-") && strings.HasSuffix(name, f.extension) {
			folder = strings.TrimSuffix(folder, "/")
			d.parts[folder] = append(d.parts[folder], file)
		}
	}
	return d, nil
}

// Parts gives the files of a table, in the order of their rows.
func (d *Dir) Parts(t *graph.Table) []dataset.File { return d.parts[t.Folder()] }

// Count gives the number of a table's rows, by the manifest.
func (d *Dir) Count(t *graph.Table) (n int64) {
	for _, p := range d.Parts(t) {
		n += p.Rows
	}
	return n
}

var errStopped = errors.New("stopped")

// Rows gives the rows of a table, whose text is valid until the next. An error is the last thing it gives.
func (d *Dir) Rows(t *graph.Table) iter.Seq2[graph.Row, error] {
	return func(yield func(graph.Row, error) bool) {
		for _, part := range d.Parts(t) {
			err := d.read(d.Path, t, part, func(row graph.Row) error {
				if !yield(row, nil) {
					return errStopped
				}
				return nil
			})
			if errors.Is(err, errStopped) {
				return
			}
			if err != nil {
				yield(nil, err)
				return
			}
		}
	}
}

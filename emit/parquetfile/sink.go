// Package parquetfile writes and reads a graph as Parquet: one folder a table, with the table's columns by
// their plain names, so that a lake can be queried, and a header file by which neo4j-admin reads the
// same parts.
//
// Rows are sorted by id, or by both ends, and row groups and pages have bounds: a look-up by id
// reads little, and one by the index beside them less. The import tool takes an empty string in
// Parquet for an absent value: where that matters, CSV is the exact format.
package parquetfile

import (
	"fmt"

	"liftgraph/emit/index"
	"liftgraph/emit/neo4jadmin"
	"liftgraph/graph"
	"liftgraph/internal/dataset"
)

// Sink writes a graph into a directory in the making.
type Sink struct {
	// Limits are what New sets; others are for tests.
	Limits Limits

	dir    *dataset.Dir
	tables neo4jadmin.Tables
	index  *index.Builder // no table's
}

// New writes into dir, which the caller publishes.
func New(dir *dataset.Dir) *Sink {
	l := Limits{BlockRows: 2 << 10, GroupRows: 64 << 10, GroupBytes: 16 << 20, PartRows: 4 << 20}
	return &Sink{dir: dir, Limits: l, tables: neo4jadmin.Tables{}}
}

// Table implements [graph.Sink].
func (s *Sink) Table(t *graph.Table) (graph.TableWriter, error) {
	if err := s.dir.WriteFile(t.Folder()+"/header.csv", []byte(ImportHeader(t))); err != nil {
		return nil, err
	}
	x := s.index
	if s.index = nil; x == nil {
		x = new(index.Builder)
	}
	x.Begin(t)
	w := &tableWriter{sink: s, written: s.tables.Begin(t)}
	e := newEncoder(s.Limits, t, plain(t), func(n int) (Part, error) {
		path := fmt.Sprintf("%s/part-%05d.parquet", t.Folder(), n)
		w.written.Parts = append(w.written.Parts, path)
		return s.dir.File(path)
	})
	e.index = x
	e.end = func() error {
		if e.partRows == 0 {
			return nil
		}
		return s.dir.WriteFile(index.Path(w.written.Parts[len(w.written.Parts)-1]), x.Encode(nil))
	}
	w.Writer = newWriter(e)
	return w, e.open()
}

// Args returns the options by which neo4j-admin imports the tables written, one a line, with paths relative to the directory.
func (s *Sink) Args() []byte {
	return []byte("--input-type=parquet\n--id-type=string\n--bad-tolerance=0\n--skip-bad-relationships=false\n--skip-duplicate-nodes=false\n" +
		s.tables.Args(true))
}

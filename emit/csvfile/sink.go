// Package csvfile writes a graph as the files that neo4j-admin imports: one folder a table, with a
// header file and gzip parts.
//
// Fields are separated by commas and quoted by double quotes, which are doubled within. An absent
// value is an empty field, "" is the empty string; encoding/csv can't tell them apart and mends
// CR LF, so it doesn't serve here. Every string arrives exactly as it is, provided that it is UTF-8.
package csvfile

import (
	"github.com/klauspost/compress/gzip"

	"liftgraph/emit/neo4jadmin"
	"liftgraph/graph"
	"liftgraph/internal/behind"
	"liftgraph/internal/dataset"
)

// Sink writes a graph into a directory in the making.
type Sink struct {
	dir       *dataset.Dir
	limits    limits
	tables    neo4jadmin.Tables
	multiline bool // some field breaks the line
	longest   int  // bytes of the longest row
}

// New writes into dir, which the caller publishes.
func New(dir *dataset.Dir) *Sink {
	return &Sink{dir: dir, limits: partLimits, tables: neo4jadmin.Tables{}}
}

// Table implements [graph.Sink].
func (s *Sink) Table(t *graph.Table) (graph.TableWriter, error) {
	if err := s.dir.WriteFile(t.Folder()+"/header.csv", []byte(Header(t)+"\n")); err != nil {
		return nil, err
	}
	z, err := gzip.NewWriterLevel(nil, gzipLevel)
	if err != nil {
		return nil, err
	}
	w := &tableWriter{sink: s, table: t, last: t.Last(), written: s.tables.Begin(t), gzip: z}
	w.buf = behind.NewBuffer(bufferSize, func(b []byte) error { _, err := z.Write(b); return err })
	return w, w.open()
}

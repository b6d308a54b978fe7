// Package csvfile writes and reads a graph as the files that neo4j-admin imports: one folder a table, with a
// header file and gzip parts.
//
// Fields are separated by commas and quoted by double quotes, which are doubled within. An absent
// value is an empty field, "" is the empty string; encoding/csv can't tell them apart and mends
// CR LF, so it doesn't serve here. Every string arrives exactly as it is, provided that it is UTF-8.
package csvfile

import (
	"liftgraph/emit/index"
	"liftgraph/emit/index/blockgzip"
	"liftgraph/emit/neo4jadmin"
	"liftgraph/graph"
	"liftgraph/internal/dataset"
	"liftgraph/internal/dataset/background"
)

// Sink writes a graph into a directory in the making.
type Sink struct {
	// Limits are what New sets; others are for tests.
	Limits Limits

	dir       *dataset.Dir
	index     *index.Builder // no table's
	tables    neo4jadmin.Tables
	multiline bool            // some field breaks the line
	longest   int             // bytes of the longest row
	copies    map[string]bool // parts that have a copy for LOAD CSV
}

// New writes into dir, which the caller publishes.
func New(dir *dataset.Dir) *Sink {
	return &Sink{dir: dir, Limits: Limits{PartRows: 1_000_000, PartText: 256 << 20, BlockText: 128 << 10}, tables: neo4jadmin.Tables{}, copies: map[string]bool{}}
}

// Table implements [graph.Sink].
func (s *Sink) Table(t *graph.Table) (graph.TableWriter, error) {
	if err := s.dir.WriteFile(t.Folder()+"/header.csv", []byte(Header(t)+"\n")); err != nil {
		return nil, err
	}
	z, err := blockgzip.NewWriter(gzipLevel)
	if err != nil {
		return nil, err
	}
	w := &tableWriter{sink: s, table: t, last: t.Last(), written: s.tables.Begin(t), gzip: z, index: s.index}
	if s.index = nil; w.index == nil {
		w.index = new(index.Builder)
	}
	w.index.Begin(t)
	w.buf = background.NewBuffer(s.Limits.BlockText, w.block)
	return w, w.open()
}

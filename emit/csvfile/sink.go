// Package csvfile writes a graph as the files that neo4j-admin imports: one folder a table, with a
// header file and gzip parts.
//
// Fields are separated by commas and quoted by double quotes, which are doubled within. An absent
// value is an empty field, "" is the empty string; encoding/csv can't tell them apart and mends
// CR LF, so it doesn't serve here. Every string arrives exactly as it is, provided that it is UTF-8.
package csvfile

import (
	"liftgraph/graph"
	"liftgraph/internal/dataset"
)

// Sink writes a graph into a directory in the making.
type Sink struct {
	dir    *dataset.Dir
	limits limits
	tables []*tableWriter
}

// New writes into dir, which the caller publishes.
func New(dir *dataset.Dir) *Sink { return &Sink{dir: dir, limits: partLimits} }

// Table implements [graph.Sink].
func (s *Sink) Table(t *graph.Table) (graph.TableWriter, error) {
	w, err := newTableWriter(s.dir, s.limits, t)
	if err != nil {
		return nil, err
	}
	s.tables = append(s.tables, w)
	return w, nil
}

// Stop ends what is still open, after an error. What was written is dropped, so that nothing can go wrong with it any more.
func (s *Sink) Stop() {
	for _, w := range s.tables {
		_ = w.Close()
	}
}

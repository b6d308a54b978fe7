// Package csvfile writes a graph as the files that neo4j-admin imports: one folder a table, with a
// header file and gzip parts.
//
// Fields are separated by commas and quoted by double quotes, which are doubled within. An absent
// value is an empty field, "" is the empty string; encoding/csv can't tell them apart and mends
// CR LF, so it doesn't serve here. Every string arrives exactly as it is, provided that it is UTF-8.
package csvfile

import (
	"errors"

	"liftgraph/graph"
	"liftgraph/internal/dataset"
)

// The helpers that lie beside the tables.
const (
	ArgsName        = "neo4j-admin.args"
	ConstraintsName = "constraints.cypher"
)

// Sink writes a graph into a directory in the making.
type Sink struct {
	dir    *dataset.Dir
	limits limits
	tables map[*graph.Table]*tableWriter
}

// New writes into dir, which the caller publishes after Finish.
func New(dir *dataset.Dir) *Sink {
	return &Sink{dir: dir, limits: partLimits, tables: map[*graph.Table]*tableWriter{}}
}

// Table implements [graph.Sink].
func (s *Sink) Table(t *graph.Table) (graph.TableWriter, error) {
	w, err := newTableWriter(s.dir, s.limits, t)
	if err != nil {
		return nil, err
	}
	s.tables[t] = w
	return w, nil
}

// Finish writes the tables that were never begun, without rows, and the helpers. Every table is closed by then.
func (s *Sink) Finish() error {
	var list []*written
	for _, t := range graph.Tables() {
		if s.tables[t] == nil {
			w, err := s.Table(t)
			if err != nil {
				return err
			}
			if err := w.Close(); err != nil {
				return err
			}
		}
		list = append(list, s.tables[t].written)
	}
	if err := s.dir.WriteFile(ArgsName, args(list)); err != nil {
		return err
	}
	return s.dir.WriteFile(ConstraintsName, []byte(graph.Constraints()))
}

// Stop ends what is still open, after an error.
func (s *Sink) Stop() error {
	var err error
	for _, w := range s.tables {
		err = errors.Join(err, w.Close())
	}
	return err
}

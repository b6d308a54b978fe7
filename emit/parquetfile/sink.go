// Package parquetfile writes a graph as Parquet: one folder a table, with the table's columns by
// their plain names, so that a lake can be queried, and a header file by which neo4j-admin reads the
// same parts.
//
// Rows are sorted by id, or by both ends, and row groups and pages have bounds: a look-up by id
// reads little. The import tool takes an empty string in Parquet for an absent value: where that
// matters, CSV is the exact format.
package parquetfile

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

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
	return &Sink{dir: dir, limits: fileLimits, tables: map[*graph.Table]*tableWriter{}}
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
	for _, t := range graph.Tables() {
		if s.tables[t] != nil {
			continue
		}
		w, err := s.Table(t)
		if err != nil {
			return err
		}
		if err := w.Close(); err != nil {
			return err
		}
	}
	if err := s.dir.WriteFile(ArgsName, s.args()); err != nil {
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

// args gives the options of `neo4j-admin database import full`, one a line, with paths relative to
// the directory: the tool reads them by `@neo4j-admin.args` when it is started there.
func (s *Sink) args() []byte {
	b := bytes.NewBufferString("--input-type=parquet\n--id-type=string\n--bad-tolerance=0\n--skip-bad-relationships=false\n--skip-duplicate-nodes=false\n")
	for _, t := range graph.Tables() {
		w := s.tables[t]
		if w.rows == 0 {
			continue
		}
		option := "nodes=" + t.Name
		if r := t.Relationship; r != nil {
			option = "relationships=" + r.Type
		}
		fmt.Fprintf(b, "--%s=./%s/header.csv,./%s\n", option, t.Folder(), strings.Join(w.parts, ",./"))
	}
	return b.Bytes()
}

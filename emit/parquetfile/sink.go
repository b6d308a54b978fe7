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
	"fmt"
	"strings"

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
func New(dir *dataset.Dir) *Sink { return &Sink{dir: dir, limits: fileLimits} }

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

// Args gives the options by which neo4j-admin imports the tables written, one a line, with paths relative to the directory.
func (s *Sink) Args() []byte {
	byTable := map[*graph.Table]*tableWriter{}
	for _, w := range s.tables {
		byTable[w.table] = w
	}
	b := bytes.NewBufferString("--input-type=parquet\n--id-type=string\n--bad-tolerance=0\n--skip-bad-relationships=false\n--skip-duplicate-nodes=false\n")
	for _, t := range graph.Tables() {
		w := byTable[t]
		if w == nil || w.rows == 0 {
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

// Package neo4jadmin describes a table to neo4j-admin, whatever the format of its files.
package neo4jadmin

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"liftgraph/graph"
)

// IDs returns the cells of a header line for the ids a row begins with. There is one ID group per label, named as the label.
func IDs(t *graph.Table) []string {
	if n := t.Node; n != nil {
		return []string{n.Key() + ":ID(" + string(n.Label) + ")"}
	}
	return []string{":START_ID(" + string(t.Relationship.From) + ")", ":END_ID(" + string(t.Relationship.To) + ")"}
}

// Table is what a table became.
type Table struct {
	Parts []string // paths relative to the directory
	Rows  int64
}

// Tables are the tables begun.
type Tables map[*graph.Table]*Table

// Begin enters a table.
func (ts Tables) Begin(t *graph.Table) *Table {
	ts[t] = new(Table)
	return ts[t]
}

// Args returns an option for each table that has rows, one a line, by which its header and parts are imported.
// The option names the labels or type if the files don't.
func (ts Tables) Args(named bool) string {
	var b strings.Builder
	inOrder := func(a, b *graph.Table) int { return cmp.Compare(a.Number, b.Number) }
	for _, t := range slices.SortedFunc(maps.Keys(ts), inOrder) {
		w := ts[t]
		if w.Rows == 0 {
			continue
		}
		option, name := "nodes", t.Last()
		if t.Relationship != nil {
			option = "relationships"
		} else {
			name = t.Node.Labels(":")
		}
		if named {
			option += "=" + name
		}
		// Without ./ newer versions don't find the folder of a file.
		fmt.Fprintf(&b, "--%s=./%s/header.csv,./%s\n", option, t.Folder(), strings.Join(w.Parts, ",./"))
	}
	return b.String()
}

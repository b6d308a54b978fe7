package csvfile

import (
	"strings"

	"liftgraph/emit/neo4jadmin"
	"liftgraph/graph"
)

var typeNames = map[graph.Type]string{graph.String: "string", graph.Int: "long", graph.Bool: "boolean", graph.List: "string[]"}

// Header gives the header line of a table, without its end: what the import tool makes of each column.
func Header(t *graph.Table) string {
	cells := neo4jadmin.IDs(t)
	for _, c := range t.Columns[t.IDs():] {
		cells = append(cells, c.Name+":"+typeNames[c.Type])
	}
	last := ":TYPE"
	if t.Node != nil {
		last = ":LABEL"
	}
	return strings.Join(append(cells, last), ",")
}

package csvfile

import (
	"strings"

	"liftgraph/graph"
)

var typeNames = map[graph.Type]string{graph.String: "string", graph.Int: "long", graph.Bool: "boolean"}

// Header gives the header line of a table, without its end: what the import tool makes of each column.
// There is one ID group per label, named as the label.
func Header(t *graph.Table) string {
	var cells []string
	columns := t.Columns
	if n := t.Node; n != nil {
		cells = append(cells, n.Key()+":ID("+string(n.Label)+")")
		columns = columns[1:]
	} else {
		cells = append(cells, ":START_ID("+string(t.Relationship.From)+")", ":END_ID("+string(t.Relationship.To)+")")
		columns = columns[2:]
	}
	for _, c := range columns {
		cells = append(cells, c.Name+":"+typeNames[c.Type])
	}
	if t.Node != nil {
		return strings.Join(append(cells, ":LABEL"), ",")
	}
	return strings.Join(append(cells, ":TYPE"), ",")
}

// Last gives what the last field of each row of a table says: its label or type.
func Last(t *graph.Table) string {
	if t.Node != nil {
		return string(t.Node.Label)
	}
	return t.Relationship.Type
}

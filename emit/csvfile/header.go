package csvfile

import (
	"fmt"
	"slices"
	"strings"

	"liftgraph/emit/neo4jadmin"
	"liftgraph/graph"
)

var typeNames = map[graph.Type]string{graph.String: "string", graph.Int: "long", graph.Bool: "boolean", graph.List: "string[]"}

// Header returns the header line of a table, without its end: what the import tool makes of each column.
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

// ColumnNames returns the names of the columns in a header that [Header] returned, perhaps in an earlier version: without their types
// and without the last one, the label or type.
func ColumnNames(header string) (names []string) {
	cells := strings.Split(strings.TrimRight(header, "\r\n"), ",")
	for i, cell := range cells {
		name, kind, _ := strings.Cut(cell, ":")
		switch {
		case i == len(cells)-1 && name == "":
			continue
		case name == "" && strings.HasPrefix(kind, "START_ID"):
			name = graph.StartID
		case name == "" && strings.HasPrefix(kind, "END_ID"):
			name = graph.EndID
		}
		names = append(names, name)
	}
	return names
}

// CheckHeader returns an error where the columns of a header aren't those of a table: another version of liftgraph wrote
// the files, and rows would be read by wrong columns.
func CheckHeader(header string, t *graph.Table) error {
	got, want := ColumnNames(header), make([]string, len(t.Columns))
	for i, c := range t.Columns {
		want[i] = c.Name
	}
	if slices.Equal(got, want) {
		return nil
	}
	return fmt.Errorf("%s has the columns %s, but this version's are %s: run `liftgraph emit` again from DATA/graph, or `liftgraph run`, or use the version that wrote it",
		t.Folder(), strings.Join(got, ","), strings.Join(want, ","))
}

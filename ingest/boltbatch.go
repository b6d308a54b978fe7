package ingest

import (
	"strings"

	"liftgraph/graph"
)

// batch is what one transaction over Bolt loads.
type batch struct {
	rows  []any // each the list of a row's columns, as the statements take it
	size  int   // bytes, about
	first int64 // place of its first row in the table
	ends  []end // of its rows, where they are relationships
	lane  int

	missing int64 // of its relationships, those without an end, once it is loaded
}

// end is a node that a relationship starts or ends at.
type end struct {
	side byte // told apart where the two ends have different labels
	id   string
}

// most is what a batch holds at most, unless a single row is larger: so much that the way to the server and back counts
// for little, and so little that a small server keeps it in memory together with the locks and changes it makes.
var most = struct{ rows, size int }{10_000, 1 << 20}

// full tells whether the batch is as large as a batch should be.
func (b *batch) full() bool { return len(b.rows) >= most.rows || b.size >= most.size }

// cellSize is what a cell costs beside its text.
const cellSize = 24

// columns gives a row as the driver takes it, which owns its texts, and its size.
func columns(t *graph.Table, row graph.Row) (list []any, size int) {
	list = make([]any, len(row))
	for i, v := range row {
		size += cellSize + len(v.Text)
		switch {
		case !v.Present:
		case t.Columns[i].Type == graph.String:
			list[i] = strings.Clone(v.Text)
		case t.Columns[i].Type == graph.List:
			list[i] = strings.Split(strings.Clone(v.Text), graph.ListSeparator)
		case t.Columns[i].Type == graph.Bool:
			list[i] = v.Num != 0
		default:
			list[i] = v.Num
		}
	}
	return list, size
}

// endsOf gives the ends of a relationship's row, none for a node's.
func endsOf(t *graph.Table, list []any) []end {
	r := t.Relationship
	if r == nil {
		return nil
	}
	from, _ := list[0].(string)
	to, _ := list[1].(string)
	if r.From == r.To {
		return []end{{'n', from}, {'n', to}}
	}
	return []end{{'s', from}, {'e', to}}
}

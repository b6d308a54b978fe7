package lanes

import (
	"strings"

	"liftgraph/graph"
)

// Batch is what one transaction over Bolt loads.
type Batch struct {
	Rows  []any // each the list of a row's columns, as the statements take it
	size  int   // bytes, about
	first int64 // place of its first row in the table
	ends  []end // of its rows, where they are relationships
	Lane  int

	Missing int64 // of its relationships, those without an end, once it is loaded
}

// end is a node that a relationship starts or ends at.
type end struct {
	side byte // distinguished where the two ends have different labels
	id   string
}

// Limits are what a batch holds at most, unless a single row is larger.
type Limits struct {
	Rows int
	Size int // bytes, about
}

// Default is so much that the way to the server and back counts for little, and so little that a small server keeps it in
// memory together with the locks and changes it makes.
var Default = Limits{Rows: 10_000, Size: 1 << 20}

// full reports whether the batch is as large as a batch should be.
func (b *Batch) full(l Limits) bool { return len(b.Rows) >= l.Rows || b.size >= l.Size }

// cellSize is what a cell costs beside its text.
const cellSize = 24

// Columns returns a row as the driver takes it, which owns its texts, and its size.
func Columns(t *graph.Table, row graph.Row) (list []any, size int) {
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

// endsOf returns the ends of a relationship's row, none for a node's.
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

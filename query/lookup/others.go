package lookup

import (
	"context"
	"slices"
	"strings"

	"liftgraph/graph"
)

// Others returns the ids at the other ends of an id's edges, each once: the last n in order, the very last first, and how
// many there are besides. It holds no more than these in memory, and where edges are looked up by their start it doesn't
// even read the others.
func (d *Dir) Others(ctx context.Context, t *graph.Table, by By, id string, n int) (last []string, more int64, err error) {
	parts, blocks, err := d.plan(t, by, []string{id})
	if err != nil {
		return nil, 0, err
	}
	if by == ByKey && t.KeyColumns() == 2 && !d.scattered(t) { // each row is another end
		more = leave(parts, blocks, id, int64(n))
	}
	column := int(by.other())
	before, none := "", true
	s := scan{dir: d, table: t, column: int(by), wanted: func(text []byte) bool { return string(text) == id }, may: anyBetween([]string{id})}
	err = s.run(ctx, parts, blocks, func(row graph.Row) error {
		other := row[column].Text
		if !none && other == before {
			return nil
		}
		before, none = strings.Clone(other), false
		if len(last) == 2*n {
			last = append(last[:0], last[n:]...)
			more += int64(n)
		}
		last = append(last, before)
		return nil
	})
	if surplus := len(last) - n; surplus > 0 {
		last = last[surplus:]
		more += int64(surplus)
	}
	slices.Reverse(last)
	return last, more, err
}

// leave takes those blocks out of the plan of which every row is the id's and none is among the last n, and
// returns the number of their rows.
func leave(parts []*part, blocks [][]int, id string, n int64) (rows int64) {
	var kept int64
	for i, p := range slices.Backward(parts) {
		var left []int
		for _, b := range slices.Backward(blocks[i]) {
			this := p.index.Blocks[b]
			inner := !p.full && this.First == id && followed(parts, i, b, id)
			if inner && kept >= n {
				rows += this.Rows
				continue
			}
			if inner {
				kept += this.Rows
			}
			left = append(left, b)
		}
		slices.Reverse(left)
		blocks[i] = left
	}
	return rows
}

// followed reports whether the block behind one begins with an id.
func followed(parts []*part, i, block int, id string) bool {
	if list := parts[i].index.Blocks; block+1 < len(list) {
		return list[block+1].First == id
	}
	return i+1 < len(parts) && parts[i+1].index.Blocks[0].First == id
}

package lookup

import (
	"context"
	"errors"
	"slices"
	"strings"

	"liftgraph/graph"
)

// By says what rows are looked up by: the number of the column.
type By int

// A node is looked up by its id; an edge by its start, or by its end.
const (
	ByKey By = iota
	ByEnd
)

// other returns the column of an edge's other end.
func (by By) other() By { return ByEnd - by }

// Rows hands every row of t with one of the ids to take, in the order of the table. Their text is valid during the call.
func (d *Dir) Rows(ctx context.Context, t *graph.Table, by By, ids []string, take func(graph.Row) error) error {
	if len(ids) == 0 {
		return nil
	}
	parts, blocks, err := d.plan(t, by, ids)
	if err != nil {
		return err
	}
	set := make(map[string]bool, len(ids))
	for _, id := range ids {
		set[id] = true
	}
	s := scan{dir: d, table: t, column: int(by), wanted: func(text []byte) bool { return set[string(text)] }, may: anyBetween(ids)}
	return s.run(ctx, parts, blocks, take)
}

// Empty reports whether a table has no rows.
func (d *Dir) Empty(t *graph.Table) bool {
	parts, err := d.parts(t)
	return err == nil && len(parts) == 0
}

// All hands every row of t to take, in the order of the table. Their text is valid during the call.
func (d *Dir) All(ctx context.Context, t *graph.Table, take func(graph.Row) error) error {
	parts, err := d.parts(t)
	if err != nil {
		return err
	}
	blocks := make([][]int, len(parts))
	for i, p := range parts {
		for b := range p.index.Blocks {
			blocks[i] = append(blocks[i], b)
		}
	}
	s := scan{dir: d, table: t, wanted: func([]byte) bool { return true }}
	for i, p := range parts { // a block at a time: all rows may not fit in memory
		if err := s.part(ctx, p, blocks[i], take, nil); err != nil {
			return err
		}
	}
	return nil
}

// anyBetween returns a function that reports whether one of the ids is between bounds, both included.
func anyBetween(ids []string) func(low, high []byte) bool {
	sorted := slices.Sorted(slices.Values(ids))
	return func(low, high []byte) bool {
		i, _ := slices.BinarySearch(sorted, string(low))
		return i < len(sorted) && sorted[i] <= string(high)
	}
}

var errEnough = errors.New("enough")

// Keys returns the keys of the first rows of t whose keys begin with a prefix, at most so many.
func (d *Dir) Keys(ctx context.Context, t *graph.Table, prefix string, most int) (keys []string, err error) {
	parts, err := d.parts(t)
	if err != nil {
		return nil, err
	}
	blocks := make([][]int, len(parts))
	for i, p := range parts {
		if blocks[i] = []int{0}; !p.full {
			blocks[i] = between(parts, i, prefix, prefix+"\xff") // which no text in UTF-8 has
		}
	}
	s := scan{dir: d, table: t, wanted: func(text []byte) bool { return strings.HasPrefix(string(text), prefix) }, may: func(low, high []byte) bool {
		return string(low) <= prefix+"\xff" && string(high) >= prefix
	}}
	err = s.run(ctx, parts, blocks, func(row graph.Row) error {
		if len(keys) == most {
			return errEnough
		}
		keys = append(keys, strings.Clone(row[0].Text))
		return nil
	})
	if errors.Is(err, errEnough) {
		err = nil
	}
	return keys, err
}

// Package diff compares two published graphs by merging their sorted rows: what was added, removed and changed. Its memory
// doesn't grow with them.
package diff

import (
	"context"
	"fmt"

	"liftgraph/emit/published"
	"liftgraph/graph"
)

// Kind is what became of a row.
type Kind string

// The kinds.
const (
	Added   Kind = "added"
	Removed Kind = "removed"
	Changed Kind = "changed"
)

// Change is a row that isn't the same in both graphs. Two rows are of one thing where their key columns are equal: a node's
// id; a relationship's ends, and what distinguishes several between the same ends.
type Change struct {
	Table         *graph.Table
	Kind          Kind
	Before, After graph.Row // nil where the row isn't there
	Columns       []int     // of a row that changed: which, in the table's order
}

// Counts is how many rows of a table there are of each kind.
type Counts struct {
	Added   int64 `json:"added"`
	Removed int64 `json:"removed"`
	Changed int64 `json:"changed"`

	Columns []int64 `json:"-"` // by column: how many rows changed in it
}

// Any reports whether there is any difference.
func (c *Counts) Any() bool { return c.Added+c.Removed+c.Changed > 0 }

// Writer takes what differs, table after table, in the model's order.
type Writer interface {
	Begin(*graph.Table) error
	Change(*Change) error // which is valid during the call
	End(*graph.Table, *Counts) error
	Close() error // after the last table
}

// Graphs compares a with b, which is the later one, and reports whether they differ. Values are compared but for the times that
// every row ends in: a load changes these whatever became of the rest. An error of reading either, or of w, ends it.
func Graphs(ctx context.Context, a, b *published.Dir, w Writer) (differ bool, err error) {
	return Tables(ctx, a, b, a.Model.Tables(), w)
}

// Tables is [Graphs] of these tables of the model alone, in their order.
func Tables(ctx context.Context, a, b *published.Dir, tables []*graph.Table, w Writer) (differ bool, err error) {
	if a.Model.Name != b.Model.Name {
		return false, fmt.Errorf("%s is laid out by the model %s, %s by %s: emit both by one", a.Path, a.Model.Name, b.Path, b.Model.Name)
	}
	for _, t := range tables {
		if err := w.Begin(t); err != nil {
			return false, err
		}
		m := merge{table: t, before: a.Cursor(t), after: b.Cursor(t), take: w.Change}
		m.counts.Columns = make([]int64, len(t.Columns))
		err := m.run(ctx)
		m.before.Close()
		m.after.Close()
		if err != nil {
			return false, err
		}
		if err := w.End(t, &m.counts); err != nil {
			return false, err
		}
		differ = differ || m.counts.Any()
	}
	return differ, w.Close()
}

// merge walks over the rows of a table in both graphs.
type merge struct {
	table         *graph.Table
	before, after *published.Cursor
	take          func(*Change) error
	counts        Counts
	change        Change
}

func (m *merge) run(ctx context.Context) error {
	if err := m.next(m.before, m.after); err != nil {
		return err
	}
	for n := 0; m.before.Row != nil || m.after.Row != nil; n++ {
		if n%4096 == 0 && ctx.Err() != nil {
			return context.Cause(ctx)
		}
		var err error
		switch order := m.order(); {
		case order < 0:
			m.counts.Removed++
			err = m.tell(Removed, m.before.Row, nil, m.before)
		case order > 0:
			m.counts.Added++
			err = m.tell(Added, nil, m.after.Row, m.after)
		default:
			err = m.both()
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// order compares the keys of the current rows.
func (m *merge) order() int {
	switch {
	case m.before.Row == nil:
		return 1
	case m.after.Row == nil:
		return -1
	}
	return m.table.Compare(m.before.Row, m.after.Row)
}

// both compares two rows of one thing.
func (m *merge) both() error {
	columns := m.change.Columns[:0]
	a, b := m.before.Row, m.after.Row
	for i := m.table.KeyColumns(); i < len(a)-graph.Times; i++ {
		if a[i] != b[i] {
			columns = append(columns, i)
			m.counts.Columns[i]++
		}
	}
	m.change.Columns = columns
	if len(columns) == 0 {
		return m.next(m.before, m.after)
	}
	m.counts.Changed++
	return m.tell(Changed, a, b, m.before, m.after)
}

// tell hands a change over and moves on.
func (m *merge) tell(kind Kind, before, after graph.Row, move ...*published.Cursor) error {
	m.change.Table, m.change.Kind, m.change.Before, m.change.After = m.table, kind, before, after
	if kind != Changed {
		m.change.Columns = m.change.Columns[:0]
	}
	if err := m.take(&m.change); err != nil {
		return err
	}
	return m.next(move...)
}

func (m *merge) next(cursors ...*published.Cursor) error {
	for _, c := range cursors {
		if err := c.Next(); err != nil {
			return err
		}
	}
	return nil
}

// key returns the cells of the key columns.
func (c *Change) key() graph.Row {
	if c.Before != nil {
		return c.Before[:c.Table.KeyColumns()]
	}
	return c.After[:c.Table.KeyColumns()]
}

package diff

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"liftgraph/graph"
	"liftgraph/internal/table"
)

// Text writes a table for people, of those labels and relationships that differ: how many were added, removed and changed, and
// in which properties. With Rows each row that differs comes before it, as it is found, on a line of its own.
type Text struct {
	Out  io.Writer
	Rows bool

	differ []summary
}

// summary is what came of a table that differs; there are as many as the model has tables.
type summary struct {
	table  *graph.Table
	counts Counts
}

// Begin implements [Writer].
func (w *Text) Begin(*graph.Table) error { return nil }

// Change implements [Writer].
func (w *Text) Change(c *Change) error {
	if !w.Rows {
		return nil
	}
	sign := map[Kind]string{Added: "+", Removed: "-", Changed: "~"}[c.Kind]
	line := []string{sign, c.Table.Folder()}
	key, ids := c.key(), c.Table.IDs()
	for _, v := range key[:ids] {
		line = append(line, show(v, graph.String))
	}
	for i, v := range key[ids:] {
		if v.Present {
			line = append(line, c.Table.Columns[ids+i].Name+"="+show(v, c.Table.Columns[ids+i].Type))
		}
	}
	for i := len(key); i < len(c.Table.Columns); i++ {
		column := c.Table.Columns[i]
		switch {
		case slices.Contains(c.Columns, i):
			line = append(line, fmt.Sprintf("%s=%s→%s", column.Name, show(c.Before[i], column.Type), show(c.After[i], column.Type)))
		case c.Kind == Added && c.After[i].Present:
			line = append(line, column.Name+"="+show(c.After[i], column.Type))
		case c.Kind == Removed && c.Before[i].Present:
			line = append(line, column.Name+"="+show(c.Before[i], column.Type))
		}
	}
	_, err := fmt.Fprintln(w.Out, strings.Join(line, " "))
	return err
}

// show returns a value on one line, texts quoted as Go does: what a terminal would take for a command is escaped.
func show(v graph.Value, t graph.Type) string {
	switch {
	case !v.Present:
		return "absent"
	case t.IsText():
		return strconv.Quote(v.Text)
	case t == graph.Bool:
		return strconv.FormatBool(v.Num != 0)
	}
	return strconv.FormatInt(v.Num, 10)
}

// End implements [Writer].
func (w *Text) End(t *graph.Table, c *Counts) error {
	if c.Any() {
		w.differ = append(w.differ, summary{t, *c})
	}
	return nil
}

// Close implements [Writer].
func (w *Text) Close() error {
	if len(w.differ) == 0 {
		_, err := fmt.Fprintln(w.Out, "no difference")
		return err
	}
	t := table.New(w.Out, true)
	fmt.Fprintln(t, "table\tadded\tremoved\tchanged\tin")
	for _, s := range w.differ {
		fmt.Fprintf(t, "%s\t%d\t%d\t%d\t%s\n", s.table.Folder(), s.counts.Added, s.counts.Removed, s.counts.Changed, s.properties())
	}
	return t.Flush()
}

// properties names those that changed, the most often changed first.
func (s *summary) properties() string {
	var columns []int
	for i, n := range s.counts.Columns {
		if n > 0 {
			columns = append(columns, i)
		}
	}
	slices.SortStableFunc(columns, func(a, b int) int { return cmp.Compare(s.counts.Columns[b], s.counts.Columns[a]) })
	var names []string
	for _, i := range columns {
		names = append(names, fmt.Sprintf("%s %d", s.table.Columns[i].Name, s.counts.Columns[i]))
	}
	return strings.Join(names, ", ")
}

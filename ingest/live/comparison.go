package live

import (
	"fmt"
	"math"
	"strings"

	"liftgraph/graph"
	"liftgraph/ingest/stale"
	"liftgraph/internal/extsort"
	"liftgraph/query/diff"
)

// comparison merges the rows of a table in the directory, which it takes in order, with those of the graph.
type comparison struct {
	table  *graph.Table
	counts *diff.Counts
	there  *extsort.Cursor              // rows of the graph
	absent func(*stale.Candidate) error // gets those that the directory lacks
	added  func(graph.Row) error        // gets rows that the graph lacks, in place of their being counted, if not nil
	row    graph.Row                    // of the graph
	key    []byte                       // of the directory's current row
}

func (m *comparison) take(row graph.Row) error {
	m.key = m.table.AppendKey(m.key[:0], row)
	if err := m.before(m.key); err != nil {
		return err
	}
	if !m.there.At(m.key) {
		if m.added != nil {
			return m.added(row)
		}
		m.counts.Added++
		return nil
	}
	for ; m.there.At(m.key); m.there.Advance() {
		if _, err := m.read(); err != nil {
			return err
		}
		changed := false
		for i := m.table.KeyColumns(); i < len(row)-graph.Times; i++ {
			if row[i] != m.row[i] {
				m.counts.Columns[i]++
				changed = true
			}
		}
		if changed {
			m.counts.Changed++
		}
	}
	return nil
}

// before hands on the rows of the graph that come before a key; all of them before nil.
func (m *comparison) before(key []byte) error {
	for ; m.there.More() && (key == nil || m.there.Before(key)); m.there.Advance() {
		c, err := m.read()
		if err != nil {
			return err
		}
		if err := m.absent(c); err != nil {
			return err
		}
	}
	return nil
}

func (m *comparison) finish() error {
	if err := m.before(nil); err != nil {
		return err
	}
	if m.added != nil {
		return m.added(nil)
	}
	return nil
}

// read takes the current row of the graph.
func (m *comparison) read() (*stale.Candidate, error) {
	c, rest, err := stale.Decode(m.table, m.there.Value())
	if err != nil {
		return nil, err
	}
	return &c, graph.DecodeRow(m.row, rest)
}

// fill makes a row of what the graph has. A value of another type than the model's is one that no row has.
func fill(row graph.Row, t *graph.Table, keys []string, values []any) {
	clear(row)
	from := 0
	if t.Relationship != nil {
		from = t.IDs()
	}
	for i, v := range values {
		row[from+i] = valueOf(v, t.Columns[from+i].Type)
	}
	for i, k := range keys {
		row[i] = graph.Text(k)
	}
}

func valueOf(v any, t graph.Type) graph.Value {
	switch v := v.(type) {
	case nil:
		return graph.Value{}
	case string:
		if t == graph.String {
			return graph.Text(v)
		}
	case int64:
		if t == graph.Int {
			return graph.Num(v)
		}
	case bool:
		if t == graph.Bool {
			return graph.Truth(v)
		}
	case []any:
		if t == graph.List {
			var list []string
			for _, s := range v {
				list = append(list, fmt.Sprint(s))
			}
			return graph.Text(strings.Join(list, graph.ListSeparator))
		}
	}
	if t.IsText() {
		return graph.Text(fmt.Sprintf("\x00%v", v))
	}
	return graph.Num(math.MinInt64)
}

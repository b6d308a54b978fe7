package transform

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"liftgraph/graph"
	"liftgraph/internal/raw"
)

// memory keeps the rows of every table as text: `key=value` of the present cells but the times and the account.
type memory struct {
	t      *testing.T
	tables map[string][]string
	open   map[string]bool
}

type memoryTable struct {
	m     *memory
	table *graph.Table
	last  string
}

func (m *memory) Table(t *graph.Table) (graph.TableWriter, error) {
	if m.open[t.Name] {
		m.t.Errorf("table %s begun twice", t.Name)
	}
	m.open[t.Name] = true
	return &memoryTable{m: m, table: t}, nil
}

func (w *memoryTable) Write(row graph.Row) error {
	var cells, key []string
	for i, c := range w.table.Columns {
		v := row[i]
		switch {
		case !v.Present || c.Name == "firstseen" || c.Name == "lastupdated" || c.Name == "spacelift_account_id":
			continue
		case c.Type.IsText():
			cells = append(cells, fmt.Sprintf("%s=%s", c.Name, v.Text))
		case c.Type == graph.Bool:
			cells = append(cells, fmt.Sprintf("%s=%t", c.Name, v.Num == 1))
		default:
			cells = append(cells, fmt.Sprintf("%s=%d", c.Name, v.Num))
		}
		if i < w.table.KeyColumns() {
			key = append(key, strings.Clone(v.Text)) // valid only now
		}
	}
	n := len(row)
	if row[n-2].Num != 1_000_000 || row[n-1].Num != 1000 {
		w.m.t.Errorf("%s: firstseen %d and lastupdated %d", w.table.Name, row[n-2].Num, row[n-1].Num)
	}
	if k := strings.Join(key, "\x00"); k <= w.last && w.last != "" {
		w.m.t.Errorf("%s: %q after %q", w.table.Name, k, w.last)
	} else {
		w.last = k
	}
	w.m.tables[w.table.Name] = append(w.m.tables[w.table.Name], strings.Join(cells, " "))
	return nil
}

func (w *memoryTable) Close() error { return nil }

// sorterMemory is the buffer memory of the sorters in [transformed]; 0 is the default.
var sorterMemory = 0

// outcome is what a list of records leads to.
type outcome struct {
	*Result
	tables   map[string][]string
	rejected []raw.Rejected
}

func transformed(t *testing.T, inventory string, recs ...raw.Record) outcome {
	t.Helper()
	return transformedBy(t, Config{}, inventory, recs...)
}

func transformedBy(t *testing.T, cfg Config, inventory string, recs ...raw.Record) outcome {
	t.Helper()
	var out outcome
	cfg.TempDir, cfg.Memory, cfg.UpdateTag = t.TempDir(), sorterMemory, 1000
	cfg.Reject = func(r raw.Rejected) error { out.rejected = append(out.rejected, r); return nil }
	tr := New(cfg)
	for _, r := range append([]raw.Record{&raw.Account{ID: "acme"}}, recs...) {
		if err := tr.Add(r); err != nil {
			t.Fatal(err)
		}
	}
	if inventory != "" {
		if err := tr.Inventory(strings.NewReader(inventory), "inventory"); err != nil {
			t.Fatal(err)
		}
	}
	m := &memory{t: t, tables: map[string][]string{}, open: map[string]bool{}}
	res, err := tr.Finish(m)
	if err != nil {
		t.Fatal(err)
	}
	for _, table := range graph.Tables() {
		if r := table.Relationship; r != nil {
			checkEnds(t, m, table)
		}
	}
	out.Result, out.tables = res, m.tables
	return out
}

// checkEnds fails the test where an edge dangles.
func checkEnds(t *testing.T, m *memory, table *graph.Table) {
	t.Helper()
	has := func(label graph.Label, id string) bool {
		want := graph.NodeTable(label).Node.Key() + "=" + id
		return slices.ContainsFunc(m.tables[string(label)], func(row string) bool { return row == want || strings.HasPrefix(row, want+" ") })
	}
	for _, row := range m.tables[table.Name] {
		f := strings.Fields(row)
		start, end := strings.TrimPrefix(f[0], "start_id="), strings.TrimPrefix(f[1], "end_id=")
		if !has(table.Relationship.From, start) || !has(table.Relationship.To, end) {
			t.Errorf("%s: %s dangles", table.Name, row)
		}
	}
}

func (o outcome) want(t *testing.T, table string, rows ...string) {
	t.Helper()
	if got := o.tables[table]; !slices.Equal(got, rows) {
		t.Errorf("%s:\n got  %s\n want %s", table, strings.Join(got, "\n      "), strings.Join(rows, "\n      "))
	}
}

func (o outcome) reasons() []string {
	var s []string
	for _, r := range o.rejected {
		s = append(s, r.Reason)
	}
	slices.Sort(s)
	return s
}

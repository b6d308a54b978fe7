package parquetfile

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"
	"go.uber.org/goleak"

	"liftgraph/graph"
	"liftgraph/graph/graphtest"
	"liftgraph/internal/dataset"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	spaces = graph.NodeTable(graph.SpaceliftSpace)
	usual  = New(nil).Limits
)

func space(id string, name, description, root any) graph.Row {
	return graphtest.ExtremeRow(spaces, id, name, description, root)
}

// write writes rows of a table in an own directory.
func write(t testing.TB, l Limits, table *graph.Table, rows []graph.Row) (string, *dataset.Manifest) {
	t.Helper()
	return graphtest.Publish(t, "parquet", func(d *dataset.Dir) {
		s := New(d)
		s.Limits = l
		graphtest.Write(t, s, map[*graph.Table][]graph.Row{table: rows})
		if err := d.WriteFile("args", s.Args()); err != nil {
			t.Fatal(err)
		}
	})
}

func open(t testing.TB, dir string, t2 *graph.Table, part int) *parquet.File {
	t.Helper()
	f, err := os.Open(filepath.Join(dir, t2.Folder(), fmt.Sprintf("part-%05d.parquet", part)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	p, err := parquet.OpenFile(f, info.Size())
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func readAll(t testing.TB, p *parquet.File) []graph.Row {
	t.Helper()
	var out []graph.Row
	r := parquet.NewReader(p)
	defer r.Close()
	rows := make([]parquet.Row, 10)
	for {
		n, err := r.ReadRows(rows)
		for _, row := range rows[:n] {
			var own graph.Row
			for _, v := range row {
				switch {
				case v.IsNull():
					own = append(own, graph.Value{})
				case v.Kind() == parquet.ByteArray:
					own = append(own, graph.Text(string(v.ByteArray())))
				case v.Kind() == parquet.Boolean:
					own = append(own, graph.Truth(v.Boolean()))
				default:
					own = append(own, graph.Num(v.Int64()))
				}
			}
			out = append(out, own)
		}
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestRoundTrip(t *testing.T) {
	want := []graph.Row{
		space("a", nil, nil, nil),
		space("b", "", "", false),
		space("c", "é\x00\r\n", strings.Repeat("long", 1<<20), true),
	}
	for i := range 3000 {
		want = append(want, space(fmt.Sprintf("d%05d", i), fmt.Sprint(i%7), nil, i%2 == 0))
	}
	for _, l := range []Limits{usual, {BlockRows: 300, GroupRows: 1000, GroupBytes: 1 << 20, PartRows: 2500}} {
		dir, m := write(t, l, spaces, want)
		var got []graph.Row
		for part := range (len(want) + l.PartRows - 1) / l.PartRows {
			got = append(got, readAll(t, open(t, dir, spaces, part))...)
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("other rows came back: %.200v", got)
		}
		_, again := write(t, l, spaces, want)
		if fmt.Sprint(again.Files) != fmt.Sprint(m.Files) {
			t.Error("the same rows gave other bytes")
		}
	}
}

func TestSchema(t *testing.T) {
	for _, table := range graph.Tables() {
		dir, _ := write(t, usual, table, nil)
		p := open(t, dir, table, 0)
		if p.NumRows() != 0 || !parquet.EqualNodes(p.Schema(), Schema(table)) {
			t.Errorf("%s: %d rows of\n%s", table.Name, p.NumRows(), p.Schema())
		}
		for i, c := range p.Schema().Columns() {
			if c[0] != table.Columns[i].Name {
				t.Errorf("%s: column %d is %s, not %s", table.Name, i, c[0], table.Columns[i].Name)
			}
		}
	}
}

// A look-up by id must be able to skip row groups and pages.
func TestBounds(t *testing.T) {
	var rows []graph.Row
	for i := range 3000 {
		rows = append(rows, space(fmt.Sprintf("d%05d", i), nil, "some text", nil))
	}
	dir, _ := write(t, Limits{BlockRows: 300, GroupRows: 1000, GroupBytes: 1 << 20, PartRows: 1 << 20}, spaces, rows)
	p := open(t, dir, spaces, 0)
	groups := p.Metadata().RowGroups
	if len(groups) != 3 {
		t.Fatalf("%d row groups", len(groups))
	}
	for i, g := range groups {
		id, description := g.Columns[0].MetaData.Statistics, g.Columns[2].MetaData.Statistics
		if want := fmt.Sprintf("d%05d-d%05d", i*1000, i*1000+999); string(id.MinValue)+"-"+string(id.MaxValue) != want {
			t.Errorf("row group %d has ids %s to %s, not %s", i, id.MinValue, id.MaxValue, want)
		}
		if len(description.MinValue) != 0 {
			t.Errorf("bounds of free text: %q", description.MinValue)
		}
		if len(g.SortingColumns) != 1 || g.SortingColumns[0].ColumnIdx != 0 {
			t.Errorf("sorted by %v", g.SortingColumns)
		}
	}
}

func TestHelpers(t *testing.T) {
	roles := graph.RelationshipTable(graph.SpaceliftUser, graph.HasRoleIn, graph.SpaceliftSpace)
	dir, _ := write(t, usual, roles, []graph.Row{{graph.Text("u"), graph.Text("s"), graph.Text("READ"), {}, graph.Num(1), graph.Num(1)}})
	for name, want := range map[string]string{
		"relationships/SpaceliftUser_HAS_ROLE_IN_SpaceliftSpace/header.csv": ":START_ID(SpaceliftUser),:END_ID(SpaceliftSpace),role,via,firstseen,lastupdated\nstart_id,end_id,role,via,firstseen,lastupdated\n",
		"args": "--input-type=parquet\n--id-type=string\n--bad-tolerance=0\n--skip-bad-relationships=false\n--skip-duplicate-nodes=false\n" +
			"--relationships=HAS_ROLE_IN=./relationships/SpaceliftUser_HAS_ROLE_IN_SpaceliftSpace/header.csv,./relationships/SpaceliftUser_HAS_ROLE_IN_SpaceliftSpace/part-00000.parquet\n",
	} {
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil || string(b) != want {
			t.Errorf("%s:\n%s\nnot\n%s (%v)", name, b, want, err)
		}
	}
}

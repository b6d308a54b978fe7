package published

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"liftgraph/emit/csvfile"
	"liftgraph/emit/parquetfile"
	"liftgraph/graph"
	"liftgraph/graph/graphtest"
	"liftgraph/internal/dataset"
)

// A directory of a version with fewer columns is read by the names of its columns; one whose columns are others isn't, and is named.
func TestAdaptsOlderLayouts(t *testing.T) {
	stacks, spaces := graph.NodeTable(graph.SpaceliftStack), graph.NodeTable(graph.SpaceliftSpace)
	older, other := *stacks, *spaces
	older.Columns = slices.DeleteFunc(slices.Clone(stacks.Columns), func(c graph.Property) bool { return c.Name == "branch" || c.Name == "name" })
	other.Columns = slices.Clone(spaces.Columns)
	other.Columns[1], other.Columns[2] = other.Columns[2], other.Columns[1]
	for stage, sinkIn := range map[string]func(*dataset.Dir) graph.Sink{
		"csv":     func(d *dataset.Dir) graph.Sink { return csvfile.New(d) },
		"parquet": func(d *dataset.Dir) graph.Sink { return parquetfile.New(d) },
	} {
		dir := filepath.Join(t.TempDir(), stage)
		d, err := dataset.Create(dir)
		if err != nil {
			t.Fatal(err)
		}
		sink := sinkIn(d)
		row := make(graph.Row, len(older.Columns))
		row[0], row[len(row)-2], row[len(row)-1] = graph.Text("web"), graph.Num(1000), graph.Num(1)
		space := make(graph.Row, len(other.Columns))
		space[0], space[len(space)-2], space[len(space)-1] = graph.Text("root"), graph.Num(1000), graph.Num(1)
		for table, r := range map[*graph.Table]graph.Row{&older: row, &other: space} {
			w, err := sink.Table(table)
			if err == nil {
				err = w.Write(r)
			}
			if err == nil {
				err = w.Close()
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if err := d.Publish(&dataset.Manifest{Stage: stage}); err != nil {
			t.Fatal(err)
		}
		if err := d.Abandon(); err != nil {
			t.Fatal(err)
		}
		p, err := OpenURI(t.Context(), dir, Options{Temp: t.TempDir()})
		if err != nil {
			t.Fatal(err)
		}
		for _, table := range []*graph.Table{stacks, spaces} { // by position they would be other properties
			var refused error
			for row, err := range p.Rows(table) {
				if refused = err; err == nil {
					t.Errorf("%s: read %v by columns of another version", stage, row)
				}
			}
			if stage == "csv" && (refused == nil || !strings.Contains(refused.Error(), table.Folder()) || !strings.Contains(refused.Error(), "run `liftgraph emit` again")) || refused == nil {
				t.Errorf("%s: got %v", stage, refused)
			}
		}
		if err := p.Fits(); stage == "csv" && err == nil {
			t.Error("columns of another version fit")
		}
		if err := p.Adapt(); err != nil {
			t.Fatal(err)
		}
		var got []graph.Row
		for r, err := range p.Rows(stacks) {
			if err != nil {
				t.Fatalf("%s: %v", stage, err)
			}
			got = append(got, graphtest.Clone(r))
		}
		want := make(graph.Row, len(stacks.Columns))
		want[0], want[len(want)-2], want[len(want)-1] = graph.Text("web"), graph.Num(1000), graph.Num(1)
		if len(got) != 1 || !slices.Equal(got[0], want) {
			t.Errorf("%s: got %v, want %v", stage, got, want)
		}
		for r := range p.Rows(spaces) {
			t.Errorf("%s: read %v by other columns", stage, r)
		}
		if left := p.Left(); len(left) != 1 || !strings.Contains(left[0], "SpaceliftSpace") {
			t.Errorf("%s: left %q", stage, left)
		}
	}
}

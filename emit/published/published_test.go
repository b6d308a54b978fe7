package published

import (
	"errors"
	"testing"

	"liftgraph/emit/rowfile"
	"liftgraph/graph"
	"liftgraph/graph/graphtest"
	"liftgraph/internal/dataset"
)

func TestOpenNothing(t *testing.T) {
	if _, err := Open(t.TempDir()); !errors.Is(err, dataset.ErrNotPublished) {
		t.Errorf("an empty directory: %v", err)
	}
	raw, _ := graphtest.Publish(t, "raw", func(*dataset.Dir) {})
	if _, err := Open(raw); err == nil {
		t.Error("raw records pass for a graph")
	}
}

func TestRows(t *testing.T) {
	users := graph.NodeTable(graph.GitHubUser)
	dir, _ := graphtest.Publish(t, "graph", func(d *dataset.Dir) {
		graphtest.Write(t, rowfile.NewSink(d), map[*graph.Table][]graph.Row{
			users: {graphtest.Row(users, "a"), graphtest.Row(users, "b"), graphtest.Row(users, "c")},
		})
	})
	d, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if got := d.Count(users); got != 3 {
		t.Errorf("%d rows by the manifest", got)
	}
	var got string
	for row, err := range d.Rows(users) {
		if err != nil {
			t.Fatal(err)
		}
		if got += row[0].Text; got == "ab" {
			break
		}
	}
	if got != "ab" {
		t.Errorf("read %q", got)
	}
	if n := d.Count(graph.NodeTable(graph.SpaceliftRun)); n != 0 {
		t.Errorf("%d runs, of which there are none", n)
	}
}

package stale

import (
	"fmt"
	"testing"

	"liftgraph/graph"
	"liftgraph/internal/dataset"
)

// More candidates than are kept in memory, in any order: each tenth run is held, and with it its stack.
func TestSweepOfMany(t *testing.T) {
	const runs = 40_000
	s := NewSweep(graph.Default, CoverageOf(&dataset.Manifest{Scopes: allScopes()}, "acme"), t.TempDir())
	defer func() { must(t, s.Close()) }()
	node, generated := graph.NodeTable(graph.SpaceliftRun), graph.RelationshipTable(graph.SpaceliftStack, graph.Generated, graph.SpaceliftRun)
	for n := runs - 1; n >= 0; n-- {
		c := Candidate{Table: node, Element: fmt.Sprint("4:x:", n), Keys: [2]string{fmt.Sprint("run", n)}}
		if n%10 == 0 {
			c.Verdict = Unknown
		}
		must(t, s.Add(&c))
		must(t, s.Add(&Candidate{Table: generated, Element: fmt.Sprint("5:x:", n), Keys: [2]string{fmt.Sprint("stack", n/100), fmt.Sprint("run", n)}}))
	}
	for n := range runs/100 + 5 { // five have no runs
		must(t, s.Add(&Candidate{Table: graph.NodeTable(graph.SpaceliftStack), Element: fmt.Sprint("4:y:", n), Keys: [2]string{fmt.Sprint("stack", n)}}))
	}
	must(t, s.Decide())
	for table, want := range map[*graph.Table]int64{node: runs * 9 / 10, generated: runs * 9 / 10, graph.NodeTable(graph.SpaceliftStack): 5} {
		if got := s.Counts[table]; got != want {
			t.Errorf("%d of %s go, not %d", got, table.Name, want)
		}
	}
	last, nodes := -1, false
	deleted := 0
	for d, err := range s.Deletions(1000) {
		must(t, err)
		deleted += len(d.Elements)
		if d.Table.Relationship != nil && nodes {
			t.Error("a relationship comes after a node")
		}
		nodes = d.Table.Node != nil
		if len(d.Elements) > 1000 {
			t.Errorf("%d in one batch", len(d.Elements))
		}
		for _, e := range d.Elements {
			var n int
			if _, err := fmt.Sscanf(e.(string), "5:x:%d", &n); err == nil {
				if n <= last {
					t.Errorf("%d comes after %d", n, last)
				}
				last = n
			}
		}
	}
	if want := runs*18/10 + 5; deleted != want {
		t.Errorf("%d rows are to be deleted, not %d", deleted, want)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// allScopes returns every scope of the model, complete.
func allScopes() (list []dataset.Scope) {
	for _, table := range graph.Default.Tables() {
		for _, name := range scopesOf(table) {
			list = append(list, dataset.Scope{Scope: name, Complete: true})
		}
	}
	return list
}

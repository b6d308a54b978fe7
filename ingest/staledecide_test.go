package ingest

import (
	"fmt"
	"testing"

	"liftgraph/graph"
	"liftgraph/internal/dataset"
	"liftgraph/internal/extsort"
)

// More candidates than are kept in memory, in any order: each tenth run is held, and with it its stack.
func TestSweepOfMany(t *testing.T) {
	const runs = 40_000
	s := newSweep(graph.Default, coverageOf(&dataset.Manifest{Scopes: allScopes()}, "acme"), t.TempDir())
	defer func() { must(t, s.close()) }()
	node, generated := graph.NodeTable(graph.SpaceliftRun), graph.RelationshipTable(graph.SpaceliftStack, graph.Generated, graph.SpaceliftRun)
	for n := runs - 1; n >= 0; n-- {
		c := candidate{table: node, element: fmt.Sprint("4:x:", n), keys: [2]string{fmt.Sprint("run", n)}}
		if n%10 == 0 {
			c.word = spared
		}
		must(t, s.add(&c))
		must(t, s.add(&candidate{table: generated, element: fmt.Sprint("5:x:", n), keys: [2]string{fmt.Sprint("stack", n/100), fmt.Sprint("run", n)}}))
	}
	for n := range runs/100 + 5 { // five have no runs
		must(t, s.add(&candidate{table: graph.NodeTable(graph.SpaceliftStack), element: fmt.Sprint("4:y:", n), keys: [2]string{fmt.Sprint("stack", n)}}))
	}
	must(t, s.decide())
	for table, want := range map[*graph.Table]int64{node: runs * 9 / 10, generated: runs * 9 / 10, graph.NodeTable(graph.SpaceliftStack): 5} {
		if got := s.counts[table]; got != want {
			t.Errorf("%d of %s go, not %d", got, table.Name, want)
		}
	}
	going, last, nodes := int64(0), -1, false
	must(t, walk(s.going, func(key, _ []byte) error {
		going++
		if key[0] == 0 && nodes {
			t.Error("a relationship comes after a node")
		}
		nodes = key[0] == 1
		var n int
		if _, err := fmt.Sscanf(string(key[3:]), "5:x:%d", &n); err == nil {
			if n <= last {
				t.Errorf("%d comes after %d", n, last)
			}
			last = n
		}
		return nil
	}))
	if want := int64(runs)*18/10 + 5; going != want {
		t.Errorf("%d rows are to be removed, not %d", going, want)
	}
}

// walk hands the pairs of a sorter to take.
func walk(s *extsort.Sorter, take func(key, value []byte) error) (err error) {
	c, err := begin(s)
	if err != nil {
		return err
	}
	defer func() {
		if closed := c.Close(); err == nil {
			err = closed
		}
	}()
	for ; c.key != nil; c.next() {
		if err := take(c.key, c.Value()); err != nil {
			return err
		}
	}
	return c.Err()
}

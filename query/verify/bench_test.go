package verify

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"liftgraph/emit"
	"liftgraph/graph"
	"liftgraph/graph/graphtest"
	"liftgraph/internal/dataset"
)

// BenchmarkDir returns rows proved per second: runs, each with an edge from its stack and one from its account; 600,000 rows, or
// LIFTGRAPH_BENCH_ROWS.
func BenchmarkDir(b *testing.B) {
	rows, err := strconv.Atoi(cmp.Or(os.Getenv("LIFTGRAPH_BENCH_ROWS"), "600000"))
	if err != nil {
		b.Fatal(err)
	}
	n := rows / 3
	stacks, runs := graph.NodeTable(graph.SpaceliftStack), graph.NodeTable(graph.SpaceliftRun)
	generated := graph.RelationshipTable(graph.SpaceliftStack, graph.Generated, graph.SpaceliftRun)
	owns := graph.RelationshipTable(graph.SpaceliftAccount, graph.Resource, graph.SpaceliftRun)
	for _, format := range emit.Formats() {
		b.Run(string(format), func(b *testing.B) {
			dir := filepath.Join(b.TempDir(), string(format))
			e, err := emit.Open(b.Context(), emit.Job{Model: graph.Default}, emit.Target{Format: format, Dir: dir})
			if err != nil {
				b.Fatal(err)
			}
			graphtest.Write(b, e, map[*graph.Table][]graph.Row{accounts: {graphtest.Row(accounts, "acme")}, stacks: {graphtest.Row(stacks, "web")}})
			for table, make := range map[*graph.Table]func(id string) graph.Row{
				runs:      func(id string) graph.Row { return graphtest.Row(runs, id, "TRACKED", "FINISHED", id+id, "main") },
				generated: func(id string) graph.Row { return graphtest.Row(generated, "web", id) },
				owns:      func(id string) graph.Row { return graphtest.Row(owns, "acme", id) },
			} {
				w, err := e.Table(table)
				if err != nil {
					b.Fatal(err)
				}
				for i := range n {
					if err := w.Write(make(fmt.Sprintf("01HPS6XB76J1%014d", i))); err != nil {
						b.Fatal(err)
					}
				}
				if err := w.Close(); err != nil {
					b.Fatal(err)
				}
			}
			if err := e.Publish(dataset.Manifest{}); err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				if _, err := Dir(context.Background(), dir, b.TempDir()); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(3*n*b.N)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}

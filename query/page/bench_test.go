package page

import (
	"fmt"
	"net/http"
	"os"
	"runtime"
	"strconv"
	"testing"
	"time"

	"liftgraph/emit/csvfile"
	"liftgraph/graph"
	"liftgraph/graph/graphtest"
	"liftgraph/internal/dataset"
)

// benchRuns is how many runs the benchmark's publication has; LIFTGRAPH_BENCH_RUNS sets it.
func benchRuns() int {
	if n, err := strconv.Atoi(os.Getenv("LIFTGRAPH_BENCH_RUNS")); err == nil {
		return n
	}
	return 100_000
}

// BenchmarkServe reports how many pages a second a server answers, of runs all over a large publication, and what its heap then holds.
func BenchmarkServe(b *testing.B) {
	n := benchRuns()
	runs, stacks := graph.NodeTable(graph.SpaceliftRun), graph.NodeTable(graph.SpaceliftStack)
	generated := graph.RelationshipTable(graph.SpaceliftStack, graph.Generated, graph.SpaceliftRun)
	affected := graph.RelationshipTable(graph.SpaceliftRun, graph.Affected, graph.EC2Instance)
	dir, _ := graphtest.Publish(b, "csv", func(d *dataset.Dir) {
		rows := map[*graph.Table][]graph.Row{}
		for i := range 100 {
			rows[stacks] = append(rows[stacks], graphtest.Row(stacks, fmt.Sprintf("stack-%03d", i)))
		}
		for i := range n {
			id := fmt.Sprintf("01M7B6WRR2%016d", i)
			rows[runs] = append(rows[runs], graphtest.Row(runs, id, "TRACKED", "FINISHED"))
			rows[generated] = append(rows[generated], graphtest.Row(generated, fmt.Sprintf("stack-%03d", i*100/n), id))
			rows[affected] = append(rows[affected], graphtest.Row(affected, id, fmt.Sprintf("i-%017x", i%1000)))
		}
		graphtest.Write(b, csvfile.New(d), rows)
	})
	s := newServer(b, &dir)
	s.Newest.Every = time.Second
	b.ResetTimer()
	for i := range b.N {
		path := fmt.Sprintf("/run/01M7B6WRR2%016d", i*7919%n)
		if res, _ := get(s, "GET", path, "127.0.0.1:1", withCookie); res.StatusCode != http.StatusOK {
			b.Fatalf("%s: %d", path, res.StatusCode)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "pages/s")
	b.StopTimer()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	b.ReportMetric(float64(m.HeapAlloc)/(1<<20), "MB-heap")
}

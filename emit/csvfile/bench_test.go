package csvfile

import (
	stdgzip "compress/gzip"
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"liftgraph/graph"
	"liftgraph/internal/dataset"
)

// sampleRows are runs and edges with the variety of real ones.
func sampleRows() (runs, edges []graph.Row) {
	r := rand.New(rand.NewPCG(1, 2))
	id := func() string { return fmt.Sprintf("01HPS6XB76J1%014X", r.Uint64()>>8) }
	for range 10_000 {
		run := id()
		stack := fmt.Sprintf("team-%03d-prod", r.IntN(400))
		runs = append(runs, graph.Row{
			graph.Text(run), graph.Text("TRACKED"), graph.Text("FINISHED"), graph.Text(fmt.Sprintf("%040x", r.Uint64())), graph.Text("main"),
			graph.Num(1700000000 + r.Int64N(1e7)), graph.Text(stack), graph.Text(fmt.Sprintf("user%d@example.com", r.IntN(900))), graph.Text("acme"),
			graph.Num(1700000000000), graph.Num(1700000000),
		})
		edges = append(edges, graph.Row{graph.Text(stack), graph.Text(run), graph.Num(1700000000000), graph.Num(1700000000)})
	}
	return runs, edges
}

// BenchmarkWrite gives rows per second into gzip parts, beside those of encoding/csv over compress/gzip at the same level.
func BenchmarkWrite(b *testing.B) {
	runs, edges := sampleRows()
	for _, c := range []struct {
		name  string
		table *graph.Table
		rows  []graph.Row
	}{
		{"nodes", graph.NodeTable(graph.SpaceliftRun), runs},
		{"edges", graph.RelationshipTable(graph.SpaceliftStack, graph.Generated, graph.SpaceliftRun), edges},
	} {
		b.Run(c.name+"/liftgraph", func(b *testing.B) { benchLiftgraph(b, c.table, c.rows) })
		b.Run(c.name+"/encoding-csv", func(b *testing.B) { benchStandard(b, c.table, c.rows) })
		b.Run(c.name+"/format-only", func(b *testing.B) {
			var buf []byte
			for i := 0; b.Loop(); i++ {
				buf, _ = appendRow(buf[:0], c.rows[i%len(c.rows)], c.table.Columns, "L")
			}
			rate(b)
		})
	}
}

func size(b *testing.B, names ...string) {
	var n int64
	for _, name := range names {
		info, err := os.Stat(name)
		if err != nil {
			b.Fatal(err)
		}
		n += info.Size()
	}
	b.ReportMetric(float64(n)/float64(b.N), "B/row")
}

func rate(b *testing.B) { b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "rows/s") }

func benchLiftgraph(b *testing.B, t *graph.Table, rows []graph.Row) {
	dir := b.TempDir()
	d, err := dataset.Create(filepath.Join(dir, "csv"))
	if err != nil {
		b.Fatal(err)
	}
	w, err := New(d).Table(t)
	if err != nil {
		b.Fatal(err)
	}
	for i := 0; b.Loop(); i++ {
		if err := w.Write(rows[i%len(rows)]); err != nil {
			b.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		b.Fatal(err)
	}
	parts, _ := filepath.Glob(filepath.Join(dir, "*", t.Folder(), "part-*"))
	size(b, parts...)
	rate(b)
}

func benchStandard(b *testing.B, t *graph.Table, rows []graph.Row) {
	f, err := os.Create(filepath.Join(b.TempDir(), "part.csv.gz"))
	if err != nil {
		b.Fatal(err)
	}
	z, err := stdgzip.NewWriterLevel(f, gzipLevel)
	if err != nil {
		b.Fatal(err)
	}
	c := csv.NewWriter(z)
	record := make([]string, len(t.Columns)+1)
	for i := 0; b.Loop(); i++ {
		row := rows[i%len(rows)]
		for j, v := range row {
			if record[j] = v.Text; t.Columns[j].Type == graph.Int {
				record[j] = strconv.FormatInt(v.Num, 10)
			}
		}
		record[len(row)] = Last(t)
		if err := c.Write(record); err != nil {
			b.Fatal(err)
		}
	}
	c.Flush()
	if err := z.Close(); err != nil {
		b.Fatal(err)
	}
	if err := f.Close(); err != nil {
		b.Fatal(err)
	}
	size(b, f.Name())
	rate(b)
}

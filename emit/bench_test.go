package emit_test

import (
	"compress/gzip"
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"unsafe"

	"liftgraph/emit"
	"liftgraph/graph"
	"liftgraph/internal/dataset"
)

// sampleRows returns runs, or the edges from their stacks, with the variety of real ones, sorted. A row is valid until the next.
func sampleRows(edges bool) func(i int) graph.Row {
	const variety = 4096
	r := rand.New(rand.NewPCG(1, 2))
	var noise, stacks, users, shas [variety]string
	for i := range variety {
		noise[i] = fmt.Sprintf("%08X", r.Uint32())
		stacks[i] = fmt.Sprintf("team-%03d-prod", r.IntN(400))
		users[i] = fmt.Sprintf("user%d@example.com", r.IntN(900))
		shas[i] = fmt.Sprintf("%016x%016x%08x", r.Uint64(), r.Uint64(), r.Uint32())
	}
	id := []byte("01HPS6XB760000000000000000")
	own := unsafe.String(unsafe.SliceData(id), len(id))
	row := make(graph.Row, 0, 17)
	return func(i int) graph.Row {
		for at, n := 17, i; at >= 10; at-- {
			id[at] = '0' + byte(n%10)
			n /= 10
		}
		k := i * 31 % variety
		copy(id[18:], noise[k])
		if edges {
			row = append(row[:0], graph.Text("a-stack"), graph.Text(own))
		} else {
			row = append(row[:0], graph.Text(own), graph.Text("TRACKED"), graph.Text("FINISHED"), graph.Text(shas[k]), graph.Text("main"),
				graph.Num(1700000000+int64(i/7)), graph.Text(stacks[k]), graph.Text(users[k]), graph.Text("acme"))
			for phase := range 5 { // when the run entered each
				row = append(row, graph.Num(1700000000+int64(i/7+phase*40)))
			}
		}
		return append(row, graph.Num(1700000000000), graph.Num(1700000000))
	}
}

// BenchmarkEmit measures rows per second on all cores, into files, for each format and both together, and beside
// them those of encoding/csv over compress/gzip at its fastest.
func BenchmarkEmit(b *testing.B) {
	for _, c := range []struct {
		name  string
		table *graph.Table
	}{
		{"nodes", graph.NodeTable(graph.SpaceliftRun)},
		{"edges", graph.RelationshipTable(graph.SpaceliftStack, graph.Generated, graph.SpaceliftRun)},
	} {
		next := func() func(int) graph.Row { return sampleRows(c.table.Node == nil) }
		b.Run(c.name+"/csv", func(b *testing.B) { benchEmit(b, c.table, next(), emit.CSV) })
		b.Run(c.name+"/parquet", func(b *testing.B) { benchEmit(b, c.table, next(), emit.Parquet) })
		b.Run(c.name+"/both", func(b *testing.B) { benchEmit(b, c.table, next(), emit.CSV, emit.Parquet) })
		b.Run(c.name+"/none", func(b *testing.B) { benchEmit(b, c.table, next()) })
		b.Run(c.name+"/encoding-csv", func(b *testing.B) { benchStandard(b, c.table, next()) })
	}
}

func benchEmit(b *testing.B, t *graph.Table, row func(int) graph.Row, formats ...emit.Format) {
	data := b.TempDir()
	var targets []emit.Target
	for _, f := range formats {
		targets = append(targets, emit.Target{Format: f, Dir: filepath.Join(data, string(f))})
	}
	e, err := emit.Open(b.Context(), emit.Job{Model: graph.Default}, targets...)
	if err != nil {
		b.Fatal(err)
	}
	w, err := e.Table(t)
	if err != nil {
		b.Fatal(err)
	}
	for i := 0; b.Loop(); i++ {
		if err := w.Write(row(i)); err != nil {
			b.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "rows/s")
	if err := e.Publish(dataset.Manifest{}); err != nil {
		b.Fatal(err)
	}
	for _, f := range formats {
		parts, err := filepath.Glob(filepath.Join(data, string(f), t.Folder(), "part-*"))
		if err != nil {
			b.Fatal(err)
		}
		size(b, string(f)+"-B/row", parts...)
	}
}

func benchStandard(b *testing.B, t *graph.Table, next func(int) graph.Row) {
	f, err := os.Create(filepath.Join(b.TempDir(), "part.csv.gz"))
	if err != nil {
		b.Fatal(err)
	}
	z, err := gzip.NewWriterLevel(f, gzip.BestSpeed)
	if err != nil {
		b.Fatal(err)
	}
	c := csv.NewWriter(z)
	record := make([]string, len(t.Columns)+1)
	for i := 0; b.Loop(); i++ {
		row := next(i)
		for j, v := range row {
			if record[j] = v.Text; t.Columns[j].Type == graph.Int {
				record[j] = strconv.FormatInt(v.Num, 10)
			}
		}
		record[len(row)] = t.Name
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
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "rows/s")
	size(b, "csv-B/row", f.Name())
}

func size(b *testing.B, unit string, names ...string) {
	var n int64
	for _, name := range names {
		info, err := os.Stat(name)
		if err != nil {
			b.Fatal(err)
		}
		n += info.Size()
	}
	b.ReportMetric(float64(n)/float64(b.N), unit)
}

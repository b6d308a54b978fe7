package index

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"testing"

	"liftgraph/emit/index/blockgzip"
	"liftgraph/graph"
	"liftgraph/graph/graphtest"
)

var (
	runs      = graph.NodeTable(graph.SpaceliftRun)
	generated = graph.RelationshipTable(graph.SpaceliftStack, graph.Generated, graph.SpaceliftRun)
	resource  = graph.RelationshipTable(graph.SpaceliftAccount, graph.Resource, graph.SpaceliftRun)
)

// encode indexes rows in blocks of the given numbers of rows, of ten bytes a row.
func encode(t testing.TB, table *graph.Table, rows []graph.Row, blocks ...int) ([]byte, *Index) {
	t.Helper()
	var b Builder
	b.Begin(table)
	var stored []blockgzip.Block
	for _, n := range blocks {
		for _, r := range rows[:n] {
			b.Add(r)
		}
		rows = rows[n:]
		b.EndBlock()
		b.EndBlock() // of nothing: no block
		stored = append(stored, blockgzip.Block{Bytes: int64(10 * n), Sum: uint32(n)})
	}
	out := slices.Clone(b.Encode(stored))
	x, err := Read(bytes.NewReader(out), int64(len(out)), table)
	if err != nil {
		t.Fatal(err)
	}
	return out, x
}

// edges makes edges from sorted starts to ends, some of which come again.
func edges(n int) (rows []graph.Row) {
	for i := range n {
		rows = append(rows, graphtest.Row(generated, fmt.Sprintf("stack-%03d", i/7), fmt.Sprintf("01HPS%06d", i*31%(n*3/4+1))))
	}
	return rows
}

func TestBlocks(t *testing.T) {
	rows := edges(100)
	for _, table := range []*graph.Table{generated, runs, resource} {
		_, x := encode(t, table, rows, 30, 1, 69)
		want := []Block{
			{"stack-000", 0, 30, 10, blockgzip.Block{Bytes: 300, Sum: 30}},
			{"stack-004", 30, 1, 310, blockgzip.Block{Bytes: 10, Sum: 1}},
			{"stack-004", 31, 69, 320, blockgzip.Block{Bytes: 690, Sum: 69}},
		}
		if !slices.Equal(x.Blocks, want) {
			t.Errorf("%s: %+v, not %+v", table.Name, x.Blocks, want)
		}
		if err := x.Fits(100, 1020); err != nil {
			t.Error(err)
		}
		if x.Fits(100, 1000) == nil || x.Fits(99, 1020) == nil {
			t.Error("it fits another part")
		}
	}
}

func TestRange(t *testing.T) {
	_, x := encode(t, generated, edges(100), 30, 1, 34, 35)
	// The blocks begin with stack-000, stack-004, stack-004 and stack-009.
	for key, want := range map[string][2]int{"a": {0, 0}, "stack-000": {0, 1}, "stack-003": {0, 1}, "stack-004": {0, 3}, "stack-005": {2, 3}, "stack-009": {2, 4}, "z": {3, 4}} {
		if from, to := x.Range(key, key); [2]int{from, to} != want {
			t.Errorf("%s may be in blocks %d to %d, not %v", key, from, to, want)
		}
	}
	if from, to := x.Range("stack-002", "stack-008"); from != 0 || to != 3 {
		t.Errorf("%d to %d", from, to)
	}
}

// Every block in which an id is an end is given, and hardly another.
func TestEndBlocks(t *testing.T) {
	for _, n := range []int{1, 2, 300, 20_000} {
		rows := edges(n)
		sizes := slices.Repeat([]int{max(n/150, 1)}, min(n, 150))
		sizes[len(sizes)-1] += n - len(sizes)*sizes[0]
		out, x := encode(t, generated, rows, sizes...)
		truth := map[string][]int{}
		at := 0
		for b, size := range sizes {
			for _, r := range rows[at : at+size] {
				truth[r[1].Text] = append(truth[r[1].Text], b)
			}
			at += size
		}
		surplus := 0
		for id, want := range truth {
			got, err := x.EndBlocks(bytes.NewReader(out), []string{id})
			if err != nil {
				t.Fatal(err)
			}
			for _, b := range want {
				if !slices.Contains(got, b) {
					t.Fatalf("%s is in blocks %v, not only in %v", id, want, got)
				}
			}
			surplus += len(got) - len(slices.Compact(want))
		}
		for i := range 1000 {
			got, err := x.EndBlocks(bytes.NewReader(out), []string{fmt.Sprint("nowhere", i)})
			if err != nil {
				t.Fatal(err)
			}
			surplus += len(got)
		}
		if most := (len(truth) + 1000) / 50; surplus > most {
			t.Errorf("%d ends: %d blocks too many, more than %d", n, surplus, most)
		}
	}
}

// An index with a bit turned over says so, or misses nothing.
func TestEveryBit(t *testing.T) {
	rows := edges(600) // several buckets
	out, whole := encode(t, generated, rows, 200, 300, 100)
	var ids []string
	for _, r := range rows[:50] {
		ids = append(ids, r[1].Text)
	}
	want, err := whole.EndBlocks(bytes.NewReader(out), ids)
	if err != nil {
		t.Fatal(err)
	}
	for bit := range 8 * len(out) {
		out[bit/8] ^= 1 << (bit % 8)
		x, err := Read(bytes.NewReader(out), int64(len(out)), generated)
		var got []int
		if err == nil {
			if got, err = x.EndBlocks(bytes.NewReader(out), ids); err == nil && !slices.Equal(got, want) {
				t.Fatalf("bit %d: %v, not %v", bit, got, want)
			}
		}
		if err != nil && !errors.Is(err, ErrDamaged) {
			t.Fatalf("bit %d: %v", bit, err)
		}
		out[bit/8] ^= 1 << (bit % 8)
	}
	for n := range out {
		if _, err := Read(bytes.NewReader(out[:n]), int64(n), generated); !errors.Is(err, ErrDamaged) {
			t.Fatalf("cut to %d bytes: %v", n, err)
		}
	}
}

// One builder serves a table after the other.
func TestBuilderAgain(t *testing.T) {
	rows := edges(50)
	first, _ := encode(t, generated, rows, 20, 30)
	var b Builder
	b.Begin(runs)
	b.Add(rows[0])
	b.Begin(generated)
	for range 2 {
		for i, r := range rows {
			if b.Add(r); i == 19 || i == 49 {
				b.EndBlock()
			}
		}
		if got := b.Encode([]blockgzip.Block{{Bytes: 200, Sum: 20}, {Bytes: 300, Sum: 30}}); !bytes.Equal(got, first) {
			t.Error("the same rows gave another index")
		}
	}
}

func TestPath(t *testing.T) {
	for part, want := range map[string]string{
		"nodes/SpaceliftRun/part-00000.csv.gz":   "index/nodes/SpaceliftRun/part-00000.idx",
		"relationships/A_B_C/part-00012.parquet": "index/relationships/A_B_C/part-00012.idx",
	} {
		if got := Path(part); got != want {
			t.Errorf("%s, not %s", got, want)
		}
	}
}

// FuzzRead reads what may be no index.
func FuzzRead(f *testing.F) {
	out, _ := encode(f, generated, edges(30), 10, 20)
	f.Add(out)
	f.Fuzz(func(t *testing.T, b []byte) {
		x, err := Read(bytes.NewReader(b), int64(len(b)), generated)
		if err == nil {
			_, err = x.EndBlocks(bytes.NewReader(b), []string{"01HPS000001"})
		}
		if err != nil && !errors.Is(err, ErrDamaged) {
			t.Error(err)
		}
	})
}

// BenchmarkBuilder is what the index of edges costs where they are written.
func BenchmarkBuilder(b *testing.B) {
	const blocks, blockRows = 256, 4096
	rows := edges(blockRows)
	var w Builder
	w.Begin(generated)
	fill := func() {
		for range blocks {
			for _, r := range rows {
				w.Add(r)
			}
			w.EndBlock()
		}
	}
	b.Run("add", func(b *testing.B) {
		for b.Loop() {
			w.clear()
			fill()
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*blocks*blockRows), "ns/row")
	})
	b.Run("encode", func(b *testing.B) {
		for b.Loop() {
			b.StopTimer()
			w.clear()
			fill()
			b.StartTimer()
			w.Encode(nil)
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*blocks*blockRows), "ns/row")
	})
}

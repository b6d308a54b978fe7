//go:build cgo

package duckdbtest

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	_ "github.com/duckdb/duckdb-go/v2"

	"liftgraph/emit"
	"liftgraph/emit/published"
	"liftgraph/graph"
	"liftgraph/internal/dataset"
	"liftgraph/query/diff"
)

var (
	diffRuns      = graph.NodeTable(graph.SpaceliftRun)
	diffGenerated = graph.RelationshipTable(graph.SpaceliftStack, graph.Generated, graph.SpaceliftRun)
)

// counts are added, removed and changed rows.
type counts struct{ Added, Removed, Changed int64 }

// publishNights publishes n runs and their stacks; the second night lacks some runs of the first, has others, and some in another state.
func publishNights(t testing.TB, n, night int) (csv, parquet string) {
	t.Helper()
	data := t.TempDir()
	csv, parquet = filepath.Join(data, "csv"), filepath.Join(data, "parquet")
	e, err := emit.Open(t.Context(), emit.Job{Model: graph.Default}, emit.Target{Format: emit.CSV, Dir: csv}, emit.Target{Format: emit.Parquet, Dir: parquet})
	if err != nil {
		t.Fatal(err)
	}
	for _, table := range []*graph.Table{diffRuns, diffGenerated} {
		w, err := e.Table(table)
		if err != nil {
			t.Fatal(err)
		}
		for i := range n {
			if night == 1 && i%101 == 0 || night == 0 && i%103 == 0 {
				continue
			}
			id, stack := fmt.Sprintf("01HPS6XB76%016d", i), fmt.Sprintf("team-%03d-prod", i*400/n)
			times := []graph.Value{graph.Num(1_700_000_000_000), graph.Num(int64(1_700_000_000 + 86400*night))}
			row := graph.Row{graph.Text(stack), graph.Text(id)}
			if table == diffRuns {
				state := "FINISHED"
				if night == 1 && i%97 == 0 {
					state = "FAILED"
				}
				row = graph.Row{
					graph.Text(id), graph.Text("TRACKED"), graph.Text(state), graph.Text(fmt.Sprintf("%040x", i*7919)), graph.Text("main"),
					graph.Num(int64(1_700_000_000 + i/7)), graph.Text(stack), graph.Text(fmt.Sprintf("user%d@example.com", i%900)), graph.Text("acme"), {}, {}, {}, {}, {},
				}
			}
			if err := w.Write(append(row, times...)); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(e.Publish(dataset.Manifest{}), e.Abandon()); err != nil {
		t.Fatal(err)
	}
	return csv, parquet
}

func ours(t testing.TB, a, b string) map[string]counts {
	t.Helper()
	var dirs [2]*published.Dir
	for i, dir := range []string{a, b} {
		var err error
		if dirs[i], err = published.OpenURI(t.Context(), dir, published.Options{}); err != nil {
			t.Fatal(err)
		}
	}
	var out bytes.Buffer
	if _, err := diff.Graphs(t.Context(), dirs[0], dirs[1], &diff.JSON{Out: &out}); err != nil {
		t.Fatal(err)
	}
	var d struct{ Nodes, Relationships map[string]counts }
	if err := json.Unmarshal(out.Bytes(), &d); err != nil {
		t.Fatal(err)
	}
	return map[string]counts{diffRuns.Name: d.Nodes[diffRuns.Name], diffGenerated.Name: d.Relationships[diffGenerated.Name]}
}

// joined counts by a full outer join, as one would without diff.
func joined(t testing.TB, db *sql.DB, a, b string) map[string]counts {
	t.Helper()
	all := map[string]counts{}
	for _, table := range []*graph.Table{diffRuns, diffGenerated} {
		var on, differ []string
		for i, c := range table.Columns {
			switch {
			case i < table.KeyColumns():
				on = append(on, fmt.Sprintf("a.%s = b.%[1]s", c.Name))
			case i < len(table.Columns)-graph.Times:
				differ = append(differ, fmt.Sprintf("a.%s IS DISTINCT FROM b.%[1]s", c.Name))
			}
		}
		differ = append(differ, "false")
		query := fmt.Sprintf(`SELECT count(*) FILTER (a.%[1]s IS NULL), count(*) FILTER (b.%[1]s IS NULL),
			count(*) FILTER (a.%[1]s IS NOT NULL AND b.%[1]s IS NOT NULL AND (%[2]s))
			FROM '%[3]s/%[5]s/*.parquet' a FULL OUTER JOIN '%[4]s/%[5]s/*.parquet' b ON %[6]s`,
			table.Columns[0].Name, strings.Join(differ, " OR "), a, b, table.Folder(), strings.Join(on, " AND "))
		var c counts
		if err := db.QueryRowContext(t.Context(), query).Scan(&c.Added, &c.Removed, &c.Changed); err != nil {
			t.Fatal(err)
		}
		all[table.Name] = c
	}
	return all
}

func duckdb(t testing.TB, threads int) *sql.DB {
	t.Helper()
	db, err := sql.Open("duckdb", "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	if _, err := db.ExecContext(t.Context(), fmt.Sprintf("SET threads = %d", threads)); err != nil {
		t.Fatal(err)
	}
	return db
}

// DuckDB counts the same.
func TestDuckDBCountsTheSame(t *testing.T) {
	csvA, parquetA := publishNights(t, 5000, 0)
	_, parquetB := publishNights(t, 5000, 1)
	want := joined(t, duckdb(t, 2), parquetA, parquetB)
	if want[diffRuns.Name].Changed == 0 || want[diffGenerated.Name].Added == 0 {
		t.Errorf("%v: nothing to tell", want)
	}
	for _, a := range []string{csvA, parquetA} {
		if got := ours(t, a, parquetB); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%v, not %v", got, want)
		}
	}
}

// BenchmarkDiff returns the rows of both graphs per second, and beside them DuckDB's by a full outer join. LIFTGRAPH_BENCH_ROWS
// says how many runs there are; each has an edge.
func BenchmarkDiff(b *testing.B) {
	n := 20_000
	if s := os.Getenv("LIFTGRAPH_BENCH_ROWS"); s != "" {
		var err error
		if n, err = strconv.Atoi(s); err != nil {
			b.Fatal(err)
		}
	}
	csvA, parquetA := publishNights(b, n, 0)
	csvB, parquetB := publishNights(b, n, 1)
	run := func(name string, do func(b *testing.B)) {
		b.Run(name, func(b *testing.B) {
			before := cpu(b)
			for b.Loop() {
				do(b)
			}
			rows := 4 * float64(n) * float64(b.N)
			b.ReportMetric(rows/b.Elapsed().Seconds(), "rows/s")
			b.ReportMetric(rows/(cpu(b)-before).Seconds(), "rows/cpu-s") // on a machine that others use, too
		})
	}
	run("csv", func(b *testing.B) { ours(b, csvA, csvB) })
	run("parquet", func(b *testing.B) { ours(b, parquetA, parquetB) })
	for _, threads := range []int{1, 2} {
		db := duckdb(b, threads)
		run(fmt.Sprintf("duckdb/threads=%d", threads), func(b *testing.B) { joined(b, db, parquetA, parquetB) })
	}
}

// cpu returns the processor time that the process has taken.
func cpu(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

//go:build cgo

package duckdbtest

import (
	"bufio"
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"liftgraph/emit"
	"liftgraph/emit/lake"
	"liftgraph/graph"
	"liftgraph/graph/graphtest"
	"liftgraph/internal/dataset"
)

// What a child of the benchmark gets by its environment: a process each, for its peak memory.
const (
	childEnv = "LIFTGRAPH_LAKE_BENCH_CHILD" // who writes which table: liftgraph/TABLE or duckdb/TABLE
	rowsEnv  = "LIFTGRAPH_BENCH_ROWS"
	dirEnv   = "LIFTGRAPH_LAKE_BENCH_DIR"
)

func TestMain(m *testing.M) {
	if who, table, ok := strings.Cut(os.Getenv(childEnv), "/"); ok {
		if err := child(who, table); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		status, _ := os.ReadFile("/proc/self/status")
		_, peak, _ := strings.Cut(string(status), "VmHWM:")
		fmt.Println(strings.Fields(peak)[0]) // KiB
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func benchRows() int {
	n, err := strconv.Atoi(os.Getenv(rowsEnv))
	if err != nil {
		return 100_000
	}
	return n
}

// generateRows writes runs, or API calls of 60 days, with the variety of real ones.
func generateRows(w graph.TableWriter, t *graph.Table, n int) error {
	r := rand.New(rand.NewPCG(1, 2))
	const variety = 4096
	var shas, stacks, users [variety]string
	for i := range variety {
		shas[i] = fmt.Sprintf("%016x%016x%08x", r.Uint64(), r.Uint64(), r.Uint32())
		stacks[i] = fmt.Sprintf("team-%03d-prod", r.IntN(400))
		users[i] = fmt.Sprintf("user%d@example.com", r.IntN(900))
	}
	start := time.Date(2026, 9, 1, 0, 0, 0, 0, time.UTC)
	for i := range n {
		id := fmt.Sprintf("01HPS6XB76%08d%08X", i, uint32(i)*2654435761)
		var row graph.Row
		if t == lakeRuns {
			row = graphtest.Row(lakeRuns, id, "TRACKED", "FINISHED", shas[r.IntN(variety)], "main", 1700000000+i/7, stacks[r.IntN(variety)], users[r.IntN(variety)], "acme")
		} else {
			at := start.Add(time.Duration(r.Int64N(60*24*3600)) * time.Second).Format(time.RFC3339)
			event := fmt.Sprintf("%08x-%04x-4%03x-8%03x-%012x", r.Uint32(), r.IntN(1<<16), r.IntN(1<<12), r.IntN(1<<12), r.Int64N(1<<48))
			run := i / 4 // four calls a run
			id = fmt.Sprintf("01HPS6XB76%08d%08X", run, uint32(run)*2654435761)
			row = graphtest.Row(affected, id, fmt.Sprintf("i-%08x%09x", i%4, run%4096), event, at, "StopInstances", "111122223333", "eu-west-1")
		}
		if err := w.Write(row); err != nil {
			return err
		}
	}
	return w.Close()
}

// open begins a target for one table of the benchmark.
func openEmitter(dir, temp string, l *emit.Lake) (*emit.Emitter, error) {
	return emit.Open(context.Background(), emit.Job{Model: graph.Default, UpdateTag: updateTag, Temp: temp}, emit.Target{Format: emit.Parquet, Dir: dir, Lake: l})
}

// child writes a lake's table, within the memory that liftgraph has, or as DuckDB likes.
func child(who, table string) error {
	dir := os.Getenv(dirEnv)
	t := map[string]*graph.Table{"nodes": lakeRuns, "edges": affected}[table]
	out := filepath.Join(dir, who+"-"+table)
	switch who {
	case "liftgraph":
		debug.SetMemoryLimit(160 << 20)
		debug.SetGCPercent(-1)
		e, err := openEmitter(out, dir, &emit.Lake{})
		if err != nil {
			return err
		}
		w, err := e.Table(t)
		if err == nil {
			err = readRows(filepath.Join(dir, table+".rows"), t, w)
		}
		if err == nil {
			err = e.Publish(dataset.Manifest{})
		}
		return errors.Join(err, e.Abandon())
	case "duckdb":
		db, err := sql.Open("duckdb", filepath.Join(dir, "rows.duckdb")+"?access_mode=read_only")
		if err != nil {
			return err
		}
		defer db.Close()
		_, err = db.Exec(fmt.Sprintf("COPY (SELECT %s, DATE '%s' AS snapshot_date %s FROM %s) TO '%s' (FORMAT parquet, COMPRESSION zstd, PARTITION_BY (%s))",
			columns(t), date, map[string]string{"edges": ", coalesce(event_time::TIMESTAMPTZ, to_timestamp(0))::DATE AS event_date"}[table], table, out, strings.Join(lake.Partitions(t), ", ")))
		return err
	}
	return fmt.Errorf("no user has the name %q", who)
}

// columns returns what DuckDB selects to write the same columns.
func columns(t *graph.Table) string {
	var list []string
	for _, c := range lake.Columns(t) {
		from := t.Columns[c.Source].Name
		switch {
		case !c.Timestamp:
			list = append(list, from)
		case t.Columns[c.Source].TimeForm() == graph.ISO8601:
			list = append(list, from+"::TIMESTAMPTZ AS "+c.Name)
		case t.Columns[c.Source].TimeForm() == graph.Millis:
			list = append(list, "make_timestamptz("+from+"*1000) AS "+c.Name)
		default:
			list = append(list, "make_timestamptz("+from+"*1000000) AS "+c.Name)
		}
	}
	return strings.Join(list, ", ")
}

// BenchmarkLake returns rows a second of a table in a lake, with sizes and peak memory, beside DuckDB, which copies the same rows from
// a database of its own. Each is a process; LIFTGRAPH_BENCH_ROWS sets the number of rows.
func BenchmarkLake(b *testing.B) {
	dir := b.TempDir()
	if err := prepare(dir); err != nil {
		b.Fatal(err)
	}
	for _, table := range []string{"nodes", "edges"} {
		for _, who := range []string{"liftgraph", "duckdb"} {
			b.Run(table+"/"+who, func(b *testing.B) {
				var cpu time.Duration
				var peak int64
				for b.Loop() {
					out := filepath.Join(dir, who+"-"+table)
					if err := os.RemoveAll(out); err != nil {
						b.Fatal(err)
					}
					cmd := exec.CommandContext(b.Context(), os.Args[0])
					cmd.Env = append(os.Environ(), childEnv+"="+who+"/"+table, dirEnv+"="+dir)
					text, err := cmd.CombinedOutput()
					if err != nil {
						b.Fatalf("%v: %s", err, text)
					}
					cpu += cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
					kib, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64)
					if err != nil {
						b.Fatal(err)
					}
					peak = max(peak, kib)
				}
				size := written(b, filepath.Join(dir, who+"-"+table))
				rows := float64(benchRows()) * float64(b.N)
				b.ReportMetric(rows/b.Elapsed().Seconds(), "rows/s")
				b.ReportMetric(rows/cpu.Seconds(), "rows/cpu-s")
				b.ReportMetric(float64(size)*float64(b.N)/1e6/b.Elapsed().Seconds(), "MB/s")
				b.ReportMetric(float64(size)/float64(benchRows()), "bytes/row")
				b.ReportMetric(float64(peak)/1024, "peak-MiB")
			})
		}
	}
}

// rowsFile is a file of rows, each after its length.
type rowsFile struct {
	*bufio.Writer
	columns []graph.Property
	row     []byte
}

func (f *rowsFile) Write(row graph.Row) error {
	f.row = graph.AppendRow(f.row[:0], row, f.columns)
	_, err := f.Writer.Write(append(binary.AppendUvarint(nil, uint64(len(f.row))), f.row...))
	return err
}

func (f *rowsFile) Close() error { return f.Flush() }

// readRows writes the rows of a file into w.
func readRows(name string, t *graph.Table, w graph.TableWriter) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	r := bufio.NewReaderSize(f, 1<<20)
	row := make(graph.Row, len(t.Columns))
	var b []byte
	for {
		n, err := binary.ReadUvarint(r)
		if errors.Is(err, io.EOF) {
			return w.Close()
		}
		if err != nil {
			return err
		}
		b = slices.Grow(b[:0], int(n))[:n]
		if _, err := io.ReadFull(r, b); err != nil {
			return err
		}
		if err := errors.Join(graph.DecodeRow(row, b), w.Write(row)); err != nil {
			return err
		}
	}
}

// prepare puts the rows into files for liftgraph and into a database of DuckDB's.
func prepare(dir string) error {
	plain := filepath.Join(dir, "plain")
	e, err := openEmitter(plain, dir, nil)
	if err != nil {
		return err
	}
	for _, t := range []*graph.Table{lakeRuns, affected} {
		w, err := e.Table(t)
		if err == nil {
			err = generateRows(w, t, benchRows())
		}
		if err != nil {
			return errors.Join(err, e.Abandon())
		}
		f, err := os.Create(filepath.Join(dir, map[*graph.Table]string{lakeRuns: "nodes", affected: "edges"}[t]+".rows"))
		if err != nil {
			return errors.Join(err, e.Abandon())
		}
		if err := errors.Join(generateRows(&rowsFile{Writer: bufio.NewWriter(f), columns: t.Columns}, t, benchRows()), f.Close()); err != nil {
			return errors.Join(err, e.Abandon())
		}
	}
	if err := errors.Join(e.Publish(dataset.Manifest{}), e.Abandon()); err != nil {
		return err
	}
	db, err := sql.Open("duckdb", filepath.Join(dir, "rows.duckdb"))
	if err != nil {
		return err
	}
	for name, t := range map[string]*graph.Table{"nodes": lakeRuns, "edges": affected} {
		if _, err := db.Exec(fmt.Sprintf("CREATE TABLE %s AS SELECT * FROM '%s/*.parquet'", name, filepath.Join(plain, t.Folder()))); err != nil {
			return errors.Join(err, db.Close())
		}
	}
	return errors.Join(db.Close(), os.RemoveAll(plain))
}

// written returns the size of the Parquet files below a directory that aren't empty tables of others.
func written(b *testing.B, dir string) (size int64) {
	b.Helper()
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || !strings.HasSuffix(path, ".parquet") {
			return err
		}
		info, err := e.Info()
		if err == nil {
			size += info.Size()
		}
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	return size
}

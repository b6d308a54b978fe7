//go:build cgo

package duckdbtest

import (
	"context"
	"database/sql"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"liftgraph/cmd/liftgraph/pipeline"
	"liftgraph/emit"
	"liftgraph/emit/index"
	"liftgraph/extract/spacelift"
	"liftgraph/fixtures/fakespacelift"
	"liftgraph/fixtures/generate"
	"liftgraph/fixtures/sample"
	"liftgraph/graph"
	"liftgraph/internal/dataset"
	"liftgraph/query/lookup"
	"liftgraph/query/trace"
)

// whoChanged asks DuckDB what trace answers for an instance. DIR stands for the directory of Parquet.
const whoChanged = `
WITH affected AS (SELECT * FROM 'DIR/relationships/SpaceliftRun_AFFECTED_EC2Instance/*.parquet' WHERE end_id = ?)
SELECT affected.*, run.run_type, run.state, run.created_at, stack.id, stack.repository, space.name, com.*, triggered.start_id, confirmed.end_id,
       pushed.start_id, executed.start_id, pool.name, host.end_id
FROM affected
JOIN 'DIR/nodes/SpaceliftRun/*.parquet' run ON run.id = affected.start_id
LEFT JOIN 'DIR/relationships/SpaceliftStack_GENERATED_SpaceliftRun/*.parquet' gen ON gen.end_id = run.id
LEFT JOIN 'DIR/nodes/SpaceliftStack/*.parquet' stack ON stack.id = gen.start_id
LEFT JOIN 'DIR/relationships/SpaceliftSpace_CONTAINS_SpaceliftStack/*.parquet' inspace ON inspace.end_id = stack.id
LEFT JOIN 'DIR/nodes/SpaceliftSpace/*.parquet' space ON space.id = inspace.start_id
LEFT JOIN 'DIR/relationships/SpaceliftGitCommit_COMMITTED_SpaceliftRun/*.parquet' committed ON committed.end_id = run.id
LEFT JOIN 'DIR/nodes/SpaceliftGitCommit/*.parquet' com ON com.id = committed.start_id
LEFT JOIN 'DIR/relationships/SpaceliftUser_TRIGGERED_SpaceliftRun/*.parquet' triggered ON triggered.end_id = run.id
LEFT JOIN 'DIR/relationships/SpaceliftGitCommit_CONFIRMED_SpaceliftUser/*.parquet' confirmed ON confirmed.start_id = com.id
LEFT JOIN 'DIR/relationships/GitHubUser_PUSHED_SpaceliftGitCommit/*.parquet' pushed ON pushed.end_id = com.id
LEFT JOIN 'DIR/relationships/SpaceliftWorker_EXECUTED_SpaceliftRun/*.parquet' executed ON executed.end_id = run.id
LEFT JOIN 'DIR/relationships/SpaceliftWorkerPool_CONTAINS_SpaceliftWorker/*.parquet' inpool ON inpool.end_id = executed.start_id
LEFT JOIN 'DIR/nodes/SpaceliftWorkerPool/*.parquet' pool ON pool.id = inpool.start_id
LEFT JOIN 'DIR/relationships/SpaceliftWorker_RUNS_ON_EC2Instance/*.parquet' host ON host.start_id = executed.start_id`

// BenchmarkTrace is how long `liftgraph trace` takes for an instance, a stack and a user, and how much it reads: by indexes,
// and without them in full. Beside it DuckDB answers the question for the instance. LIFTGRAPH_BENCH_RUNS sets another
// size of the account, LIFTGRAPH_BENCH_DATA a data directory that has csv and parquet already.
func BenchmarkTrace(b *testing.B) {
	data := os.Getenv("LIFTGRAPH_BENCH_DATA")
	if data == "" {
		data = generatedAccount(b)
	}
	instance, stack, user := ids(b, filepath.Join(data, "csv"))
	for _, format := range emit.Formats() {
		dir := filepath.Join(data, string(format))
		b.Run("instance/"+string(format), func(b *testing.B) { benchmarkAsk(b, dir, instance) })
		b.Run("instance/"+string(format)+"-in-full", func(b *testing.B) { benchmarkAsk(b, withoutIndex(b, dir), instance) })
		b.Run("stack/"+string(format), func(b *testing.B) { benchmarkAsk(b, dir, stack) })
		b.Run("user/"+string(format), func(b *testing.B) { benchmarkAsk(b, dir, user) })
	}
	b.Run("instance/duckdb", func(b *testing.B) {
		db, err := sql.Open("duckdb", "")
		if err != nil {
			b.Fatal(err)
		}
		defer db.Close()
		query := strings.ReplaceAll(whoChanged, "DIR", filepath.Join(data, "parquet"))
		for b.Loop() {
			rows, err := db.Query(query, instance)
			if err != nil {
				b.Fatal(err)
			}
			if !rows.Next() {
				b.Fatal("no answer")
			}
			if err := rows.Close(); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(b.Elapsed().Milliseconds())/float64(b.N), "ms")
	})
}

func benchmarkAsk(b *testing.B, dir, id string) {
	b.Helper()
	var read int64
	for b.Loop() {
		d, err := lookup.Open(b.Context(), dir)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := trace.AskDir(context.Background(), d, trace.Question{ID: id, Limit: 100}); err != nil {
			b.Fatal(err)
		}
		read += d.BytesRead()
		if err := d.Close(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(read)/float64(b.N)/1e6, "MB-read")
	b.ReportMetric(float64(b.Elapsed().Milliseconds())/float64(b.N), "ms")
}

// generated publishes a generated account in both formats.
func generatedAccount(b *testing.B) (data string) {
	b.Helper()
	runs := 2000
	if s := os.Getenv("LIFTGRAPH_BENCH_RUNS"); s != "" {
		var err error
		if runs, err = strconv.Atoi(s); err != nil {
			b.Fatal(err)
		}
	}
	_, endpoint := fakespacelift.Start(b, generate.New(generate.Size{Stacks: 500, Runs: runs, Entities: runs / 10}), sample.Options())
	data = b.TempDir()
	cfg := pipeline.Config{
		Data: data, Temp: filepath.Join(data, ".tmp"), UpdateTag: 1700000000,
		Spacelift: &spacelift.Config{Endpoint: endpoint, Token: sample.Token, Workers: 4},
	}
	for _, f := range emit.Formats() {
		cfg.Targets = append(cfg.Targets, emit.Target{Format: f, Dir: filepath.Join(data, string(f))})
	}
	if _, err := pipeline.Run(b.Context(), cfg); err != nil {
		b.Fatal(err)
	}
	return data
}

// ids returns an instance that a run affected, the run's stack, and a user who triggered another.
func ids(b *testing.B, dir string) (instance, stack, user string) {
	b.Helper()
	d, err := lookup.Open(b.Context(), dir)
	if err != nil {
		b.Fatal(err)
	}
	defer d.Close()
	affected := graph.RelationshipTable(graph.SpaceliftRun, graph.Affected, graph.EC2Instance)
	firstKey := func(t *graph.Table) string {
		keys, err := d.Keys(b.Context(), t, "", 1)
		if err != nil || len(keys) == 0 {
			b.Fatalf("%s: no rows (%v)", t.Name, err)
		}
		return keys[0]
	}
	run := firstKey(affected)
	instances, _, err := d.Others(b.Context(), affected, lookup.ByKey, run, 1)
	if err != nil {
		b.Fatal(err)
	}
	stacks, _, err := d.Others(b.Context(), graph.RelationshipTable(graph.SpaceliftStack, graph.Generated, graph.SpaceliftRun), lookup.ByEnd, run, 1)
	if err != nil {
		b.Fatal(err)
	}
	return instances[0], stacks[0], firstKey(graph.RelationshipTable(graph.SpaceliftUser, graph.Triggered, graph.SpaceliftRun))
}

// withoutIndex returns the same directory as an earlier version wrote it.
func withoutIndex(b *testing.B, dir string) string {
	b.Helper()
	other := b.TempDir()
	m, err := dataset.ReadManifest(dir)
	if err != nil {
		b.Fatal(err)
	}
	m.Files = slices.DeleteFunc(m.Files, func(f dataset.File) bool { return strings.HasPrefix(f.Path, index.Folder+"/") })
	for _, f := range m.Files {
		to := filepath.Join(other, f.Path)
		if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
			b.Fatal(err)
		}
		from, err := filepath.Abs(filepath.Join(dir, f.Path))
		if err != nil {
			b.Fatal(err)
		}
		if err := os.Link(from, to); err != nil {
			b.Fatal(err)
		}
	}
	text, err := json.Marshal(m)
	if err != nil {
		b.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(other, dataset.ManifestName), text, 0o600); err != nil {
		b.Fatal(err)
	}
	return other
}

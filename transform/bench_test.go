package transform

import (
	"fmt"
	"path/filepath"
	"testing"

	"liftgraph/emit"
	"liftgraph/graph"
	"liftgraph/internal/dataset"
	"liftgraph/internal/raw"
)

// nullSink counts rows.
type nullSink struct{ rows int64 }

func (s *nullSink) Table(*graph.Table) (graph.TableWriter, error) { return s, nil }
func (s *nullSink) Write(graph.Row) error                         { s.rows++; return nil }
func (s *nullSink) Close() error                                  { return nil }

func ptr[T any](v T) *T { return &v }

// syntheticRun returns the n-th run of a made-up account: two runs a commit, 500 stacks, a thousand users.
func syntheticRun(n int) *raw.Run {
	c := n / 2
	return &raw.Run{
		ID: fmt.Sprintf("01HPS6XB76%016d", n*2654435761%1e15), StackID: fmt.Sprintf("stack-%03d", n%500),
		Type: ptr("TRACKED"), State: ptr("FINISHED"), Branch: ptr("main"), CreatedAt: ptr(int64(1700000000 + n)), UpdatedAt: ptr(int64(1700000100 + n)),
		TriggeredBy: ptr(fmt.Sprintf("User%d@example.com", n%1000)),
		Commit: &raw.Commit{
			Hash: fmt.Sprintf("%040x", c*2654435761), AuthorLogin: ptr(fmt.Sprintf("dev%d", c%1000)), AuthorName: ptr("A Developer"),
			Message: ptr("fix: widen the instance profile of the payment workers, see the runbook for the reason why"), Timestamp: ptr(int64(1700000000 + n)),
			URL: ptr(fmt.Sprintf("https://github.com/acme/infra/commit/%040x", c*2654435761)),
		},
		History: []raw.Transition{{State: "CONFIRMED", Timestamp: ptr(int64(1)), Username: fmt.Sprintf("boss%d", n%50)}},
		Workers: []raw.RunWorker{{ID: fmt.Sprintf("01HPS6K4BN%016d", n%300)}},
	}
}

// BenchmarkRuns is the way of runs' records to rows: to nowhere, which shows what resolution costs, and to published CSV, as `run` goes.
func BenchmarkRuns(b *testing.B) {
	b.Run("to=nowhere", func(b *testing.B) { benchmarkRuns(b, func(*testing.B) graph.Sink { return new(nullSink) }) })
	b.Run("to=csv", func(b *testing.B) {
		benchmarkRuns(b, func(b *testing.B) graph.Sink {
			e, err := emit.Open(b.Context(), emit.Job{Model: graph.Default}, emit.Target{Format: emit.CSV, Dir: filepath.Join(b.TempDir(), "csv")})
			if err != nil {
				b.Fatal(err)
			}
			return e
		})
	})
}

func benchmarkRuns(b *testing.B, open func(*testing.B) graph.Sink) {
	b.ReportAllocs()
	t := New(Config{TempDir: b.TempDir(), UpdateTag: 1, Reject: func(raw.Rejected) error { return nil }})
	add := func(r raw.Record) {
		if err := t.Add(r); err != nil {
			b.Fatal(err)
		}
	}
	add(&raw.Account{ID: "acme"})
	for i := range 500 {
		add(&raw.Stack{ID: fmt.Sprintf("stack-%03d", i), Provider: ptr("GITHUB")})
	}
	runs := make([]*raw.Run, 1000)
	b.ResetTimer()
	for n := range b.N { // not b.Loop: the passes of Finish belong to the time too
		if n%len(runs) == 0 {
			b.StopTimer()
			for i := range runs {
				runs[i] = syntheticRun(n + i)
			}
			b.StartTimer()
		}
		add(runs[n%len(runs)])
	}
	sink := open(b)
	res, err := t.Finish(sink)
	if err != nil {
		b.Fatal(err)
	}
	if e, ok := sink.(*emit.Emitter); ok {
		if err := e.Publish(dataset.Manifest{Ledger: res.Ledger}); err != nil {
			b.Fatal(err)
		}
	}
	rows := float64(res.Nodes + res.Edges)
	b.ReportMetric(rows/b.Elapsed().Seconds(), "rows/s")
	b.ReportMetric(rows/float64(b.N), "rows/run")
}

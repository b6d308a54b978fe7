package remodel

import (
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"testing"

	"liftgraph/emit"
	"liftgraph/graph"
	"liftgraph/graph/graphtest"
	"liftgraph/internal/dataset"
)

// BenchmarkModel returns rows of the default model per second that are emitted as CSV in each model, and the largest heap
// seen in between: N runs, half of which the list of entities names, and two edges a run that CloudTrail recorded.
func BenchmarkModel(b *testing.B) {
	for _, m := range graph.Models() {
		b.Run(m.Name, func(b *testing.B) {
			e, err := emit.Open(b.Context(), emit.Job{Model: m}, emit.Target{Format: emit.CSV, Dir: filepath.Join(b.TempDir(), "csv")})
			if err != nil {
				b.Fatal(err)
			}
			var sink graph.Sink = e
			finish := func() error { return nil }
			if m != graph.Default {
				s := New(m, e, b.TempDir(), func() error { return nil })
				defer s.Close()
				sink, finish = s, s.Finish
			}
			rows, heap := 0, uint64(0)
			begin := func(t *graph.Table) (write func(cells ...any), end func()) {
				w, err := sink.Table(t)
				if err != nil {
					b.Fatal(err)
				}
				write = func(cells ...any) {
					if err := w.Write(graphtest.Row(t, cells...)); err != nil {
						b.Fatal(err)
					}
					if rows++; rows%500_000 == 0 {
						var now runtime.MemStats
						runtime.ReadMemStats(&now)
						heap = max(heap, now.HeapAlloc)
					}
				}
				return write, func() {
					if err := w.Close(); err != nil {
						b.Fatal(err)
					}
				}
			}
			id := func(i int) string { return fmt.Sprintf("01HPS6XB76%010d%06X", i, i*7919%(1<<24)) }
			b.ResetTimer()
			write, end := begin(accounts)
			write("acme", "acme", "Acme")
			end()
			write, end = begin(runs)
			for i := range b.N {
				write(id(i), "TRACKED", "FINISHED", fmt.Sprintf("%040x", i*104729), "main", 1700000000+i/7, "team-prod", "user@example.com", "acme")
			}
			end()
			write, end = begin(affected)
			for i := range b.N {
				instance := fmt.Sprintf("i-%017x", i/3)
				if i%2 == 0 {
					write(id(i), instance, nil, nil, nil, nil, nil, "plain")
				}
				for k := range 2 {
					write(id(i), instance, fmt.Sprintf("%d-%08x-1d2c", k, uint32(i*2654435761)), "2026-11-13T23:47:05Z", "RunInstances", "111122223333", "us-east-1")
				}
			}
			end()
			if err := errors.Join(finish(), e.Publish(dataset.Manifest{})); err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64(rows)/b.Elapsed().Seconds(), "rows/s")
			b.ReportMetric(float64(heap)/(1<<20), "MiB-heap")
		})
	}
}

package pipeline

import (
	"cmp"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"liftgraph/emit"
	"liftgraph/extract/spacelift"
	"liftgraph/fixtures/fakespacelift"
	"liftgraph/fixtures/generate"
)

// BenchmarkHistory compares a night over the last one's output, in which nothing changed, with one that carries nothing over:
// history/without is how many times as long it takes. LIFTGRAPH_BENCH_RUNS is the number of runs.
func BenchmarkHistory(b *testing.B) {
	runs := benchRuns(b, 2000)
	_, endpoint := fakespacelift.Start(b, generate.New(generate.Size{Stacks: 20, Runs: runs, Entities: runs / 10, Seed: 1}), fakespacelift.Options{Token: "t"})
	data := b.TempDir()
	cfg := Config{
		Version: "bench", Data: data, Temp: filepath.Join(data, ".tmp"), UpdateTag: 1000,
		Spacelift: &spacelift.Config{Endpoint: endpoint, Token: "t", Workers: 4},
		Targets:   []emit.Target{{Format: emit.CSV, Dir: filepath.Join(data, "csv")}},
	}
	var took [2]time.Duration
	night := func(history bool) {
		cfg.UpdateTag++
		cfg.Previous = nil
		if history {
			cfg.Previous = &Previous{KeepHistory: true}
			cfg.Previous.Temp = cfg.Temp
		}
		began := time.Now()
		if _, err := Run(b.Context(), cfg); err != nil {
			b.Fatal(err)
		}
		if history {
			took[1] += time.Since(began)
		} else {
			took[0] += time.Since(began)
		}
	}
	night(false)
	took = [2]time.Duration{}
	b.ResetTimer()
	for b.Loop() {
		night(false)
		night(true)
	}
	b.ReportMetric(float64(took[1])/float64(took[0]), "history/without")
}

// benchRuns returns LIFTGRAPH_BENCH_RUNS, or usual where it isn't set.
func benchRuns(b *testing.B, usual int) int {
	b.Helper()
	runs, err := strconv.Atoi(cmp.Or(os.Getenv("LIFTGRAPH_BENCH_RUNS"), strconv.Itoa(usual)))
	if err != nil {
		b.Fatal(err)
	}
	return runs
}

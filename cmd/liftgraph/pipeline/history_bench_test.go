package pipeline

import (
	"cmp"
	"context"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"liftgraph/emit"
	"liftgraph/extract/spacelift"
	"liftgraph/fixtures/fakespacelift"
	"liftgraph/fixtures/generate"
	"liftgraph/internal/dataset"
)

// BenchmarkHistory compares a night over the last one's output, in which nothing changed, with one that carries nothing over, one after
// the other; and the same of emit alone. history/without is how many times as long it takes, and cpu/without how many times the
// processor's time. LIFTGRAPH_BENCH_RUNS is the number of runs.
func BenchmarkHistory(b *testing.B) {
	runs := benchRuns(b, 2000)
	_, endpoint := fakespacelift.Start(b, generate.New(generate.Size{Stacks: 20, Runs: runs, Entities: runs / 10, Seed: 1}), fakespacelift.Options{Token: "t"})
	for name, target := range map[string]emit.Target{
		"csv": {Format: emit.CSV}, "parquet": {Format: emit.Parquet}, "lake": {Format: emit.Parquet, Lake: &emit.Lake{KeepSnapshots: 1}},
	} {
		data := b.TempDir()
		target.Dir = filepath.Join(data, name)
		cfg := Config{
			Version: "bench", Data: data, Temp: filepath.Join(data, ".tmp"), UpdateTag: 1_700_000_000,
			Spacelift: &spacelift.Config{Endpoint: endpoint, Token: "t", Workers: 4}, Targets: []emit.Target{target},
		}
		b.Run("run/"+name, func(b *testing.B) { benchmarkHistory(b, cfg, Run) })
		b.Run("emit/"+name, func(b *testing.B) {
			if _, err := Extract(b.Context(), cfg); err != nil {
				b.Fatal(err)
			}
			if _, err := Transform(b.Context(), cfg); err != nil {
				b.Fatal(err)
			}
			benchmarkHistory(b, cfg, Emit)
		})
	}
}

func benchmarkHistory(b *testing.B, cfg Config, stage func(context.Context, Config) (*dataset.Manifest, error)) {
	var took, cpu [2]time.Duration
	night := func(which int) {
		cfg.UpdateTag += 86400
		cfg.Previous = nil
		if which == 1 {
			cfg.Previous = &Previous{KeepHistory: true, Retention: 400 * 24 * time.Hour}
			cfg.Previous.Temp = cfg.Temp
		}
		began, used := time.Now(), processorTime(b)
		if _, err := stage(b.Context(), cfg); err != nil {
			b.Fatal(err)
		}
		took[which] += time.Since(began)
		cpu[which] += processorTime(b) - used
	}
	night(0)
	took, cpu = [2]time.Duration{}, [2]time.Duration{}
	b.ResetTimer()
	for b.Loop() {
		night(0)
		night(1)
	}
	b.ReportMetric(float64(took[1])/float64(took[0]), "history/without")
	b.ReportMetric(float64(cpu[1])/float64(cpu[0]), "cpu/without")
}

// processorTime returns how long the processors worked for this process, which doesn't depend on what else they do.
func processorTime(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
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

package pipeline

import (
	"path/filepath"
	"testing"
	"time"

	"liftgraph/fixtures/fakespacelift"
	"liftgraph/fixtures/generate"
)

// BenchmarkSinceLast compares an increment with reading everything: an account of 100,000 runs, or LIFTGRAPH_BENCH_RUNS, a day
// (4,320 runs, or a tenth) later.
func BenchmarkSinceLast(b *testing.B) {
	runs := benchRuns(b, 100_000)
	perDay := min(4320, runs/10)
	server := newNights(b)
	size := generate.Size{Stacks: 200, Runs: runs, Entities: 2000, Seed: 1}
	cfg := server.config(filepath.Join(b.TempDir(), "data"))
	for b.Loop() {
		size.Runs = runs
		server.night(b, generate.New(size), fakespacelift.Options{})
		cfg.SinceLast = false
		began := time.Now()
		extracted(b, cfg)
		all, allTook := server.asked(""), time.Since(began)

		size.Runs += perDay
		server.night(b, generate.New(size), fakespacelift.Options{})
		cfg.SinceLast = true
		began = time.Now()
		extracted(b, cfg)
		b.ReportMetric(float64(all), "requests-everything")
		b.ReportMetric(allTook.Seconds(), "s-everything")
		b.ReportMetric(float64(server.asked("")), "requests-increment")
		b.ReportMetric(time.Since(began).Seconds(), "s-increment")
	}
}

package spacelift

import (
	"testing"

	"liftgraph/fixtures/fakespacelift"
	"liftgraph/fixtures/generate"
	"liftgraph/internal/raw"
)

type discard struct{}

func (discard) Record(raw.Record) error   { return nil }
func (discard) Reject(raw.Rejected) error { return nil }

// BenchmarkExtract reads a generated account over loopback HTTP, the fake running on the same cores.
func BenchmarkExtract(b *testing.B) {
	const runs = 10_000
	for _, details := range []RunDetails{AllDetails, HistoryDetails, NoDetails} {
		b.Run(string(details), func(b *testing.B) {
			account := generate.New(generate.Size{Stacks: 100, Runs: runs, Entities: 2000})
			_, endpoint := fakespacelift.Start(b, account, fakespacelift.Options{Token: "a-good-token"})
			var report *Report
			for b.Loop() {
				var err error
				if report, err = Extract(b.Context(), Config{Endpoint: endpoint, Token: "a-good-token", RunDetails: details}, discard{}); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N)*runs/b.Elapsed().Seconds(), "runs/s")
			b.ReportMetric(float64(report.Source.Requests), "requests")
			b.ReportMetric(float64(report.Source.Bytes)/runs, "bytes/run")
		})
	}
}

package cloudtrail

import (
	"bytes"
	"context"
	"io"
	"os"
	"strconv"
	"syscall"
	"testing"

	"github.com/klauspost/compress/gzip"

	"liftgraph/fixtures/generate/cloudtrail"
	"liftgraph/internal/raw"
)

// benchRecords is how many records benchmarks scan; LIFTGRAPH_BENCH_EVENTS gives another number.
func benchRecords(b *testing.B) int {
	if s := os.Getenv("LIFTGRAPH_BENCH_EVENTS"); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil {
			b.Fatal(err)
		}
		return n
	}
	return 100_000
}

// cpuSeconds is what this process has used so far.
func cpuSeconds(b *testing.B) float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e9
}

// counting is an output that counts.
type counting struct{ records int }

func (c *counting) Record(raw.Record) error   { c.records++; return nil }
func (c *counting) Reject(raw.Rejected) error { return nil }

// BenchmarkScan compares, in CPU seconds over the same compressed files, only decompressing them with scanning them: for
// calls of runs, for chained roles too, for every instance too.
func BenchmarkScan(b *testing.B) {
	for _, form := range []struct {
		name string
		of   func(*cloudtrail.Log, int) ([]byte, []cloudtrail.Fact)
	}{{"raw", (*cloudtrail.Log).Raw}, {"export", (*cloudtrail.Log).Export}} {
		b.Run("shape="+form.name, func(b *testing.B) {
			log := cloudtrail.New(cloudtrail.Config{Seed: 1, Records: benchRecords(b)})
			s := &shelf{content: map[string][]byte{}}
			var size int
			for i := range log.Files() {
				content, _ := form.of(log, i)
				size += len(content)
				s.content[log.Key(i)] = gzipped(b, content)
			}
			var used [4]float64
			for b.Loop() {
				began := cpuSeconds(b)
				onlyGunzip(b, s)
				used[0] += cpuSeconds(b) - began
				for i, cfg := range []Config{{}, {FollowRoles: true}, {AllInstances: true}} {
					cfg.Sources, cfg.Workers = []Source{{URI: "mem://", Store: s}}, 1
					began := cpuSeconds(b)
					if _, err := Extract(context.Background(), cfg, new(counting)); err != nil {
						b.Fatal(err)
					}
					used[i+1] += cpuSeconds(b) - began
				}
			}
			b.ReportMetric(0, "ns/op")
			for i, name := range []string{"gunzip", "direct", "roles", "instances"} {
				b.ReportMetric(float64(size)*float64(b.N)/1e6/used[i], name+"-MB/cpu-s")
				if i > 0 {
					b.ReportMetric(100*used[0]/used[i], name+"-%-of-gunzip")
				}
			}
		})
	}
}

func onlyGunzip(b *testing.B, s *shelf) {
	var z gzip.Reader
	for _, content := range s.content {
		if err := z.Reset(bytes.NewReader(content)); err != nil {
			b.Fatal(err)
		}
		if _, err := z.WriteTo(io.Discard); err != nil {
			b.Fatal(err)
		}
	}
}

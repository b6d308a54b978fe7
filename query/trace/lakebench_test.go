package trace

import (
	"cmp"
	"crypto/sha1"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"liftgraph/emit/lake"
	"liftgraph/emit/lake/file"
	"liftgraph/emit/published"
	fakes3 "liftgraph/fixtures/s3"
	"liftgraph/graph"
	"liftgraph/graph/graphtest"
	"liftgraph/internal/dataset"
	"liftgraph/internal/objects"
	"liftgraph/query/lookup"
)

// benchRuns is how many runs the benchmark's lake has; LIFTGRAPH_BENCH_RUNS sets it.
func benchRuns() int {
	if n, err := strconv.Atoi(os.Getenv("LIFTGRAPH_BENCH_RUNS")); err == nil {
		return n
	}
	return 20_000
}

const benchDays = 400 // of calls: as many folders

func benchRun(i int) string { return fmt.Sprintf("01M7B6WRR2%016d", i) }

// benchLake publishes a lake of so many runs, each with its stack, commit, user, worker and four calls, the calls of 400 days.
func benchLake(b testing.TB, dir string, n int) {
	b.Helper()
	start := time.Date(2025, 10, 1, 0, 0, 0, 0, time.UTC)
	p, err := lake.Begin(b.Context(), dir, lake.Config{UpdateTag: 1790000000, S3: objects.Options{AWS: &objects.AWS{PathStyle: true}}})
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = p.Abandon(b.Context()) }()
	s := file.New(b.Context(), p, b.TempDir())
	hex := func(i int) string { return fmt.Sprintf("%x", sha1.Sum(strconv.AppendInt(nil, int64(i), 10))) }
	edge := graph.RelationshipTable
	makers := map[*graph.Table]func(w graph.TableWriter, t *graph.Table) error{
		graph.NodeTable(graph.SpaceliftRun): func(w graph.TableWriter, t *graph.Table) error {
			for i := range n {
				if err := w.Write(graphtest.Row(t, benchRun(i), "TRACKED", "FINISHED", hex(i/2), "main", 1759300000+i)); err != nil {
					return err
				}
			}
			return nil
		},
		graph.NodeTable(graph.EC2Instance): func(w graph.TableWriter, t *graph.Table) error {
			for i := range max(n/10, 1) {
				if err := w.Write(graphtest.Row(t, benchInstance(i, n))); err != nil {
					return err
				}
			}
			return nil
		},
		edge(graph.SpaceliftStack, graph.Generated, graph.SpaceliftRun): func(w graph.TableWriter, t *graph.Table) error {
			for s := range 500 {
				for i := s; i < n; i += 500 {
					if err := w.Write(graphtest.Row(t, fmt.Sprintf("stack-%03d", s), benchRun(i))); err != nil {
						return err
					}
				}
			}
			return nil
		},
		affectedTable: func(w graph.TableWriter, t *graph.Table) error {
			for i := range n {
				for c := range 4 {
					at := start.Add(time.Duration(i*benchDays*86400/n) * time.Second).Format(time.RFC3339)
					if err := w.Write(graphtest.Row(t, benchRun(i), benchInstance(i, n), hex(4*i + c)[:36], at, "StopInstances", "111122223333", "eu-west-1")); err != nil {
						return err
					}
				}
			}
			return nil
		},
	}
	for _, t := range graph.Default.LakeTables() {
		w, err := s.Table(t)
		if err != nil {
			b.Fatal(err)
		}
		if fill := makers[t]; fill != nil {
			if err := fill(w, t); err != nil {
				b.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			b.Fatal(err)
		}
	}
	if err := p.Seal(b.Context(), &dataset.Manifest{Started: start, UpdateTag: 1790000000}); err != nil {
		b.Fatal(err)
	}
	if err := p.Swap(b.Context()); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkLake is how long trace takes in a large lake, and how much it reads, from the disk and from S3, whose responses take
// 10 ms each. LIFTGRAPH_BENCH_LAKE is where the lake is, or is made to be kept.
func BenchmarkLake(b *testing.B) {
	n := benchRuns()
	dir := cmp.Or(os.Getenv("LIFTGRAPH_BENCH_LAKE"), filepath.Join(b.TempDir(), "lake"))
	if _, err := os.Stat(dir); err != nil {
		benchLake(b, dir, n)
	}
	s := fakes3.Start(b)
	err := filepath.WalkDir(dir, func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		content, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(dir, name)
		return s.Put("acme-lake", "graph/"+filepath.ToSlash(rel), content, nil)
	})
	if err != nil {
		b.Fatal(err)
	}
	var sent atomic.Int64 // by S3
	s.Inject(fakes3.Fault{Do: func(w http.ResponseWriter, r *http.Request, next http.HandlerFunc) {
		time.Sleep(10 * time.Millisecond)
		next(&sending{w, &sent}, r)
	}})
	for place, uri := range map[string]string{"disk": dir, "S3": "s3://acme-lake/graph"} {
		for name, id := range map[string]string{"run": benchRun(n / 3), "prefix": benchRun(n / 3)[:25], "instance": benchInstance(n/30, n), "URL": "https://acme.app.spacelift.io/stack/stack-001/run/" + benchRun(n/3)} {
			b.Run(place+"/"+name, func(b *testing.B) {
				var read int64
				before, requests := sent.Load(), s.Count(fakes3.Get)+s.Count(fakes3.Head)
				for b.Loop() {
					d, err := lookup.OpenURI(b.Context(), uri, "", published.Options{S3: objects.Options{AWS: &objects.AWS{PathStyle: true}}})
					if err != nil {
						b.Fatal(err)
					}
					var several *NotFoundError // a prefix may begin several
					if _, err := AskDir(b.Context(), d, Question{ID: id, Limit: 100}); err != nil && !errors.As(err, &several) {
						b.Fatal(err)
					}
					read += d.BytesRead()
					_ = d.Close() // it was only read
				}
				if place == "S3" {
					read = sent.Load() - before
				}
				b.ReportMetric(float64(read)/float64(b.N)/1e6, "MB-read")
				b.ReportMetric(float64(s.Count(fakes3.Get)+s.Count(fakes3.Head)-requests)/float64(b.N), "requests")
			})
		}
	}
}

// sending counts what S3 sends.
type sending struct {
	http.ResponseWriter
	sent *atomic.Int64
}

func (s *sending) Write(p []byte) (int, error) {
	n, err := s.ResponseWriter.Write(p)
	s.sent.Add(int64(n))
	return n, err
}

// benchInstance returns the instance that ten of the runs touched, i among them.
func benchInstance(i, n int) string { return fmt.Sprintf("i-%017x", i%max(n/10, 1)) }

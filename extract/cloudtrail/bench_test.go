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

// benchRecords is how many records benchmarks scan; LIFTGRAPH_BENCH_EVENTS sets another number.
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
				for i, cfg := range []Config{{}, {FollowRoles: true, HoldBack: true}, {AllInstances: true}} {
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

// BenchmarkResources compares, in CPU seconds of one run: of runs' events, every resource with the instances of today; of
// a trail's raw files, decompressing alone with today's default and with the changes of others.
func BenchmarkResources(b *testing.B) {
	measure := func(b *testing.B, s *shelf, size int, cfgs []Config, names []string) {
		used := make([]float64, len(cfgs)+1)
		for b.Loop() {
			began := cpuSeconds(b)
			onlyGunzip(b, s)
			used[0] += cpuSeconds(b) - began
			for i, cfg := range cfgs {
				cfg.Sources, cfg.Workers = []Source{{URI: "mem://", Store: s}}, 1
				began := cpuSeconds(b)
				if _, err := Extract(context.Background(), cfg, new(counting)); err != nil {
					b.Fatal(err)
				}
				used[i+1] += cpuSeconds(b) - began
			}
		}
		b.ReportMetric(0, "ns/op")
		b.ReportMetric(float64(size)*float64(b.N)/1e6/used[0], "gunzip-MB/cpu-s")
		for i, name := range names {
			b.ReportMetric(100*used[0]/used[i+1], name+"-%-of-gunzip")
			b.ReportMetric(100*used[i+1]/used[1], name+"-%-of-"+names[0]+"-time")
		}
	}
	b.Run("runs", func(b *testing.B) {
		content := runEvents(b, benchRecords(b)/5)
		s := &shelf{content: map[string][]byte{"runs.json.gz": gzipped(b, content)}}
		measure(b, s, len(content), []Config{{FollowRoles: true, HoldBack: true}, {FollowRoles: true, HoldBack: true, Resources: ResourcesAll}}, []string{"instances", "all"})
	})
	b.Run("trail", func(b *testing.B) {
		log := cloudtrail.New(cloudtrail.Config{Seed: 1, Records: benchRecords(b)})
		s := &shelf{content: map[string][]byte{}}
		var size int
		for i := range log.Files() {
			content, _ := log.Raw(i)
			size += len(content)
			s.content[log.Key(i)] = gzipped(b, content)
		}
		measure(b, s, size, []Config{
			{FollowRoles: true, HoldBack: true}, {FollowRoles: true, HoldBack: true, Resources: ResourcesAll}, {FollowRoles: true, HoldBack: true, Resources: ResourcesAll, Changes: ChangesManaged},
		}, []string{"instances", "all", "managed"})
	})
}

// runEvents is a file of what runs do, as the examples show it: each event many times, with another id.
func runEvents(b *testing.B, records int) []byte {
	text, err := os.ReadFile("resource/testdata/examples.ndjson")
	if err != nil {
		b.Fatal(err)
	}
	var lines [][]byte
	for line := range bytes.Lines(text) {
		if bytes.Contains(line, []byte(`@acme"`)) {
			lines = append(lines, bytes.TrimSpace(line))
		}
	}
	var file bytes.Buffer
	file.WriteString(`{"Records":[`)
	for i := range records {
		if i > 0 {
			file.WriteByte(',')
		}
		line := lines[i%len(lines)]
		id := bytes.Index(line, []byte(`"eventID":"`)) + len(`"eventID":"`)
		file.Write(line[:id])
		file.WriteString(strconv.Itoa(1_000_000 + i))
		file.Write(line[id+7:])
	}
	file.WriteString(`]}`)
	return file.Bytes()
}

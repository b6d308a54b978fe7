package cloudtrail

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"

	"liftgraph/fixtures/generate/cloudtrail"
	"liftgraph/internal/objects"
)

// scanChild names the variable that makes the test binary scan a directory, as a process of its own.
const scanChild = "LIFTGRAPH_SCAN_CHILD"

// scanDirectory scans with everything turned on, and prints the state of the process.
func scanDirectory(dir string) {
	store, err := objects.Open(context.Background(), dir, objects.Options{})
	if err == nil {
		cfg := Config{Sources: []Source{{URI: dir, Store: store}}, FollowRoles: true, AllInstances: true}
		_, err = Extract(context.Background(), cfg, new(counting))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Stdout.Write(status)
}

var peak = regexp.MustCompile(`VmHWM:\s+(\d+) kB`)

// BenchmarkMemory scans logs of two sizes, and an export of the larger one that is a single object: peak memory must not
// follow the size. LIFTGRAPH_BENCH_EVENTS sets the larger number of records.
func BenchmarkMemory(b *testing.B) {
	for _, c := range []struct {
		records int
		single  bool
	}{{benchRecords(b) / 10, false}, {benchRecords(b), false}, {benchRecords(b), true}} {
		b.Run(fmt.Sprintf("records=%d/single=%v", c.records, c.single), func(b *testing.B) {
			dir := b.TempDir()
			log := cloudtrail.New(cloudtrail.Config{Seed: 1, Records: c.records})
			for i := range log.Files() {
				content, _ := log.Raw(i)
				path := filepath.Join(dir, filepath.FromSlash(log.Key(i)))
				if c.single {
					content, _ = log.Export(i)
					path = filepath.Join(dir, "export.json.gz")
				}
				appendTo(b, path, gzipped(b, content))
			}
			self, err := os.Executable()
			if err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				cmd := exec.Command(self)
				cmd.Env = append(os.Environ(), scanChild+"="+dir)
				out, err := cmd.CombinedOutput()
				m := peak.FindSubmatch(out) // rusage would give what this process had when it started that one
				if err != nil || m == nil {
					b.Fatalf("%v: %s", err, out)
				}
				kib, _ := strconv.Atoi(string(m[1]))
				b.ReportMetric(float64(kib)/1024, "peak-MiB")
				b.ReportMetric((cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds(), "cpu-s")
			}
			b.ReportMetric(0, "ns/op")
		})
	}
}

func appendTo(b *testing.B, path string, content []byte) {
	b.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		b.Fatal(err)
	}
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		b.Fatal(err)
	}
	if _, err := f.Write(content); err != nil {
		b.Fatal(err)
	}
	if err := f.Close(); err != nil {
		b.Fatal(err)
	}
}

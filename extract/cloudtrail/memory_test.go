package cloudtrail

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"liftgraph/fixtures/generate/cloudtrail"
	"liftgraph/internal/objects"
)

// scanChild names the variable that makes the test binary scan a directory, as a process of its own.
const scanChild = "LIFTGRAPH_SCAN_CHILD"

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
}

// BenchmarkMemory scans logs of two sizes with everything turned on, and one log that is a single file: peak memory must
// not follow the size. LIFTGRAPH_BENCH_EVENTS gives the larger number of records.
func BenchmarkMemory(b *testing.B) {
	for _, c := range []struct {
		name    string
		records int
		perFile int
	}{{"a tenth", benchRecords(b) / 10, 0}, {"all", benchRecords(b), 0}, {"all in a file", benchRecords(b), benchRecords(b)}} {
		b.Run(fmt.Sprintf("records=%d/%s", c.records, c.name), func(b *testing.B) {
			dir := b.TempDir()
			log := cloudtrail.New(cloudtrail.Config{Seed: 1, Records: c.records, PerFile: c.perFile})
			for i := range log.Files() {
				content, _ := log.Raw(i)
				path := filepath.Join(dir, filepath.FromSlash(log.Key(i)))
				if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
					b.Fatal(err)
				}
				if err := os.WriteFile(path, gzipped(b, content), 0o600); err != nil {
					b.Fatal(err)
				}
			}
			self, err := os.Executable()
			if err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				cmd := exec.Command(self)
				cmd.Env = append(os.Environ(), scanChild+"="+dir)
				if out, err := cmd.CombinedOutput(); err != nil {
					b.Fatalf("%v: %s", err, out)
				}
				usage, _ := cmd.ProcessState.SysUsage().(*syscall.Rusage)
				b.ReportMetric(float64(usage.Maxrss)/1024, "peak-MiB")
				b.ReportMetric((cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds(), "cpu-s")
			}
			b.ReportMetric(0, "ns/op")
		})
	}
}

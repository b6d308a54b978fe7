package main

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"liftgraph/internal/dataset"
)

// BenchmarkRunMemory is `liftgraph run` as a process of its own over generated accounts, which a second process serves:
// peak memory must not follow the number of runs. LIFTGRAPH_BENCH_RUNS sets other sizes, separated by commas.
func BenchmarkRunMemory(b *testing.B) {
	sizes := "2000"
	if s := os.Getenv("LIFTGRAPH_BENCH_RUNS"); s != "" {
		sizes = s
	}
	for _, size := range strings.Split(sizes, ",") {
		b.Run("runs="+size, func(b *testing.B) {
			runs, err := strconv.Atoi(size)
			if err != nil {
				b.Fatal(err)
			}
			endpoint := serveGenerated(b, runs)
			data := b.TempDir()
			for b.Loop() {
				cmd := exec.Command("liftgraph", "run", "--data", data, "--requests-per-second", "0", "--progress", "none", "--log-level", "error")
				cmd.Env = append(os.Environ(), "SPACELIFT_API_KEY_ENDPOINT="+endpoint, "SPACELIFT_API_TOKEN=t")
				began := time.Now()
				if out, err := cmd.CombinedOutput(); err != nil {
					b.Fatalf("%v: %s", err, out)
				}
				m, err := dataset.ReadManifest(data + "/csv")
				if err != nil {
					b.Fatal(err)
				}
				var rows int64
				for _, f := range m.Files {
					rows += f.Rows
				}
				usage, _ := cmd.ProcessState.SysUsage().(*syscall.Rusage)
				b.ReportMetric(float64(usage.Maxrss)/1024, "peak-MiB")
				b.ReportMetric(float64(rows), "rows")
				b.ReportMetric(float64(rows)/time.Since(began).Seconds(), "rows/s")
				b.ReportMetric((cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds(), "cpu-s")
			}
		})
	}
}

// serveGenerated serves a generated account from a process of its own.
func serveGenerated(b testing.TB, runs int) (endpoint string) {
	b.Helper()
	server := filepath.Join(b.TempDir(), "fake-spacelift")
	if out, err := exec.Command("go", "build", "-o", server, "liftgraph/fixtures/cmd/fake-spacelift").CombinedOutput(); err != nil {
		b.Fatalf("%v: %s", err, out)
	}
	cmd := exec.Command(server, "-listen", "127.0.0.1:0", "-account", "generated", "-stacks", "500", "-runs", fmt.Sprint(runs), "-entities", fmt.Sprint(runs/10), "-token", "t")
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		cmd.Process.Signal(syscall.SIGTERM)
		cmd.Wait()
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		b.Fatal(err)
	}
	return strings.TrimSpace(line)
}

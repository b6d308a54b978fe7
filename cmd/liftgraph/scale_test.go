package main

import (
	"bufio"
	"fmt"
	"io/fs"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"

	"liftgraph/fixtures/generate/cloudtrail"
	neo4jtest "liftgraph/fixtures/neo4j"
)

// The limits of a size: how much memory a command may take at the most, and how much more than at the smallest size.
const (
	scaleMemory = 256 << 20
	scaleSpread = 1.10
	scaleLeast  = 100_000 // runs from which on peaks are compared: below, buffers aren't full
)

// step is what a command took.
type step struct {
	name string
	cpu  float64 // seconds
	wall time.Duration
	peak int64 // bytes
}

// TestScale takes accounts of LIFTGRAPH_SCALE runs (100000,1000000) with ten times the CloudTrail events through every command, each
// a process of its own, and checks that memory doesn't follow the size. It prints a row for each, and with how much of the size CPU
// time grows.
func TestScale(t *testing.T) {
	sizes := os.Getenv("LIFTGRAPH_SCALE")
	if sizes == "" {
		t.Skip("LIFTGRAPH_SCALE names sizes, as make soak-scale does")
	}
	var before []step
	var runsBefore int
	for size := range strings.SplitSeq(sizes, ",") {
		runs, err := strconv.Atoi(size)
		if err != nil {
			t.Fatal(err)
		}
		now := scaleOf(t, runs)
		for i, s := range now {
			growth := ""
			if before != nil {
				growth = fmt.Sprintf(", CPU grows as size^%.2f", math.Log(s.cpu/before[i].cpu)/math.Log(float64(runs)/float64(runsBefore)))
				if runsBefore >= scaleLeast && s.name != "ingest" && float64(s.peak) > float64(before[i].peak)*scaleSpread {
					t.Errorf("%s: %d MiB for %d runs, %d MiB for %d", s.name, s.peak>>20, runs, before[i].peak>>20, runsBefore)
				}
			}
			t.Logf("| %d | %s | %.1f s | %s | %d MiB |%s", runs, s.name, s.cpu, s.wall.Round(time.Millisecond), s.peak>>20, growth)
			if s.peak > scaleMemory && s.name != "ingest" { // whose peak is that of Neo4j's tool
				t.Errorf("%s of %d runs: %d MiB", s.name, runs, s.peak>>20)
			}
		}
		before, runsBefore = now, runs
	}
}

// scaleOf runs the commands over one size.
func scaleOf(t *testing.T, runs int) []step {
	t.Helper()
	dir := t.TempDir()
	trail := filepath.Join(dir, "trail")
	log := cloudtrail.New(cloudtrail.Config{Seed: 1, Records: 10 * runs})
	for i := range log.Files() {
		content, _ := log.Raw(i)
		writeGzip(t, filepath.Join(trail, filepath.FromSlash(log.Key(i))), content)
	}
	endpoint := serveGenerated(t, runs)
	var steps []step
	command := func(name string, args ...string) {
		t.Helper()
		cmd := exec.Command("liftgraph", args...)
		cmd.Env = append(os.Environ(), "SPACELIFT_API_KEY_ENDPOINT="+endpoint, "SPACELIFT_API_TOKEN=t")
		began := time.Now()
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%s: %v: %.2000s", strings.Join(args, " "), err, out)
		}
		usage, _ := cmd.ProcessState.SysUsage().(*syscall.Rusage)
		steps = append(steps, step{name, (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds(), time.Since(began), usage.Maxrss << 10})
	}
	data, lake := filepath.Join(dir, "data"), filepath.Join(dir, "lake")
	run := func(data string, more ...string) []string {
		return append([]string{"run", "--data", data, "--cloudtrail", trail, "--requests-per-second", "0", "--update-tag", "1700000000", "--progress", "none", "--log-level", "error"}, more...)
	}
	command("run", run(data, "--format", "csv,parquet")...)
	command("run, lake", run(filepath.Join(dir, "data2"), "--format", "parquet", "--layout", "lake", "--out", lake)...)
	csv := filepath.Join(data, "csv")
	command("verify", "verify", csv)
	command("verify, lake", "verify", lake)
	command("trace", "trace", firstRun(t, csv), "--data", data)
	command("diff", "diff", csv, filepath.Join(data, "parquet"))
	if os.Getenv("NEO4J_HOME") != "" || os.Getenv("LIFTGRAPH_REQUIRE_NEO4J") != "" {
		i := neo4jtest.NewInstance(t)
		t.Setenv("NEO4J_HOME", i.Home)
		command("ingest", "ingest", csv, "--method", "admin")
	}
	t.Logf("%d runs: %d MB of trail, %d MB of files", runs, sizeOf(t, trail)/1e6, (sizeOf(t, data)+sizeOf(t, lake))/1e6)
	return steps
}

// firstRun returns the id of a run in a published directory.
func firstRun(t *testing.T, csv string) string {
	t.Helper()
	f, err := os.Open(filepath.Join(csv, "nodes", "SpaceliftRun", "part-00000.csv.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(z).ReadString(',')
	if err != nil {
		t.Fatal(err)
	}
	return strings.Trim(line, "\",")
}

// sizeOf returns the bytes of the files below a directory.
func sizeOf(t *testing.T, dir string) (size int64) {
	t.Helper()
	err := filepath.WalkDir(dir, func(_ string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		info, err := e.Info()
		if err == nil {
			size += info.Size()
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return size
}

func writeGzip(t *testing.T, name string, content []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		t.Fatal(err)
	}
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	z, _ := gzip.NewWriterLevel(f, gzip.BestSpeed)
	if _, err := z.Write(content); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

package main

import (
	"context"
	"math/rand/v2"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"liftgraph/emit/lake"
	"liftgraph/fixtures/fakespacelift"
	"liftgraph/fixtures/generate"
	fakes3 "liftgraph/fixtures/s3"
	"liftgraph/internal/dataset"
	"liftgraph/internal/objects"
	"liftgraph/query/verify"
)

// Killed or stopped at any moment, the emission of a lake leaves a snapshot that latest.json names, whole; the next one is as if
// nothing had happened. LIFTGRAPH_KILLS sets another number of rounds.
func TestKillLake(t *testing.T) {
	if testing.Short() {
		t.Skip("runs processes for seconds")
	}
	rounds := 6
	if s := os.Getenv("LIFTGRAPH_KILLS"); s != "" {
		var err error
		if rounds, err = strconv.Atoi(s); err != nil {
			t.Fatal(err)
		}
	}
	s3 := fakes3.Start(t)
	if err := s3.MakeBucket("lake"); err != nil {
		t.Fatal(err)
	}
	h, err := fakespacelift.New(generate.New(generate.Size{Stacks: 20, Runs: 600, Entities: 100, Seed: 1}), fakespacelift.Options{Token: "t"})
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(h)
	defer s.Close()
	data := filepath.Join(t.TempDir(), "data")
	cmd := exec.Command("liftgraph", "run", "--keep", "--data", data, "--requests-per-second", "0", "--progress", "none", "--update-tag", "1700000000")
	cmd.Env = append(os.Environ(), "SPACELIFT_API_KEY_ENDPOINT="+s.URL, "SPACELIFT_API_TOKEN=t")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	opts := objects.Options{AWS: &objects.AWS{PathStyle: true}}
	for _, place := range []string{filepath.Join(t.TempDir(), "lake"), "s3://lake/a"} {
		emit := func() *exec.Cmd {
			return exec.Command("liftgraph", "emit", "--format", "parquet", "--layout", "lake", "--out", place, "--s3-path-style", "--data", data, "--progress", "none")
		}
		began := time.Now()
		if out, err := emit().CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		took := time.Since(began)
		for round := range rounds {
			cmd := emit()
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			wait := time.Duration(rand.Int64N(int64(took) * 5 / 4))
			time.Sleep(wait)
			how := []syscall.Signal{syscall.SIGKILL, syscall.SIGTERM}[round%2]
			cmd.Process.Signal(how)
			cmd.Wait()
			if code := cmd.ProcessState.ExitCode(); how == syscall.SIGTERM && code > exitFailed && code != exitInterrupted {
				t.Errorf("%s: stopped after %v: exit code %d", place, wait, code)
			}
			sees(t, place, opts)
		}
		if out, err := emit().CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		if _, err := verify.Lake(context.Background(), place, t.TempDir(), opts); err != nil {
			t.Error(err)
		}
	}
}

// sees makes sure that a reader finds every file of the newest snapshot as its manifest has it.
func sees(t *testing.T, place string, opts objects.Options) {
	t.Helper()
	s, err := lake.Open(t.Context(), place, "", opts)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for _, f := range s.Manifest.Files {
		if err := s.Fetch(t.Context(), f, dir); err != nil {
			t.Error(err)
		} else if err := dataset.CheckFile(dir, f, true); err != nil {
			t.Error(err)
		}
	}
}

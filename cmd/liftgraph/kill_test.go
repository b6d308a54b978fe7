package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"io/fs"
	"math/rand/v2"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"liftgraph/fixtures/fakespacelift"
	"liftgraph/fixtures/generate"
	"liftgraph/internal/dataset"
	"liftgraph/query/verify"
)

// Killed at any moment, a run leaves either the last output or the new one, whole; and the next run is as if nothing
// had happened. LIFTGRAPH_KILLS sets another number of rounds.
func TestKill(t *testing.T) {
	if testing.Short() {
		t.Skip("runs processes for seconds")
	}
	rounds := 8
	if s := os.Getenv("LIFTGRAPH_KILLS"); s != "" {
		var err error
		if rounds, err = strconv.Atoi(s); err != nil {
			t.Fatal(err)
		}
	}
	h, err := fakespacelift.New(generate.New(generate.Size{Stacks: 20, Runs: 600, Entities: 100, Seed: 1}), fakespacelift.Options{Token: "t"})
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(h)
	defer s.Close()
	data := filepath.Join(t.TempDir(), "data")
	command := func(tag int) *exec.Cmd {
		cmd := exec.Command("liftgraph", "run", "--keep", "--format", "csv,parquet", "--data", data, "--requests-per-second", "0", "--progress", "none", "--update-tag", strconv.Itoa(tag))
		// Over its own last output, whose rows are all there still: nothing differs but that all were seen before.
		if before := filepath.Join(data, []string{"csv", "parquet"}[tag/2%2]); tag%2 == 1 && exists(before) {
			cmd.Args = append(cmd.Args, "--previous", before)
		}
		cmd.Env = append(os.Environ(), "SPACELIFT_API_KEY_ENDPOINT="+s.URL, "SPACELIFT_API_TOKEN=t")
		return cmd
	}
	whole := func(tag int) map[string][sha256.Size]byte {
		if out, err := command(tag).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		return sums(t, data)
	}
	began := time.Now()
	want := whole(1)
	took := time.Since(began)
	for round := range rounds {
		cmd := command(2 + round)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		wait := time.Duration(rand.Int64N(int64(took) * 5 / 4))
		time.Sleep(wait)
		cmd.Process.Signal(syscall.SIGKILL)
		cmd.Wait()
		for _, dir := range []string{"csv", "parquet", "graph", "raw/spacelift"} {
			if _, err := verify.Dir(context.Background(), filepath.Join(data, dir), t.TempDir()); err != nil {
				t.Errorf("killed after %v: %v", wait, err)
			}
		}
	}
	got := whole(1)
	for name, sum := range want {
		if got[name] != sum {
			t.Errorf("after %d kills %s differs", rounds, name)
		}
	}
	for name := range got {
		if _, there := want[name]; !there {
			t.Errorf("after %d kills there is %s", rounds, name)
		}
	}
	if len(got) != len(want) {
		t.Errorf("after %d kills there are %d files, not %d", rounds, len(got), len(want))
	}
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// sums returns the checksum of every file but manifests, which hold times.
func sums(t *testing.T, dir string) map[string][sha256.Size]byte {
	t.Helper()
	m := map[string][sha256.Size]byte{}
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || e.Name() == dataset.ManifestName {
			return err
		}
		b, err := os.ReadFile(path)
		m[path] = sha256.Sum256(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// A disk that is full when the files are written: exit 1, a reason, and the last output as it was.
func TestFullDisk(t *testing.T) {
	disk := t.TempDir()
	if err := syscall.Mount("tmpfs", disk, "tmpfs", 0, "size=2m"); err != nil {
		t.Skipf("no small disk can be mounted here: %v", err)
	}
	defer syscall.Unmount(disk, 0)
	h, err := fakespacelift.New(generate.New(generate.Size{Stacks: 20, Runs: 4000, Entities: 100, Seed: 1}), fakespacelift.Options{Token: "t"})
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(h)
	defer s.Close()
	data := filepath.Join(disk, "data")
	if out, err := exec.Command("liftgraph", "demo", "--data", data).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	before := sums(t, data)
	cmd := exec.Command("liftgraph", "run", "--keep", "--data", data, "--requests-per-second", "0", "--progress", "none")
	cmd.Env = append(os.Environ(), "SPACELIFT_API_KEY_ENDPOINT="+s.URL, "SPACELIFT_API_TOKEN=t")
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != exitFailed {
		t.Fatalf("%v: %s", err, out)
	}
	if want := syscall.ENOSPC.Error(); !strings.Contains(string(out), want) {
		t.Errorf("%q isn't said: %s", want, out)
	}
	after := sums(t, data)
	for path, sum := range after {
		if strings.Contains(path, "/.resume/") { // what the next extraction goes on from
			continue
		}
		if was, ok := before[path]; !ok || was != sum {
			t.Errorf("%s is not as before", path)
		}
	}
	for path := range before {
		if _, ok := after[path]; !ok {
			t.Errorf("%s is gone", path)
		}
	}
}

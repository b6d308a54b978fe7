package main

import (
	"errors"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"liftgraph/fixtures/fakespacelift"
	"liftgraph/fixtures/generate"
)

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
	cmd := exec.Command("liftgraph", "run", "--keep", "--previous", "none", "--data", data, "--requests-per-second", "0", "--progress", "none")
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

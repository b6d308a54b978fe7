package main

import (
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"liftgraph/fixtures/fakespacelift"
	"liftgraph/fixtures/generate"
)

// Killed at any moment, an increment leaves the last extraction, from which the next one goes on, or the new one.
func TestKillIncrement(t *testing.T) {
	if testing.Short() {
		t.Skip("runs processes for seconds")
	}
	program := build(t)
	var night atomic.Pointer[fakespacelift.Server]
	begin := func(runs int) {
		h, err := fakespacelift.New(generate.New(generate.Size{Stacks: 20, Runs: runs, Entities: 100, Seed: 1}), fakespacelift.Options{Token: "t"})
		if err != nil {
			t.Fatal(err)
		}
		night.Store(h)
	}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { night.Load().ServeHTTP(w, r) }))
	defer s.Close()
	command := func(data string, args ...string) *exec.Cmd {
		cmd := exec.Command(program, append([]string{"extract", "--data", data, "--requests-per-second", "0", "--progress", "none", "--update-tag", "1"}, args...)...)
		cmd.Env = append(os.Environ(), "SPACELIFT_API_KEY_ENDPOINT="+s.URL, "SPACELIFT_API_TOKEN=t")
		return cmd
	}
	extracted := func(data string, args ...string) string {
		if out, err := command(data, args...).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		return content(t, data)
	}
	data := filepath.Join(t.TempDir(), "step")
	begin(600)
	last := extracted(data)
	for round := range 6 {
		begin(700 + 100*round)
		began := time.Now()
		want := extracted(filepath.Join(t.TempDir(), "full"+strconv.Itoa(round)))
		took := time.Since(began)
		for range 3 {
			cmd := command(data, "--since", "auto")
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			time.Sleep(rand.N(took * 5 / 4))
			_ = cmd.Process.Signal(syscall.SIGKILL)
			_ = cmd.Wait()
			if got := content(t, data); got != last && got != want {
				t.Fatal("neither the last extraction nor the new one is there")
			}
		}
		if last = extracted(data, "--since", "auto"); last != want {
			t.Fatal("after a kill, the increment isn't what everything is")
		}
	}
}

// content returns what the parts of raw/spacelift hold.
func content(t *testing.T, data string) (all string) {
	t.Helper()
	parts, err := filepath.Glob(filepath.Join(data, "raw/spacelift/*/*.zst"))
	if err != nil || len(parts) == 0 {
		t.Fatal("nothing is there", err)
	}
	for _, name := range parts {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		all += filepath.Base(filepath.Dir(name)) + string(b)
	}
	return all
}

package main

import (
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"
)

// Killed at any moment, a command leaves what was published before or what it publishes, whole, and the next one publishes what one
// that nothing interrupted does. LIFTGRAPH_KILLS sets another number of rounds, of each command.
func TestKill(t *testing.T) {
	if testing.Short() {
		t.Skip("kills processes for seconds")
	}
	k := &killer{program: build(t)}
	for _, of := range []struct {
		name   string
		rounds int // 200 in all
		test   func(*testing.T)
	}{
		{"run", 40, k.ofRun}, {"extract", 40, k.ofExtract}, {"lake", 24, k.ofLake}, {"s3", 24, k.ofS3}, {"load", 8, k.ofLoads},
		{"receive", 28, k.ofReceive}, {"upload", 28, k.ofUpload},
	} {
		k.rounds = rounds(t, of.rounds)
		t.Run(of.name, of.test)
	}
}

// rounds returns LIFTGRAPH_KILLS, or another number where it isn't set.
func rounds(t *testing.T, usually int) int {
	t.Helper()
	s := os.Getenv("LIFTGRAPH_KILLS")
	if s == "" {
		return usually
	}
	n, err := strconv.Atoi(s)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// build returns the path of the program as users have it: without the race detector, with which a process takes five times as long.
func build(t *testing.T) string {
	t.Helper()
	path, err := built()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// built builds the program once for all tests, into a directory that [withServer] removes after the last one.
var built = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "liftgraph-program-")
	if err != nil {
		return "", err
	}
	builtIn = dir
	path := filepath.Join(dir, "liftgraph")
	if out, err := exec.Command("go", "build", "-o", path, ".").CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w: %s", err, out)
	}
	return path, nil
})

var builtIn string // the directory of built; "" where nothing was built

// killer runs a program and kills it.
type killer struct {
	program string
	rounds  int
	env     []string
}

func (k *killer) command(args ...string) *exec.Cmd {
	cmd := exec.Command(k.program, args...)
	cmd.Env = append(append(os.Environ(), "LIFTGRAPH_PROGRESS=none", "LIFTGRAPH_REQUESTS_PER_SECOND=0"), k.env...)
	return cmd
}

// whole runs a command to its end, which must be complete, or incomplete as it was published, and returns how long it took.
func (k *killer) whole(t *testing.T, args ...string) time.Duration {
	t.Helper()
	began := time.Now()
	cmd := k.command(args...)
	if out, err := cmd.CombinedOutput(); err != nil && cmd.ProcessState.ExitCode() != exitIncomplete {
		t.Fatalf("%v: %s", err, out)
	}
	return time.Since(began)
}

// kill starts a command, kills it within the time that it takes, and returns when.
func (k *killer) kill(t *testing.T, took time.Duration, args ...string) time.Duration {
	t.Helper()
	cmd := k.command(args...)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	wait := rand.N(took * 11 / 10)
	time.Sleep(wait)
	_ = cmd.Process.Signal(syscall.SIGKILL)
	_ = cmd.Wait()
	return wait
}

// killTarget is what commands publish at one target, for a test.
type killTarget interface {
	// state returns a fingerprint of each part that is published on its own, after it made sure that the part is whole.
	state(t *testing.T) map[string]string
	// reset publishes the first state again.
	reset(t *testing.T)
}

// rewrites kills a command that publishes something over a first state, in each round.
func (k *killer) rewrites(t *testing.T, target killTarget, args ...string) {
	t.Helper()
	before := target.state(t)
	k.whole(t, args...)
	after := target.state(t)
	var times [3]time.Duration
	for i := range times {
		target.reset(t)
		times[i] = k.whole(t, args...)
		equalStates(t, "uninterrupted again", target.state(t), after)
	}
	slices.Sort(times[:])
	took := times[1]
	target.reset(t)
	equalStates(t, "reset", target.state(t), before)
	reached, last := 0, time.Duration(0)
	for round := range k.rounds {
		if round%50 == 49 {
			k.whole(t, args...)
			equalStates(t, fmt.Sprintf("uninterrupted, after a kill after %v", last), target.state(t), after)
			target.reset(t)
			t.Logf("%d kills so far", round)
		}
		last = k.kill(t, took, args...)
		changed := false
		for part, now := range target.state(t) {
			if now == before[part] {
				continue
			}
			changed = true
			if now != after[part] {
				t.Fatalf("killed after %v: %s is neither as before nor as after", last, part)
			}
		}
		if changed {
			reached++
			target.reset(t)
		}
	}
	k.whole(t, args...)
	equalStates(t, "uninterrupted, after all kills", target.state(t), after)
	t.Logf("%d kills within %v; after %d of them something was published", k.rounds, took, reached)
}

func equalStates(t *testing.T, when string, got, want map[string]string) {
	t.Helper()
	for part, state := range want {
		if got[part] != state {
			t.Fatalf("%s: %s is not as expected", when, part)
		}
	}
	if len(got) != len(want) {
		t.Fatalf("%s: %d parts are there, not %d", when, len(got), len(want))
	}
}

// fingerprint returns one text for the checksums of files.
func fingerprint(files map[string][sha256.Size]byte) string {
	var lines []string
	for name, sum := range files {
		lines = append(lines, fmt.Sprintf("%s %x", name, sum))
	}
	slices.Sort(lines)
	return fmt.Sprintf("%d files %x", len(lines), sha256.Sum256([]byte(fmt.Sprint(lines))))
}

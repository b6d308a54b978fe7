package spool_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"liftgraph/extract/audittrail/spool"
)

// scenario keeps events, in part at the same time, and returns which were acknowledged.
func scenario(t *testing.T, s *spool.Spool) (acknowledged map[int]bool, refused int) {
	t.Helper()
	var mu sync.Mutex
	acknowledged = map[int]bool{}
	add := func(i int) {
		_, err := s.Append(context.Background(), event(t, i))
		mu.Lock()
		defer mu.Unlock()
		if err == nil {
			acknowledged[i] = true
		} else {
			refused++
		}
	}
	for i := range events / 2 {
		add(i)
	}
	var wg sync.WaitGroup
	for i := events / 2; i < events; i++ {
		wg.Go(func() { add(i) })
	}
	wg.Wait()
	return acknowledged, refused
}

const events = 16

// Whichever operation of the disk fails, and however many after it: what is acknowledged is there once, and what isn't can be sent again.
func TestEachFaultOnce(t *testing.T) {
	for _, n := range []int{1, 2, 5} {
		for k := 1; ; k++ {
			disk := &faultyDisk{fails: from(k, n, syscall.ENOSPC)}
			dir := t.TempDir()
			s := open(t, dir, spool.Options{MaxBytes: 600}.On(disk))
			acknowledged, refused := scenario(t, s)
			if len(acknowledged)+refused != events {
				t.Fatalf("%d events are acknowledged, %d refused", len(acknowledged), refused)
			}
			for i := range events { // each is sent until it is acknowledged, and once more
				for range 10 {
					if _, err := s.Append(context.Background(), event(t, i)); err == nil {
						break
					}
				}
				if !keep(t, s, event(t, i)) {
					t.Errorf("%d faults from operation %d: event %d isn't known", n, k, i)
				}
			}
			struck := disk.count() >= k
			_ = s.Close() // it may be the one that fails
			closeSpool(t, open(t, dir, spool.Options{}))
			wantOnce(t, dir, events)
			if t.Failed() {
				t.Fatalf("%d faults from operation %d", n, k)
			}
			if !struck {
				break
			}
		}
	}
}

// The process dies at any operation: after a new start, what was acknowledged is there once, and the rest can be sent again.
func TestEachDeath(t *testing.T) {
	for k := 1; ; k++ {
		disk := &faultyDisk{fails: from(k, -1, errDead)}
		dir := t.TempDir()
		s := open(t, dir, spool.Options{MaxBytes: 600}.On(disk))
		acknowledged, _ := scenario(t, s)
		_ = s.Close()
		struck := disk.count() >= k
		for n, lines := range []map[string]int{kept(t, dir), reopened(t, dir)} {
			for i := range events {
				times := lines[string(event(t, i).Line)]
				if times > 1 || acknowledged[i] && times == 0 {
					t.Fatalf("dead from operation %d, %d starts later: event %d is there %d times, acknowledged: %v", k, n, i, times, acknowledged[i])
				}
			}
		}
		s = open(t, dir, spool.Options{})
		for i := range events {
			if duplicate := keep(t, s, event(t, i)); acknowledged[i] && !duplicate {
				t.Fatalf("dead from operation %d: event %d isn't known", k, i)
			}
		}
		closeSpool(t, s)
		wantOnce(t, dir, events)
		if !struck {
			break
		}
	}
}

func reopened(t *testing.T, dir string) map[string]int {
	t.Helper()
	closeSpool(t, open(t, dir, spool.Options{}))
	return kept(t, dir)
}

// What a killed process or a power cut leaves in a segment.
func TestLeftovers(t *testing.T) {
	good := func(n int) string { return string(event(t, n).Line) + "\n" }
	for name, c := range map[string]struct {
		content string
		events  int
		damaged bool
	}{
		"whole":               {good(0) + good(1), 2, false},
		"torn":                {good(0) + good(1) + good(2)[:20], 2, false},
		"torn from the start": {good(0)[:30], 0, false},
		"whole but its end":   {good(0) + strings.TrimSpace(good(1)), 1, false},
		"empty":               {"", 0, false},
		"zeros at the end":    {good(0) + strings.Repeat("\x00", 4096), 1, false},
		"zeros in between":    {good(0) + strings.Repeat("\x00", 4096) + "\n" + good(1), 2, true},
		"an empty line":       {good(0) + "\n" + good(1), 2, true},
		"no object":           {good(0) + "[]\n" + good(1), 2, true},
	} {
		dir := t.TempDir()
		stem := "20260131T010203.123456Z-000001"
		if err := os.WriteFile(filepath.Join(dir, "current-"+stem+".ndjson"), []byte(c.content), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, ".making-"+stem), []byte("half"), 0o600); err != nil {
			t.Fatal(err)
		}
		s := open(t, dir, spool.Options{})
		for i := range c.events {
			if !keep(t, s, event(t, i)) {
				t.Errorf("%s: event %d isn't known", name, i)
			}
		}
		sum, err := s.Stats()
		if err != nil || sum.Damaged.Count == 1 != c.damaged || sum.Open.Count != 0 {
			t.Errorf("%s: %+v %v", name, sum, err)
		}
		closeSpool(t, s)
		wantOnce(t, dir, c.events)
		if aside, err := os.ReadFile(filepath.Join(dir, "damaged-"+stem)); c.damaged && (err != nil || string(aside) != c.content) {
			t.Errorf("%s: what was there isn't kept: %v", name, err)
		}
		if _, err := os.Stat(filepath.Join(dir, ".making-"+stem)); err == nil {
			t.Errorf("%s: half a segment is left", name)
		}
	}
}

// A segment under both its names, as a kill leaves it, counts once.
func TestBothNames(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, spool.Options{})
	keep(t, s, event(t, 0))
	var open string
	for l := range spool.Read(dir) {
		open = l.File
	}
	content, err := os.ReadFile(open)
	if err != nil {
		t.Fatal(err)
	}
	closeSpool(t, s)
	if err := os.WriteFile(open, content, 0o600); err != nil {
		t.Fatal(err)
	}
	wantOnce(t, dir, 1)
	if lines := reopened(t, dir); len(lines) != 1 {
		t.Errorf("%v", lines)
	}
	if _, err := os.Stat(open); err == nil {
		t.Error("the open name is left")
	}
	wantOnce(t, dir, 1)
}

// A closed segment that is damaged is an error for who reads it, and no reason not to receive.
func TestDamagedSegment(t *testing.T) {
	dir := t.TempDir()
	for i := range 3 {
		s := open(t, dir, spool.Options{})
		keep(t, s, event(t, i))
		closeSpool(t, s)
	}
	closed, err := filepath.Glob(filepath.Join(dir, "events-*"))
	if err != nil || len(closed) != 3 {
		t.Fatal(closed, err)
	}
	content, err := os.ReadFile(closed[1])
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(closed[1], content[:len(content)-3], 0o600); err != nil {
		t.Fatal(err)
	}
	good, bad := 0, 0
	for _, err := range spool.Read(dir) {
		if err == nil {
			good++
		} else if bad++; !strings.Contains(err.Error(), closed[1]) {
			t.Error(err)
		}
	}
	if good < 2 || bad != 1 {
		t.Errorf("%d good, %d bad", good, bad)
	}
	s := open(t, dir, spool.Options{})
	if !keep(t, s, event(t, 2)) || !keep(t, s, event(t, 0)) {
		t.Error("other segments aren't known")
	}
	closeSpool(t, s)
}

func TestReadNothing(t *testing.T) {
	for _, err := range spool.Read(filepath.Join(t.TempDir(), "nowhere")) {
		if err == nil {
			t.Error("a directory that isn't there can be read")
		}
	}
	for l, err := range spool.Read(t.TempDir()) {
		t.Error(l, err)
	}
}

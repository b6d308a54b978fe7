package spool_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"liftgraph/extract/audittrail/spool"
)

func TestKeepAndRead(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "not", "there", "spool")
	s := open(t, dir, spool.Options{MaxBytes: 2000})
	for i := range 100 {
		if keep(t, s, event(t, i)) {
			t.Errorf("event %d is a duplicate", i)
		}
		if i%10 == 0 {
			wantOnce(t, dir, i+1) // a reader sees meanwhile what was acknowledged
		}
	}
	closeSpool(t, s)
	wantOnce(t, dir, 100)
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || info.Mode() != 0o600 || !strings.HasPrefix(e.Name(), "events-") && e.Name() != ".spool.lock" {
			t.Errorf("%s, %v: %v", e.Name(), info.Mode(), err)
		}
	}
	if info, err := os.Stat(dir); err != nil || info.Mode() != fs.ModeDir|0o700 {
		t.Errorf("the spool is %v: %v", info.Mode(), err)
	}
	if len(entries) < 5 {
		t.Errorf("%d files: segments weren't rotated by size", len(entries))
	}
	if !spool.Is(dir) || spool.Is(filepath.Dir(dir)) {
		t.Error("a spool isn't distinguished from another directory")
	}
	last := ""
	for l := range spool.Read(dir) {
		if l.Number == 1 && l.File <= last {
			t.Errorf("%s after %s", l.File, last)
		}
		last = l.File
	}
}

// Duplicates are kept once, also when they come at the same time, after a restart, and when the first is shipped.
func TestDuplicates(t *testing.T) {
	dir := t.TempDir()
	for round := range 3 {
		s := open(t, dir, spool.Options{MaxBytes: 500})
		var wg sync.WaitGroup
		for i := range 20 {
			for range 4 {
				wg.Go(func() { keep(t, s, event(t, i)) })
			}
		}
		wg.Wait()
		for i := range 20 {
			if !keep(t, s, event(t, i)) {
				t.Errorf("round %d: event %d isn't known", round, i)
			}
		}
		closeSpool(t, s)
		wantOnce(t, dir, 20)
	}
}

func TestOneReceiverAtATime(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, spool.Options{})
	if _, err := spool.Open(dir, spool.Options{}); err == nil || !strings.Contains(err.Error(), "another receiver is at work in "+dir) {
		t.Errorf("a second one: %v", err)
	}
	closeSpool(t, s)
	closeSpool(t, open(t, dir, spool.Options{}))
}

func TestRotationByAge(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		s := open(t, dir, spool.Options{MaxAge: time.Minute})
		keep(t, s, event(t, 0))
		time.Sleep(59 * time.Second)
		keep(t, s, event(t, 1))
		synctest.Wait()
		if sum, err := s.Stats(); err != nil || sum.Open.Count != 1 || sum.Closed.Count != 0 {
			t.Errorf("%+v %v", sum, err)
		}
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if sum, err := s.Stats(); err != nil || sum.Open.Count != 0 || sum.Closed.Count != 1 {
			t.Errorf("%+v %v", sum, err)
		}
		closeSpool(t, s)
	})
	wantOnce(t, dir, 2)
}

func TestClosed(t *testing.T) {
	s := open(t, t.TempDir(), spool.Options{})
	closeSpool(t, s)
	if _, err := s.Append(context.Background(), event(t, 0)); !errors.Is(err, spool.ErrClosed) {
		t.Error(err)
	}
}

// A segment that was removed takes no more events.
func TestRemoved(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, spool.Options{})
	keep(t, s, event(t, 0))
	for l := range spool.Read(dir) {
		if err := os.Remove(l.File); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.Append(context.Background(), event(t, 1)); err == nil {
		t.Error("it is acknowledged")
	}
	keep(t, s, event(t, 1))
	closeSpool(t, s)
	if n := len(kept(t, dir)); n != 1 {
		t.Errorf("%d events", n)
	}
}

func TestGivenUp(t *testing.T) {
	ctx, cancel := context.WithCancelCause(context.Background())
	cancel(errDead)
	s := open(t, t.TempDir(), spool.Options{})
	defer closeSpool(t, s)
	if _, err := s.Append(ctx, event(t, 0)); err != nil && !errors.Is(err, errDead) {
		t.Error(err)
	}
}

// Events that come together share a sync.
func TestGroupCommit(t *testing.T) { synctest.Test(t, groupCommit) }

func groupCommit(t *testing.T) {
	syncing := make(chan struct{})
	disk := &faultyDisk{fails: func(_ int, op string) error {
		if op == "sync" {
			<-syncing
		}
		return nil
	}}
	var commits []int
	s := open(t, t.TempDir(), spool.Options{Committed: func(c spool.Commit) { commits = append(commits, c.Events) }}.On(disk))
	synced := disk.count()
	var wg sync.WaitGroup
	for i := range 50 {
		wg.Go(func() { keep(t, s, event(t, i)) })
		if i == 0 { // the others come while the first is being synced
			for synctest.Wait(); disk.count() < synced+4; synctest.Wait() { // create, syncdir, write, sync
				time.Sleep(time.Millisecond)
			}
		}
	}
	synctest.Wait() // all 49 wait
	close(syncing)
	wg.Wait()
	closeSpool(t, s)
	if len(commits) > 3 || commits[0] != 1 {
		t.Errorf("commits of %v events", commits)
	}
}

// On a full disk, where each event that is refused ends a segment, what couldn't be compressed isn't tried each time.
func TestFullDiskIsLeftAlone(t *testing.T) {
	var full atomic.Bool
	var begun atomic.Int64
	disk := &faultyDisk{}
	disk.fails = func(_ int, op string) error {
		if full.Load() && op == "create" {
			begun.Add(1)
		}
		if full.Load() && op == "write" {
			return syscall.ENOSPC
		}
		return nil
	}
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		s := open(t, dir, spool.Options{}.On(disk))
		keep(t, s, event(t, 0))
		synctest.Wait()
		full.Store(true)
		const tries = 1000
		for range tries {
			if _, err := s.Append(context.Background(), event(t, 1)); !errors.Is(err, syscall.ENOSPC) {
				t.Fatal(err)
			}
			synctest.Wait()
		}
		if begun.Load() > tries+3 { // each try begins a segment of its own
			t.Errorf("%d files were begun", begun.Load())
		}
		full.Store(false)
		time.Sleep(time.Minute)
		synctest.Wait()
		if sum, err := s.Stats(); err != nil || sum.Closed.Count != 1 || sum.Open.Count != 0 {
			t.Errorf("%+v %v", sum, err)
		}
		closeSpool(t, s)
	})
	wantOnce(t, dir, 1)
}

// The check reports whether the spool can be written, and doesn't write more often than it needs to.
func TestCheck(t *testing.T) {
	failing := false
	disk := &faultyDisk{fails: func(_ int, op string) error {
		if failing && op == "write" {
			return errDead
		}
		return nil
	}}
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		s := open(t, dir, spool.Options{}.On(disk))
		if err := s.Check(); err != nil {
			t.Error(err)
		}
		before := disk.count()
		for range 100 {
			_ = s.Check()
		}
		if disk.count() != before {
			t.Error("each check writes")
		}
		failing = true
		time.Sleep(2 * time.Second)
		if err := s.Check(); !errors.Is(err, errDead) {
			t.Error(err)
		}
		failing = false
		time.Sleep(2 * time.Second)
		if err := s.Check(); err != nil {
			t.Error(err)
		}
		closeSpool(t, s)
	})
}

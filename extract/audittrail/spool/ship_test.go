package spool_test

import (
	"context"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"liftgraph/extract/audittrail/spool"
)

// shelf is a store in memory.
type shelf struct {
	mu      sync.Mutex
	files   map[string][]byte
	refusal error
	refuses string // the segment that it refuses; "": any
}

func (s *shelf) Put(_ context.Context, key, path string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.refusal != nil && strings.Contains(key, s.refuses) {
		return s.refusal
	}
	b, err := os.ReadFile(path)
	if err == nil {
		s.files[key] = b
	}
	return err
}

func TestShip(t *testing.T) {
	dir := t.TempDir()
	store := &shelf{files: map[string][]byte{}}
	s := open(t, dir, spool.Options{MaxBytes: 600})
	ctx, cancel := context.WithCancel(context.Background())
	var shipping sync.WaitGroup
	var names []string
	shipping.Go(func() {
		s.Ship(ctx, store, func(segment string, err error) {
			if err != nil {
				t.Error(err)
			}
			names = append(names, segment)
		})
	})
	for i := range 50 {
		keep(t, s, event(t, i))
	}
	for began := time.Now(); ; time.Sleep(5 * time.Millisecond) {
		sum, err := s.Stats()
		if err != nil || time.Since(began) > 10*time.Second {
			t.Fatalf("%+v %v", sum, err)
		}
		if sum.Closed.Count == 0 && sum.Open.Count <= 1 {
			break
		}
	}
	cancel()
	shipping.Wait()
	if err := errors.Join(s.Drain(), s.ShipOnce(context.Background(), store, nil)); err != nil {
		t.Error(err)
	}
	closeSpool(t, s)
	wantOnce(t, dir, 0)
	key := regexp.MustCompile(`^year=20\d\d/month=\d\d/day=\d\d/hour=\d\d/events-[0-9TZ.]+-\d{6}\.ndjson\.zst$`)
	for k, b := range store.files {
		if !key.MatchString(k) {
			t.Errorf("key %s", k)
		}
		if err := os.WriteFile(filepath.Join(dir, filepath.Base(k)), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	wantOnce(t, dir, 50)
	if !slices.IsSorted(names) || len(names) < 3 {
		t.Errorf("shipped: %v", names)
	}
}

// A store that is down: segments wait, are tried less and less often, and aren't removed.
func TestShipRetries(t *testing.T) {
	dir := t.TempDir()
	store := &shelf{files: map[string][]byte{}, refusal: errDead}
	synctest.Test(t, func(t *testing.T) {
		s := open(t, dir, spool.Options{MaxBytes: 1})
		ctx, cancel := context.WithCancel(context.Background())
		var shipping sync.WaitGroup
		failed := 0
		shipping.Go(func() {
			s.Ship(ctx, store, func(_ string, err error) {
				if errors.Is(err, errDead) {
					failed++
				}
			})
		})
		for i := range 5 {
			keep(t, s, event(t, i))
		}
		time.Sleep(24 * time.Hour)
		synctest.Wait()
		if rounds := failed / 3; rounds < 24*12 || rounds > 2*24*13 {
			t.Errorf("%d attempts in a day", failed)
		}
		if sum, err := s.Stats(); err != nil || sum.Closed.Count != 5 {
			t.Errorf("%+v %v", sum, err)
		}
		store.mu.Lock()
		store.refusal = nil
		store.mu.Unlock()
		time.Sleep(5 * time.Minute)
		synctest.Wait()
		if len(store.files) != 5 {
			t.Errorf("shipped: %v", slices.Collect(maps.Keys(store.files)))
		}
		cancel()
		shipping.Wait()
		closeSpool(t, s)
	})
	wantOnce(t, dir, 0)
}

// A segment that the store doesn't take doesn't keep back the others.
func TestShipPastOne(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, spool.Options{MaxBytes: 1})
	for i := range 5 {
		keep(t, s, event(t, i))
	}
	closeSpool(t, s)
	s = open(t, dir, spool.Options{})
	store := &shelf{files: map[string][]byte{}, refusal: errDead, refuses: "-000002."}
	if err := s.ShipOnce(context.Background(), store, nil); !errors.Is(err, errDead) || len(store.files) != 4 {
		t.Errorf("%d are shipped: %v", len(store.files), err)
	}
	closeSpool(t, s)
	if lines := kept(t, dir); len(lines) != 1 || lines[string(event(t, 1).Line)] != 1 {
		t.Errorf("%v is left", lines)
	}
}

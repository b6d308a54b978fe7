package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"liftgraph/extract/audittrail/spool"
	fakes3 "liftgraph/fixtures/s3"
)

// senders deliver events for some time, each until it is acknowledged.
type senders struct {
	web *http.Client

	mu           sync.Mutex
	url          string
	acknowledged map[string]bool
	next         int
}

func (s *senders) run(ctx context.Context, n int) {
	var wg sync.WaitGroup
	for range n {
		wg.Go(func() {
			for ctx.Err() == nil {
				s.until(s.event())
			}
		})
	}
	wg.Wait()
}

// event returns the next event, of its own.
func (s *senders) event() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.next++
	return fmt.Sprintf(`{"action":"stack.update","data":{"n":%d,"text":%q}}`, s.next, strings.Repeat("x", rand.IntN(300)))
}

// until delivers an event until it is acknowledged, wherever the receiver is by then.
func (s *senders) until(body string) {
	for {
		s.mu.Lock()
		url := s.url
		s.mu.Unlock()
		if deliver(s.web, url, body) == http.StatusNoContent {
			s.mu.Lock()
			s.acknowledged[body] = true
			s.mu.Unlock()
			return
		}
		time.Sleep(2 * time.Millisecond)
	}
}

func (s *senders) at(url string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.url = url
}

func newSenders() *senders {
	return &senders{web: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}, Timeout: 5 * time.Second}, acknowledged: map[string]bool{}}
}

// receives runs senders against a receiver that is killed again and again, and at last stopped.
func (k *killer) receives(t *testing.T, dir string, env []string, args ...string) *senders {
	t.Helper()
	s := newSenders()
	r := startReceiver(t, k.program, dir, env, args...)
	s.at(r.url)
	ctx, cancel := context.WithCancel(context.Background())
	var sending sync.WaitGroup
	sending.Go(func() { s.run(ctx, 4) })
	for range k.rounds {
		time.Sleep(rand.N(40 * time.Millisecond))
		_ = r.end(syscall.SIGKILL)
		r = startReceiver(t, k.program, dir, env, args...)
		s.at(r.url)
	}
	for range 3 { // there is time for an event, however short the rounds were
		s.until(s.event())
	}
	cancel()
	sending.Wait()
	_ = r.end(syscall.SIGTERM)
	return s
}

// Killed at any moment, again and again: every event that was acknowledged is there, once.
func (k *killer) ofReceive(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "spool")
	s := k.receives(t, dir, nil, "--rotate-age", "30ms")
	counts, segments := map[string]int{}, map[string]bool{}
	for l, err := range spool.Read(dir) {
		if err != nil {
			t.Fatal(err)
		}
		counts[string(l.Body)]++
		segments[l.File] = true
	}
	for body := range s.acknowledged {
		if counts[body] != 1 {
			t.Errorf("%.60s is there %d times", body, counts[body])
		}
		delete(counts, body)
	}
	for body := range counts {
		t.Errorf("%.60s is there, but wasn't acknowledged", body) // all were, in the end
	}
	t.Logf("%d kills, %d events in %d segments", k.rounds, len(s.acknowledged), len(segments))
}

// With uploads, a kill may also come between an upload and the removal of what was uploaded: every event is in the bucket or in the spool.
func (k *killer) ofUpload(t *testing.T) {
	store := fakes3.Start(t)
	if err := store.MakeBucket("trail"); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "spool")
	s := k.receives(t, dir, store.Env(), "--rotate-age", "30ms", "--upload", "s3://trail/audit", "--s3-path-style")
	there := map[string]bool{}
	for l, err := range spool.Read(dir) {
		if err != nil {
			t.Fatal(err)
		}
		there[string(l.Body)] = true
	}
	n := 0
	for body := range uploadedTo(t, "s3://trail/audit/year=20") {
		there[body] = true
		n++
	}
	for body := range s.acknowledged {
		if !there[body] {
			t.Errorf("%.60s is lost", body)
		}
	}
	t.Logf("%d kills, %d events, %d of them uploaded", k.rounds, len(s.acknowledged), n)
}

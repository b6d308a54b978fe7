package pipeline

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"liftgraph/internal/dataset"
)

// ending is a transport that ends the work at a request.
type ending struct {
	after  int64
	cancel func()
	sent   atomic.Int64
}

func (e *ending) RoundTrip(req *http.Request) (*http.Response, error) {
	if n := e.sent.Add(1); e.after > 0 && n > e.after {
		e.cancel()
		return nil, errors.New("ended")
	}
	return http.DefaultTransport.RoundTrip(req)
}

// An extraction that ended anywhere is taken up: the next one asks for what is missing alone, and publishes the same bytes as one that
// nothing interrupted.
func TestResume(t *testing.T) {
	whole := night(t, t.TempDir(), 1000)
	count := new(ending)
	whole.Spacelift.Transport = count
	run(t, whole)
	want := files(t, filepath.Join(whole.Data, "csv"))
	all := count.sent.Load()
	for _, after := range []int64{1, all / 3, all - 2} {
		cfg := night(t, t.TempDir(), 1000)
		var said []string
		cfg.Resume = &Resume{Say: func(text string) { said = append(said, text) }}
		ctx, cancel := context.WithCancel(t.Context())
		cfg.Spacelift.Transport = &ending{after: after, cancel: cancel}
		if _, err := Run(ctx, cfg); err == nil {
			t.Fatalf("after %d requests: published", after)
		}
		cancel()
		second := new(ending)
		cfg.Spacelift.Transport = second
		m, err := Run(t.Context(), cfg)
		if err != nil {
			t.Fatal(err)
		}
		sent := second.sent.Load()
		if after > all/4 && (sent > all-after+int64(cfg.Spacelift.Workers)+4 || len(said) != 1 || !strings.Contains(said[0], "going on with an extraction")) {
			t.Errorf("after %d of %d requests: sent %d more, and said %q", after, all, sent, said)
		}
		got := files(t, filepath.Join(cfg.Data, "csv"))
		for name, content := range want {
			if got[name] != content {
				t.Errorf("after %d requests: %s differs", after, name)
			}
		}
		if m.Sources[0].Requests != all {
			t.Errorf("after %d requests: the manifest says %d, want %d", after, m.Sources[0].Requests, all)
		}
		if _, err := os.Stat(filepath.Join(cfg.Data, ".resume", "spacelift")); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("what was kept is still there: %v", err)
		}
	}
}

// An extraction that ends at random points, again and again, publishes in the end the same raw records, byte by byte, as one that nothing
// interrupted, and nothing before.
func TestResumedRawIsTheSame(t *testing.T) {
	whole := night(t, t.TempDir(), 1000)
	count := new(ending)
	whole.Spacelift.Transport = count
	if _, err := Extract(t.Context(), whole); err != nil {
		t.Fatal(err)
	}
	all := count.sent.Load()
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 1))
	for range 3 {
		cfg := night(t, t.TempDir(), 1000)
		cfg.Resume = &Resume{}
		raw := filepath.Join(cfg.Data, "raw", "spacelift")
		for range 3 {
			ctx, cancel := context.WithCancel(t.Context())
			cfg.Spacelift.Transport = &ending{after: 1 + random.Int64N(all/4), cancel: cancel}
			_, err := Extract(ctx, cfg)
			cancel()
			if err == nil {
				t.Fatal("published, although it was ended")
			}
			if _, err := dataset.ReadManifest(raw); !errors.Is(err, dataset.ErrNotPublished) {
				t.Fatalf("something is published: %v", err)
			}
		}
		cfg.Spacelift.Transport = new(ending)
		if _, err := Extract(t.Context(), cfg); err != nil {
			t.Fatal(err)
		}
		sameFiles(t, filepath.Join(whole.Data, "raw", "spacelift"), raw)
	}
}

// What another account, other credentials or a switched-off --resume left isn't used.
func TestResumeIgnores(t *testing.T) {
	cfg := night(t, t.TempDir(), 1000)
	var said []string
	cfg.Resume = &Resume{Say: func(text string) { said = append(said, text) }}
	ctx, cancel := context.WithCancel(t.Context())
	cfg.Spacelift.Transport = &ending{after: 10, cancel: cancel}
	if _, err := Run(ctx, cfg); err == nil {
		t.Fatal("published")
	}
	other := cfg
	other.Spacelift = night(t, cfg.Data, 1000).Spacelift // of another address
	var m *dataset.Manifest
	if m = run(t, other); len(said) != 1 || !strings.Contains(said[0], "is ignored: it is of another endpoint") || m == nil {
		t.Errorf("said %q", said)
	}
}

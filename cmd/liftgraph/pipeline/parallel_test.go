package pipeline

import (
	"context"
	"errors"
	"iter"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"liftgraph/internal/objects"
)

// meeting lets the reading of two sources go on only when both are under way.
type meeting struct {
	mu      sync.Mutex
	arrived map[string]bool
	all     chan struct{}
}

func (m *meeting) wait(ctx context.Context, who string) error {
	m.mu.Lock()
	if !m.arrived[who] {
		if m.arrived[who] = true; len(m.arrived) == 2 {
			close(m.all)
		}
	}
	m.mu.Unlock()
	select {
	case <-m.all:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// meetingTransport waits at a run's request for the store, whose list waits for it.
type meetingTransport struct{ *meeting }

func (t meetingTransport) RoundTrip(req *http.Request) (*http.Response, error) {
	if err := t.wait(req.Context(), "api"); err != nil {
		return nil, err
	}
	return http.DefaultTransport.RoundTrip(req)
}

type meetingStore struct {
	objects.Store
	*meeting
	checked bool // that it is within reach
}

func (s *meetingStore) List(ctx context.Context, prune func(string) string) iter.Seq2[objects.Object, error] {
	if !s.checked {
		s.checked = true
		return s.Store.List(ctx, prune)
	}
	return func(yield func(objects.Object, error) bool) {
		if err := s.wait(ctx, "store"); err != nil {
			yield(objects.Object{}, err)
			return
		}
		s.Store.List(ctx, prune)(yield)
	}
}

// meet makes the account's server and the trail's store wait for each other.
func meet(t *testing.T, cfg Config) (Config, *meeting) {
	t.Helper()
	m := &meeting{arrived: map[string]bool{}, all: make(chan struct{})}
	api := *cfg.Spacelift
	api.Transport = meetingTransport{m}
	cfg.Spacelift = &api
	trail := *cfg.CloudTrail
	trail.Sources = slices.Clone(trail.Sources)
	trail.Sources[0].Store = &meetingStore{Store: trail.Sources[0].Store, meeting: m}
	cfg.CloudTrail = &trail
	return cfg, m
}

// The account and the trail are read at the same time: either waits for the other to have begun. What is published is as ever.
func TestSourcesSideBySide(t *testing.T) {
	plain := withTrail(t, config(t, t.TempDir()))
	run(t, plain)
	data := t.TempDir()
	cfg, _ := meet(t, withTrail(t, config(t, data)))
	cfg.Keep = true
	run(t, cfg)
	want := files(t, plain.Data)
	for name, content := range files(t, data) {
		if was, there := want[name]; there && was != content {
			t.Errorf("%s differs", name)
		}
	}
	staged, _ := meet(t, withTrail(t, config(t, t.TempDir())))
	if published, err := Extract(t.Context(), staged); err != nil || len(published) != 2 {
		t.Fatalf("extracted %d sources: %v", len(published), err)
	}
	sameFiles(t, filepath.Join(data, "raw"), filepath.Join(staged.Data, "raw"))
}

// What ends one source ends a run, though another one is under way.
func TestOneOfTheSourcesFails(t *testing.T) {
	for name, do := range map[string]func(Config) error{
		"run":     func(cfg Config) error { _, err := Run(t.Context(), cfg); return err },
		"extract": func(cfg Config) error { _, err := Extract(t.Context(), cfg); return err },
	} {
		cfg, m := meet(t, withTrail(t, config(t, t.TempDir())))
		api := *cfg.Spacelift
		api.Token = ""
		cfg.Spacelift = &api
		if err := do(cfg); err == nil || !strings.Contains(err.Error(), "no credentials") {
			t.Errorf("%s: got %v", name, err)
		}
		if m.arrived["api"] {
			t.Errorf("%s: the server was requested", name)
		}
		for _, dir := range []string{"csv", "parquet", "raw"} {
			if left, _ := filepath.Glob(filepath.Join(cfg.Data, dir, "*", "manifest.json")); left != nil {
				t.Errorf("%s published %v", name, left)
			}
		}
	}
}

// A failure ends the jobs after it, or all; one that was ended so is no error of its own.
func TestInParallel(t *testing.T) {
	broken := errors.New("broken")
	for _, all := range []bool{false, true} {
		var ended [3]bool
		release := make(chan struct{})
		err := inParallel(t.Context(), 3, all, func(ctx context.Context, i int) error {
			switch {
			case i == 1:
				close(release)
				return broken
			case i == 0 && !all:
				<-release
				return ctx.Err()
			default:
				<-ctx.Done()
				ended[i] = true
				return ctx.Err()
			}
		})
		if !errors.Is(err, broken) || errors.Is(err, context.Canceled) || ended != [3]bool{all, false, true} {
			t.Errorf("all %t: got %v, ended %v", all, err, ended)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	if err := inParallel(ctx, 2, true, func(ctx context.Context, _ int) error {
		cancel()
		<-ctx.Done()
		return ctx.Err()
	}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

package backoff

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

func TestPausesGrow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := Backoff{First: 100 * time.Millisecond, Most: time.Second}
		for _, pause := range []time.Duration{100, 200, 400, 800, 1000, 1000} {
			pause *= time.Millisecond
			began := time.Now()
			if err := b.Wait(t.Context()); err != nil {
				t.Fatal(err)
			}
			if took := time.Since(began); took < pause/2 || took > pause*3/2 {
				t.Errorf("waited %s, want about %s", took, pause)
			}
		}
		tried := b.Tried()
		if b.Reset(); tried < time.Second || b.Tried() != 0 {
			t.Errorf("tried for %s, then for %s", tried, b.Tried())
		}
		began := time.Now()
		if err := b.Wait(t.Context()); err != nil || time.Since(began) > 150*time.Millisecond {
			t.Errorf("after progress: %v after %s", err, time.Since(began))
		}
	})
}

func TestWaitEndsWithTheContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stopped := errors.New("stopped")
		ctx, cancel := context.WithCancelCause(t.Context())
		cancel(stopped)
		b := Backoff{First: time.Hour, Most: time.Hour}
		if err := b.Wait(ctx); !errors.Is(err, stopped) {
			t.Errorf("got %v, want %v", err, stopped)
		}
	})
}

package api

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// script is a RoundTripper that answers by a list of errors, nil being an answer, and notes when it was asked.
type script struct {
	errs  []error
	asked []time.Time
	body  string
}

func (s *script) RoundTrip(req *http.Request) (*http.Response, error) {
	b, _ := io.ReadAll(req.Body)
	s.body = string(b)
	s.asked = append(s.asked, time.Now())
	err := s.errs[min(len(s.asked), len(s.errs))-1]
	if err != nil {
		return nil, err
	}
	return &http.Response{StatusCode: http.StatusOK, Body: http.NoBody}, nil
}

var (
	errReset   = errors.New("connection reset by peer")
	errTooLate = errors.New("too late")
)

func retried(t *testing.T, ctx context.Context, reached bool, errs ...error) (*script, *Traffic, error) {
	t.Helper()
	s, stats := &script{errs: errs}, new(Traffic)
	pacer := newPacer(0)
	r := &retry{next: &limit{s, pacer}, pause: pacer.pause, stats: stats, log: slog.New(slog.DiscardHandler)}
	r.reached.Store(reached)
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://acme.example/graphql", strings.NewReader("{query}"))
	if err != nil {
		t.Fatal(err)
	}
	res, err := r.RoundTrip(req)
	if res != nil {
		_ = res.Body.Close()
	}
	if s.body != "{query}" {
		t.Errorf("the last attempt's body was %q", s.body)
	}
	return s, stats, err
}

func busy(after time.Duration) error { return &StatusError{http.StatusTooManyRequests, after} }

func TestRetryUntilAnswered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		errs := []error{
			busy(-1), &StatusError{503, -1}, &SlowError{time.Minute}, &BrokenError{errReset}, &ForeignError{"a page"},
			&AnswerError{Messages: []message{{Text: "rate limit exceeded"}}}, nil,
		}
		start := time.Now()
		s, stats, err := retried(t, t.Context(), true, errs...)
		if err != nil || len(s.asked) != 7 || stats.Retries.Load() != 6 {
			t.Errorf("%d attempts, %d retries, %v", len(s.asked), stats.Retries.Load(), err)
		}
		for i, at := range s.asked[1:] {
			if wait := at.Sub(s.asked[i]); wait > backoffBase<<i || wait > backoffCap {
				t.Errorf("waited %s before attempt %d", wait, i+2)
			}
		}
		if time.Since(start) == 0 {
			t.Error("it did not wait at all")
		}
	})
}

func TestRetryAfterIsObeyed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, _, err := retried(t, t.Context(), true, busy(17*time.Second), &StatusError{503, 40 * time.Second}, nil)
		if err != nil || len(s.asked) != 3 || s.asked[1].Sub(s.asked[0]) != 17*time.Second || s.asked[2].Sub(s.asked[1]) != 40*time.Second {
			t.Errorf("%v: asked at %v", err, s.asked)
		}
		s, _, err = retried(t, t.Context(), true, busy(time.Hour), nil)
		if _, ok := errors.AsType[*GaveUpError](err); !ok || len(s.asked) != 1 {
			t.Errorf("an hour: %v after %d attempts", err, len(s.asked))
		}
	})
}

func TestRetryGivesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, c := range []struct {
			reached bool
			err     error
			want    int
		}{
			{true, &StatusError{502, -1}, MaxAttempts},
			{false, &StatusError{502, -1}, firstAttempts},
			{false, &BrokenError{errReset}, firstAttempts},
			{true, &AnswerError{Messages: []message{{Text: "internal server error"}}}, hiccupAttempts},
			{true, &AnswerError{Messages: []message{{Text: "unauthorized"}}}, 1},
			{true, &AnswerError{Messages: []message{{Text: `Cannot query field "x" on type "Run".`}}}, 1},
			{false, &ForeignError{"a page titled \"Sign in\""}, 1},
			{true, &ForeignError{"a page titled \"Sign in\""}, MaxAttempts},
			{true, &StatusError{404, -1}, 1},
			{true, &OversizeError{1 << 20}, 1},
		} {
			s, _, err := retried(t, t.Context(), c.reached, c.err)
			if !errors.Is(err, c.err) || len(s.asked) != c.want {
				t.Errorf("%v (reached %v): %d attempts, want %d: %v", c.err, c.reached, len(s.asked), c.want, err)
			}
		}
	})
}

func TestRetryLeavesItToAskForLess(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for err, want := range map[error]int{
			&SlowError{time.Minute}: 1, &OversizeError{1}: 1, &StatusError{504, -1}: 1, &StatusError{500, -1}: 3,
		} {
			s, _, got := retried(t, withCall(t.Context(), &call{shrinks: true, attempts: 3}), true, err)
			if !errors.Is(got, err) || len(s.asked) != want {
				t.Errorf("%v: %d attempts, want %d", err, len(s.asked), want)
			}
		}
	})
}

func TestRetryEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeoutCause(t.Context(), 2*time.Second, errTooLate)
		defer cancel()
		_, _, err := retried(t, ctx, true, &BrokenError{errReset})
		if !errors.Is(err, errTooLate) || !errors.Is(err, errReset) {
			t.Errorf("%v", err)
		}
	})
}

func TestBackoffIsRandomAndBounded(t *testing.T) {
	for attempt := 1; attempt < 40; attempt++ {
		seen := map[time.Duration]bool{}
		for range 20 {
			d := backoff(attempt)
			if d < 0 || d > backoffCap || attempt == 1 && d > backoffBase {
				t.Fatalf("attempt %d: %s", attempt, d)
			}
			seen[d] = true
		}
		if len(seen) < 10 {
			t.Errorf("attempt %d: only %d different waits of 20", attempt, len(seen))
		}
	}
}

func TestPacer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPacer(5)
		start := time.Now()
		for range 11 {
			if err := p.wait(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if d := time.Since(start); d != 2*time.Second {
			t.Errorf("11 requests at 5 a second took %s", d)
		}
		p.pause(time.Minute)
		p.pause(time.Second) // doesn't shorten it
		start = time.Now()
		if err := p.wait(t.Context()); err != nil || time.Since(start) != time.Minute {
			t.Errorf("%v, after %s", err, time.Since(start))
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		p.pause(time.Minute)
		if err := p.wait(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%v", err)
		}
	})
}

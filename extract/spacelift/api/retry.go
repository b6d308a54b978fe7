package api

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"sync/atomic"
	"time"
)

// How often and how long a request is tried. The waits add up to 45 s on average, to 91 s at most, so that a
// restart of a self-hosted server is outlived.
const (
	MaxAttempts     = 8
	firstAttempts   = 4 // until the server has answered anything: the address may be wrong
	hiccupAttempts  = 3 // where GraphQL itself reports a passing trouble
	backoffBase     = time.Second
	backoffCap      = 30 * time.Second
	longestObedient = 15 * time.Minute // a longer Retry-After isn't waited for
)

// retry repeats a request that may succeed later, after a random wait that doubles on average.
type retry struct {
	next  http.RoundTripper
	pause func(time.Duration) // holds back every request: the server named a time
	stats *Traffic
	log   *slog.Logger

	reached atomic.Bool // a GraphQL server has answered once
}

func (r *retry) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx := req.Context()
	for attempt := 1; ; attempt++ {
		again, err := fresh(req)
		if err != nil {
			return nil, err
		}
		res, err := r.next.RoundTrip(again)
		if err == nil || Answered(err) || unauthorized(err) {
			r.reached.Store(true)
		}
		if err == nil || ctx.Err() != nil || !r.transient(err) || callOf(ctx).shrinks && LessHelps(err) {
			return res, err
		}
		wait := backoff(attempt)
		e, _ := errors.AsType[*StatusError](err)
		named := e != nil && e.after > 0
		if named {
			wait = e.after
		}
		if attempt >= r.most(ctx, err) || wait > longestObedient {
			return nil, &GaveUpError{attempt, err}
		}
		if named {
			r.pause(wait)
		}
		r.stats.Retries.Add(1)
		r.log.Info("asking again", "attempt", attempt+1, "wait", wait.Round(time.Millisecond), "because", err.Error())
		if stop := sleep(ctx, wait); stop != nil {
			return nil, fmt.Errorf("%w; before that: %w", stop, err)
		}
	}
}

// transient reports whether the same request may be answered later.
func (r *retry) transient(err error) bool {
	if _, ok := errors.AsType[*GaveUpError](err); ok { // of the exchange for a token, which has its own attempts
		return false
	}
	if e, ok := errors.AsType[*StatusError](err); ok {
		return e.Status == http.StatusTooManyRequests || e.Status == http.StatusRequestTimeout || e.Status >= 500
	}
	if e, ok := errors.AsType[*AnswerError](err); ok {
		return e.Says(throttledText) || e.Says(hiccupText)
	}
	if _, ok := errors.AsType[*ForeignError](err); ok {
		return r.reached.Load() // a proxy's passing page; at first it means that the address is wrong
	}
	if _, ok := errors.AsType[*SlowError](err); ok {
		return true
	}
	if _, ok := errors.AsType[*BrokenError](err); !ok {
		return false
	}
	if e, ok := errors.AsType[*net.DNSError](err); ok && e.IsNotFound {
		return r.reached.Load()
	}
	_, untrusted := errors.AsType[*tls.CertificateVerificationError](err)
	return !untrusted
}

// most returns how often a request that fails like this is sent.
func (r *retry) most(ctx context.Context, err error) int {
	n := MaxAttempts
	if e, ok := errors.AsType[*AnswerError](err); ok && !e.Says(throttledText) {
		n = hiccupAttempts
	} else if !r.reached.Load() {
		n = firstAttempts
	}
	return min(n, cmp.Or(callOf(ctx).attempts, n))
}

// backoff returns a wait before the attempt after this one: anything up to a bound that doubles ("full jitter").
func backoff(attempt int) time.Duration {
	return rand.N(min(backoffCap, backoffBase<<min(attempt-1, 10)) + 1)
}

// fresh copies a request with its body at the start. The layers below may change the copy.
func fresh(req *http.Request) (*http.Request, error) {
	again := req.Clone(req.Context())
	if req.GetBody != nil {
		body, err := req.GetBody()
		if err != nil {
			return nil, err
		}
		again.Body = body
	}
	return again, nil
}

func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return context.Cause(ctx)
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

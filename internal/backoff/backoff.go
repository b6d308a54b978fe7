// Package backoff waits between tries: a little at first, then longer and longer up to a bound, and never all workers at once.
package backoff

import (
	"context"
	"math/rand/v2"
	"time"
)

// Backoff is the pauses between the tries of one operation.
type Backoff struct {
	First, Most time.Duration // the pause after the first try, and the longest one

	next  time.Duration
	since time.Time
}

// Reset begins again with the first pause, after progress.
func (b *Backoff) Reset() { b.next, b.since = b.First, time.Now() }

// Tried returns the time since the first try after the last progress.
func (b *Backoff) Tried() time.Duration {
	if b.since.IsZero() {
		b.Reset()
	}
	return time.Since(b.since)
}

// Wait waits between half a pause and one and a half, and doubles the next one. Its error is the context's cause.
func (b *Backoff) Wait(ctx context.Context) error {
	if b.since.IsZero() {
		b.Reset()
	}
	pause := b.next/2 + rand.N(max(b.next, 1))
	b.next = min(2*b.next, b.Most)
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
		return nil
	}
}

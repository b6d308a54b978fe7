package api

import (
	"context"
	"net/http"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// pacer spaces requests evenly, and holds them all back while the server wants to be left alone.
type pacer struct {
	rate *rate.Limiter

	mu        sync.Mutex
	notBefore time.Time
}

// newPacer allows so many requests a second, without bursts; 0 is no limit.
func newPacer(perSecond float64) *pacer {
	r := rate.Inf
	if perSecond > 0 {
		r = rate.Limit(perSecond)
	}
	return &pacer{rate: rate.NewLimiter(r, 1)}
}

// pause lets no request through for a while.
func (p *pacer) pause(d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if until := time.Now().Add(d); until.After(p.notBefore) {
		p.notBefore = until
	}
}

// paused returns how long the pause still takes.
func (p *pacer) paused() time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	return time.Until(p.notBefore)
}

// wait returns when it is a request's turn.
func (p *pacer) wait(ctx context.Context) error {
	for {
		if err := sleep(ctx, p.paused()); err != nil {
			return err
		}
		// Not rate.Wait: it fails at once where the deadline is nearer than the turn.
		if err := sleep(ctx, p.rate.Reserve().Delay()); err != nil {
			return err
		}
		if p.paused() <= 0 {
			return nil
		}
	}
}

// limit sends each request when it is its turn.
type limit struct {
	next  http.RoundTripper
	pacer *pacer
}

func (l *limit) RoundTrip(req *http.Request) (*http.Response, error) {
	if err := l.pacer.wait(req.Context()); err != nil {
		return nil, err
	}
	return l.next.RoundTrip(req)
}

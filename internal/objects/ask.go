package objects

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws/retry"
)

// Why a request was given up.
var (
	errStalled = errors.New("nothing came for too long")
	errForeign = errors.New("the answer isn't S3's")
)

// credentialsError says that there is nothing to sign requests with.
type credentialsError struct{ err error }

func (e *credentialsError) Error() string {
	if r, ok := refusalIn(e.err); ok && r.code != "" {
		return r.String()
	}
	return strings.TrimPrefix(e.err.Error(), "failed to refresh cached credentials, ")
}

func (e *credentialsError) Unwrap() error { return e.err }

// ask sends a request until it is answered or is sure not to be. What it is about is for messages. Send ends within the limit.
func (b *bucket) ask(ctx context.Context, what request, send func(ctx context.Context, limit time.Duration) error) error {
	deadline := time.Now().Add(b.firstContact)
	for attempt := 1; ; attempt++ {
		limit := b.stall
		if !b.reached.Load() {
			limit = min(limit, time.Until(deadline))
		}
		sent := b.region.Load()
		err := b.signable(ctx, limit)
		if err == nil {
			err = send(ctx, limit)
		}
		if _, answered := refusalIn(err); err == nil || answered {
			b.reached.Store(true)
		}
		if err == nil {
			return nil
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if b.moved(ctx, sent, err) {
			continue
		}
		wait := b.wait(attempt)
		late := !b.reached.Load() && time.Until(deadline) <= wait
		if !b.transient(err) || attempt >= b.most() || late {
			return b.explain(what, err)
		}
		if err := b.again(ctx, what, attempt, wait, err); err != nil {
			return err
		}
	}
}

// again waits, and says why.
func (b *bucket) again(ctx context.Context, what request, attempt int, wait time.Duration, because error) error {
	b.retried.Add(1)
	b.log.Info("asking again", "uri", b.uri(what.key), "attempt", attempt+1, "wait", wait.Round(time.Millisecond), "because", brief(because))
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("%w; before that: %s", context.Cause(ctx), brief(because))
	}
}

// wait returns the time before the attempt after this one: anything up to a bound that doubles ("full jitter").
func (b *bucket) wait(attempt int) time.Duration {
	return rand.N(min(backoffCap, b.backoff<<min(attempt-1, 10)) + 1)
}

// most returns how often a request is sent.
func (b *bucket) most() int {
	if !b.reached.Load() {
		return min(b.attempts, firstAttempts)
	}
	return b.attempts
}

// signable makes sure that there are credentials, which the SDK keeps until they expire.
func (b *bucket) signable(ctx context.Context, limit time.Duration) error {
	ctx, cancel := context.WithTimeoutCause(ctx, limit, errStalled)
	defer cancel()
	if _, err := b.credentials.Retrieve(ctx); err != nil {
		return &credentialsError{err}
	}
	return nil
}

// passing are the SDK's codes of what passes, and a clock that was wrong, which the SDK allows for from then on.
var passing = retry.IsErrorRetryables{
	retry.RetryableErrorCode{Codes: retry.DefaultRetryableErrorCodes},
	retry.RetryableErrorCode{Codes: retry.DefaultThrottleErrorCodes},
	retry.RetryableError{},
}

// transient reports whether the same request may be answered later.
func (b *bucket) transient(err error) bool {
	if _, ok := errors.AsType[*failure](err); ok { // explained already
		return false
	}
	if r, ok := refusalIn(err); ok {
		return r.status == http.StatusTooManyRequests || r.status >= 500 && r.status != http.StatusNotImplemented ||
			passing.IsErrorRetryable(err).Bool()
	}
	_, unsigned := errors.AsType[*credentialsError](err)
	if unsigned || errors.Is(err, errForeign) {
		return b.reached.Load()
	}
	if e, ok := errors.AsType[*net.DNSError](err); ok && e.IsNotFound {
		return b.reached.Load()
	}
	_, untrusted := errors.AsType[*tls.CertificateVerificationError](err)
	return !untrusted
}

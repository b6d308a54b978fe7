package api

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// call is what the layers tell each other about one request; it travels in the request's context.
type call struct {
	shrinks    bool         // the asker asks for less where that helps: no use in asking the same again
	attempts   int          // at most; 0: as many as is usual
	generation int          // of the token that was sent
	bytes      int          // of the answer
	viewer     bool         // the response has one: the session is good
	partial    *AnswerError // the answer's errors where it has data too
}

type callKey struct{}

func withCall(ctx context.Context, c *call) context.Context {
	return context.WithValue(ctx, callKey{}, c)
}

func callOf(ctx context.Context) *call {
	c, _ := ctx.Value(callKey{}).(*call)
	return cmp.Or(c, new(call))
}

// exchange makes one HTTP exchange and lets through nothing but answers with data: everything else is an error.
// machinebox/graphql reads bodies without limit, doesn't look at the status, and panics on an answer "null".
type exchange struct {
	next    http.RoundTripper
	limit   int64 // bytes of an answer
	timeout time.Duration
	clean   func(string) string // takes secrets out of a server's words
	stats   *Traffic
}

func (x *exchange) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithTimeout(req.Context(), x.timeout)
	defer cancel()
	x.stats.Requests.Add(1)
	res, err := x.next.RoundTrip(req.WithContext(ctx))
	if err != nil {
		return nil, x.failure(req.Context(), ctx, err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := read(res, x.limit)
	x.stats.Bytes.Add(int64(len(body)))
	if err != nil {
		return nil, x.failure(req.Context(), ctx, err)
	}
	c := callOf(req.Context())
	c.bytes, c.partial, c.viewer = len(body), nil, false
	if err := x.judge(res, body, c); err != nil {
		return nil, err
	}
	res.Body = io.NopCloser(bytes.NewReader(body))
	return res, nil
}

// failure names what broke an exchange; outer is the context of the request, inner the one with the timeout.
func (x *exchange) failure(outer, inner context.Context, err error) error {
	if outer.Err() != nil {
		return context.Cause(outer)
	}
	if inner.Err() != nil {
		return &SlowError{x.timeout}
	}
	if _, ok := errors.AsType[*OversizeError](err); ok {
		return err
	}
	return &BrokenError{err}
}

func read(res *http.Response, limit int64) ([]byte, error) {
	var body bytes.Buffer
	if res.ContentLength > 0 && res.ContentLength <= limit {
		body.Grow(int(res.ContentLength) + bytes.MinRead)
	}
	if _, err := body.ReadFrom(io.LimitReader(res.Body, limit+1)); err != nil {
		return body.Bytes(), fmt.Errorf("the answer broke off after %d bytes: %w", body.Len(), err)
	}
	if int64(body.Len()) > limit {
		return body.Bytes(), &OversizeError{limit}
	}
	return body.Bytes(), nil
}

// retryAfter reads a Retry-After header, in seconds or as an HTTP date; negative where there is none to read.
func retryAfter(header string, now time.Time) time.Duration {
	if seconds, err := strconv.ParseInt(strings.TrimSpace(header), 10, 32); err == nil && seconds >= 0 {
		return time.Duration(seconds) * time.Second
	}
	if at, err := http.ParseTime(header); err == nil {
		return max(0, at.Sub(now))
	}
	return -1
}

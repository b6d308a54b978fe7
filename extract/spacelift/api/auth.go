package api

import (
	"context"
	"fmt"
	"net/http"
	"time"
)

// renewBefore is how long before its end a token is exchanged for a new one.
const renewBefore = 30 * time.Second

// session holds the token in use. A ready token stays; that of an API key is renewed. An exchange counts as a login
// (keys are billed as users), so that a token is used until its end.
type session struct {
	keyID     string
	keySecret func() (Secret, error) // nil: a ready token
	exchange  func(ctx context.Context, id string, secret Secret) (token Secret, validUntil time.Time, err error)

	turn       turn
	token      Secret
	renewAt    time.Time // zero: when the server says so
	end        time.Time // of a ready token; zero where it doesn't say
	generation int       // how often there was a new token
}

// current returns a token that is still good, and its generation.
func (s *session) current(ctx context.Context) (Secret, int, error) {
	if err := s.turn.take(ctx); err != nil {
		return "", 0, err
	}
	defer s.turn.leave()
	if s.keySecret != nil && (s.token == "" || !s.renewAt.IsZero() && !time.Now().Before(s.renewAt)) {
		if err := s.renew(ctx); err != nil {
			return "", 0, err
		}
	}
	if s.keySecret == nil && !s.end.IsZero() && !time.Now().Before(s.end) {
		return "", 0, &expiredError{s.end}
	}
	return s.token, s.generation, nil
}

// replace renews the token; false where it is a ready token, which can't be.
func (s *session) replace(ctx context.Context) (bool, error) {
	if err := s.turn.take(ctx); err != nil {
		return true, err
	}
	defer s.turn.leave()
	if s.keySecret == nil {
		return false, nil
	}
	return true, s.renew(ctx)
}

// since reports whether there is a newer token than that of a generation.
func (s *session) since(ctx context.Context, generation int) bool {
	if s.turn.take(ctx) != nil {
		return false
	}
	defer s.turn.leave()
	return s.generation > generation
}

func (s *session) renew(ctx context.Context) error {
	secret, err := s.keySecret()
	if err != nil {
		return fmt.Errorf("the API key's secret can't be read: %w", err)
	}
	token, validUntil, err := s.exchange(ctx, s.keyID, secret)
	if err != nil {
		return err
	}
	s.token, s.renewAt = token, time.Time{}
	s.generation++
	// By this clock a token may be over when it is new: then the server's "unauthorized" tells when to renew.
	if lifetime := time.Until(validUntil); lifetime > 0 {
		s.renewAt = validUntil.Add(-min(renewBefore, lifetime/2))
	}
	return nil
}

// turn is a lock that can be waited for until a context ends: it is held while requests are made.
type turn chan struct{}

func newTurn() turn { return make(turn, 1) }

func (t turn) take(ctx context.Context) error {
	select {
	case t <- struct{}{}:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (t turn) leave() { <-t }

// bearer sends each request with the session's token.
type bearer struct {
	next    http.RoundTripper
	session *session
}

func (b *bearer) RoundTrip(req *http.Request) (*http.Response, error) {
	token, generation, err := b.session.current(req.Context())
	if err != nil {
		return nil, err
	}
	callOf(req.Context()).generation = generation
	req.Header.Set("Authorization", "Bearer "+token.Reveal()) // on retry's copy
	return b.next.RoundTrip(req)
}

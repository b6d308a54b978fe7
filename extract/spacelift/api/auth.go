package api

import (
	"context"
	"net/http"
	"time"
)

// renewBefore is how long before its end a token is exchanged for a new one.
const renewBefore = 30 * time.Second

// session holds the token in use. A ready token stays, unless it is kept in a file; that of an API key or of GitHub's is
// renewed. An exchange counts as a login (keys are billed as users), so that a token is used until its end.
type session struct {
	renewal renewal // nil: a ready token that can't be renewed
	ready   bool    // the token is one that was given: when it ends by its own claims, it isn't sent any more

	turn       turn
	token      Secret
	renewAt    time.Time // zero: when the server says so
	end        time.Time // of a ready token; zero where it doesn't say
	generation int       // how often there was a new token
}

// renewal returns a token and its end; zero where that is unknown.
type renewal func(ctx context.Context) (token Secret, validUntil time.Time, err error)

// newSession returns the session of a token that was given, which may be empty.
func newSession(token Secret, again renewal, ready bool) *session {
	s := &session{renewal: again, ready: ready, turn: newTurn(), token: token}
	if ready {
		s.end = ReadClaims(token).Expiry()
		s.goodUntil(s.end)
	}
	return s
}

// current returns a token that is still good, and its generation.
func (s *session) current(ctx context.Context) (Secret, int, error) {
	if err := s.turn.take(ctx); err != nil {
		return "", 0, err
	}
	defer s.turn.leave()
	if s.renewal != nil && (s.token == "" || !s.renewAt.IsZero() && !time.Now().Before(s.renewAt)) {
		if _, err := s.renew(ctx); err != nil {
			return "", 0, err
		}
	}
	if s.ready && !s.end.IsZero() && !time.Now().Before(s.end) {
		return "", 0, &expiredError{s.end}
	}
	return s.token, s.generation, nil
}

// replace renews the token; false where no other one is available.
func (s *session) replace(ctx context.Context) (bool, error) {
	if err := s.turn.take(ctx); err != nil {
		return true, err
	}
	defer s.turn.leave()
	if s.renewal == nil {
		return false, nil
	}
	another, err := s.renew(ctx)
	return another || err != nil, err
}

// expiry returns when a ready token ends; the zero time where it doesn't say.
func (s *session) expiry(ctx context.Context) time.Time {
	if s.turn.take(ctx) != nil {
		return time.Time{}
	}
	defer s.turn.leave()
	return s.end
}

// since reports whether there is a newer token than that of a generation.
func (s *session) since(ctx context.Context, generation int) bool {
	if s.turn.take(ctx) != nil {
		return false
	}
	defer s.turn.leave()
	return s.generation > generation
}

// renew gets a token, and reports whether it is another one than before.
func (s *session) renew(ctx context.Context) (another bool, err error) {
	token, validUntil, err := s.renewal(ctx)
	if err != nil {
		return false, err
	}
	if s.ready && token == s.token {
		s.renewAt = time.Now().Add(rereadAfter) // a file that isn't written anew yet
		return false, nil
	}
	s.token, s.renewAt = token, time.Time{}
	s.generation++
	if s.ready {
		s.end = validUntil
	}
	s.goodUntil(validUntil)
	return true, nil
}

// rereadAfter is how long to wait before a file that still holds the same token is read again.
const rereadAfter = 5 * time.Second

// goodUntil sets when to renew a token that ends then. By this clock it may be over when it is new: then the server's "unauthorized"
// says when.
func (s *session) goodUntil(validUntil time.Time) {
	if lifetime := time.Until(validUntil); lifetime > 0 {
		s.renewAt = validUntil.Add(-min(renewBefore, lifetime/2))
	}
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

package api

import (
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"time"
)

// message is an element of an answer's errors. Its text is all there is to tell errors apart: the API has no codes.
type message struct {
	Text      string `json:"message"`
	Path      []any  `json:"path"`
	Locations []struct {
		Line int `json:"line"`
	} `json:"locations"`
}

// AnswerError is an answer with errors.
type AnswerError struct {
	Messages []message
	partial  bool // there is data too
}

func (e *AnswerError) Error() string {
	const most = 3
	var texts []string
	for _, m := range e.Messages[:min(len(e.Messages), most)] {
		texts = append(texts, m.Text)
	}
	if more := len(e.Messages) - most; more > 0 {
		texts = append(texts, fmt.Sprintf("and %d more", more))
	}
	return "the server says: " + strings.Join(texts, "; ")
}

// Says reports whether one of the messages matches pattern.
func (e *AnswerError) Says(pattern *regexp.Regexp) bool {
	for _, m := range e.Messages {
		if pattern.MatchString(m.Text) {
			return true
		}
	}
	return false
}

// Of returns the errors about one root field of a partial answer, nil where there are none. An error that names no field
// is about each.
func (e *AnswerError) Of(root string) error {
	if e == nil {
		return nil
	}
	var about []message
	for _, m := range e.Messages {
		if len(m.Path) == 0 || m.Path[0] == root {
			about = append(about, m)
		}
	}
	if about == nil {
		return nil
	}
	return &AnswerError{Messages: about}
}

// onPath returns the errors that name a root field, nil where none does.
func (e *AnswerError) onPath(root string) error {
	if e == nil {
		return nil
	}
	var about []message
	for _, m := range e.Messages {
		if len(m.Path) > 0 && m.Path[0] == root {
			about = append(about, m)
		}
	}
	if about == nil {
		return nil
	}
	return &AnswerError{Messages: about}
}

// StatusError is an answer with an HTTP status that isn't GraphQL's business.
type StatusError struct {
	Status int
	after  time.Duration // of Retry-After; negative where there is none
}

func (e *StatusError) Error() string {
	return fmt.Sprintf("the server answers HTTP %d %s", e.Status, http.StatusText(e.Status))
}

// ForeignError is an answer that no GraphQL server sends: a login page, a redirect.
type ForeignError struct{ what string }

func (e *ForeignError) Error() string { return "no GraphQL answer, but " + e.what }

// OversizeError is an answer that is longer than the limit.
type OversizeError struct{ limit int64 }

func (e *OversizeError) Error() string {
	return fmt.Sprintf("the answer is longer than %d MiB", e.limit>>20)
}

// SlowError is an answer that didn't come in time.
type SlowError struct{ after time.Duration }

func (e *SlowError) Error() string { return fmt.Sprintf("no answer within %s", e.after) }

// BrokenError is a connection that failed, or an answer that was cut off.
type BrokenError struct{ cause error }

func (e *BrokenError) Error() string { return e.cause.Error() }
func (e *BrokenError) Unwrap() error { return e.cause }

// GaveUpError ends the attempts of one request.
type GaveUpError struct {
	attempts int
	cause    error
}

func (e *GaveUpError) Error() string { return fmt.Sprintf("%v (%d attempts)", e.cause, e.attempts) }
func (e *GaveUpError) Unwrap() error { return e.cause }

// ForbiddenError is a refusal of a token that is good.
type ForbiddenError struct{ cause error }

func (e *ForbiddenError) Error() string { return "unauthorized: " + e.cause.Error() }
func (e *ForbiddenError) Unwrap() error { return e.cause }

// lostError is a response without a viewer: Spacelift answers an expired or removed session with empty lists and no error.
type lostError struct{}

func (*lostError) Error() string {
	return "the response has no viewer, which is how Spacelift answers a session that is over"
}

// expiredError says that the token's own end has come: nothing is sent with it any more.
type expiredError struct{ end time.Time }

func (e *expiredError) Error() string {
	return "the token expired at " + e.end.UTC().Format(time.RFC3339)
}

// KeyRefusedError is a refused exchange of an API key. It hides the server's error: it isn't one about the query.
type KeyRefusedError struct{ what, why string }

func (e *KeyRefusedError) Error() string { return "the server refuses the " + e.what + ": " + e.why }

// GitHub reports whether it is a token of GitHub's that is refused.
func (e *KeyRefusedError) GitHub() bool { return e.what == "GitHub token" }

// MissingError says that the server's schema lacks the root field of a query.
type MissingError struct{ field string }

func (e *MissingError) Error() string { return "the server's schema lacks " + e.field }

// OverError ends the conversation: nothing more can be read from this server with these credentials.
type OverError struct {
	cause  error
	Advice string
}

func (e *OverError) Error() string { return e.cause.Error() }
func (e *OverError) Unwrap() error { return e.cause }

var (
	unauthorizedText = regexp.MustCompile(`(?i)unauthori[sz]ed|unauthenticated|forbidden|not authori[sz]ed|access denied`)
	throttledText    = regexp.MustCompile(`(?i)too many requests|rate limit`)
	notFoundText     = regexp.MustCompile(`(?i)\bnot found\b`)
	hiccupText       = regexp.MustCompile(`(?i)internal server error|internal system error|timed? ?out|temporarily|try again|unavailable`)
)

// unauthorized reports whether the server wants another token, or doesn't want to give this.
func unauthorized(err error) bool {
	if _, lost := errors.AsType[*lostError](err); lost {
		return true
	}
	if e, ok := errors.AsType[*AnswerError](err); ok {
		return !e.partial && e.Says(unauthorizedText)
	}
	e, ok := errors.AsType[*StatusError](err)
	return ok && (e.Status == http.StatusUnauthorized || e.Status == http.StatusForbidden)
}

// Answered reports whether an error is an answer of a GraphQL server to this very question.
func Answered(err error) bool {
	_, ok := errors.AsType[*AnswerError](err)
	return ok
}

// NotFound reports whether what was asked for isn't there, or not for this token. Mostly the API answers null then.
func NotFound(err error) bool {
	e, ok := errors.AsType[*AnswerError](err)
	return ok && e.Says(notFoundText)
}

// LessHelps reports whether the same question for less might be answered: it was too slow or too long.
func LessHelps(err error) bool {
	if e, ok := errors.AsType[*StatusError](err); ok {
		return e.Status == http.StatusGatewayTimeout || e.Status == http.StatusRequestEntityTooLarge
	}
	_, slow := errors.AsType[*SlowError](err)
	_, long := errors.AsType[*OversizeError](err)
	return slow || long
}

// OrElse returns the first of two errors, or the other where there is none.
func OrElse(err, other error) error {
	if err != nil {
		return err
	}
	return other
}

package spacelift

import (
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"time"
)

// message is an element of an answer's errors. Its text is all there is to tell errors apart: the API gives no codes.
type message struct {
	Text      string `json:"message"`
	Path      []any  `json:"path"`
	Locations []struct {
		Line int `json:"line"`
	} `json:"locations"`
}

// answerError is an answer with errors.
type answerError struct {
	messages []message
	partial  bool // there is data too
}

func (e *answerError) Error() string {
	const most = 3
	var texts []string
	for _, m := range e.messages[:min(len(e.messages), most)] {
		texts = append(texts, m.Text)
	}
	if more := len(e.messages) - most; more > 0 {
		texts = append(texts, fmt.Sprintf("and %d more", more))
	}
	return "the server says: " + strings.Join(texts, "; ")
}

func (e *answerError) says(pattern *regexp.Regexp) bool {
	for _, m := range e.messages {
		if pattern.MatchString(m.Text) {
			return true
		}
	}
	return false
}

// of gives the errors about one root field of a partial answer, nil where there are none. An error that names no field
// is about each.
func (e *answerError) of(root string) error {
	if e == nil {
		return nil
	}
	var about []message
	for _, m := range e.messages {
		if len(m.Path) == 0 || m.Path[0] == root {
			about = append(about, m)
		}
	}
	if about == nil {
		return nil
	}
	return &answerError{messages: about}
}

// statusError is an answer with an HTTP status that isn't GraphQL's business.
type statusError struct {
	status int
	after  time.Duration // of Retry-After; negative where there is none
}

func (e *statusError) Error() string {
	return fmt.Sprintf("the server answers HTTP %d %s", e.status, http.StatusText(e.status))
}

// foreignError is an answer that no GraphQL server gives: a login page, a redirect.
type foreignError struct{ what string }

func (e *foreignError) Error() string { return "no GraphQL answer, but " + e.what }

// oversizeError is an answer that is longer than the limit.
type oversizeError struct{ limit int64 }

func (e *oversizeError) Error() string {
	return fmt.Sprintf("the answer is longer than %d MiB", e.limit>>20)
}

// slowError is an answer that didn't come in time.
type slowError struct{ after time.Duration }

func (e *slowError) Error() string { return fmt.Sprintf("no answer within %s", e.after) }

// brokenError is a connection that failed, or an answer that was cut off.
type brokenError struct{ cause error }

func (e *brokenError) Error() string { return e.cause.Error() }
func (e *brokenError) Unwrap() error { return e.cause }

// gaveUpError ends the attempts of one request.
type gaveUpError struct {
	attempts int
	cause    error
}

func (e *gaveUpError) Error() string { return fmt.Sprintf("%v (%d attempts)", e.cause, e.attempts) }
func (e *gaveUpError) Unwrap() error { return e.cause }

// forbiddenError is a refusal of a token that is good.
type forbiddenError struct{ cause error }

func (e *forbiddenError) Error() string { return "unauthorized: " + e.cause.Error() }
func (e *forbiddenError) Unwrap() error { return e.cause }

// keyRefusedError is a refused exchange of an API key. It hides the server's error: it isn't one about the query.
type keyRefusedError struct{ why string }

func (e *keyRefusedError) Error() string { return "the server refuses the API key: " + e.why }

// missingError says that the server's schema lacks the root field of a query.
type missingError struct{ field string }

func (e *missingError) Error() string { return "the server's schema lacks " + e.field }

// overError ends the conversation: nothing more can be had of this server with these credentials.
type overError struct {
	cause  error
	advice string
}

func (e *overError) Error() string { return e.cause.Error() }
func (e *overError) Unwrap() error { return e.cause }

var (
	unauthorizedText = regexp.MustCompile(`(?i)unauthori[sz]ed|unauthenticated|forbidden|not authori[sz]ed|access denied`)
	throttledText    = regexp.MustCompile(`(?i)too many requests|rate limit`)
	notFoundText     = regexp.MustCompile(`(?i)\bnot found\b`)
	hiccupText       = regexp.MustCompile(`(?i)internal server error|internal system error|timed? ?out|temporarily|try again|unavailable`)
)

// unauthorized tells whether the server wants another token, or doesn't want to give this.
func unauthorized(err error) bool {
	if e, ok := errors.AsType[*answerError](err); ok {
		return !e.partial && e.says(unauthorizedText)
	}
	e, ok := errors.AsType[*statusError](err)
	return ok && (e.status == http.StatusUnauthorized || e.status == http.StatusForbidden)
}

// answered tells whether an error is an answer of a GraphQL server to this very question.
func answered(err error) bool {
	_, ok := errors.AsType[*answerError](err)
	return ok
}

// notFound tells whether what was asked for isn't there, or not for this token. Mostly the API answers null then.
func notFound(err error) bool {
	e, ok := errors.AsType[*answerError](err)
	return ok && e.says(notFoundText)
}

// lessHelps tells whether the same question for less might be answered: it was too slow or too long.
func lessHelps(err error) bool {
	if e, ok := errors.AsType[*statusError](err); ok {
		return e.status == http.StatusGatewayTimeout || e.status == http.StatusRequestEntityTooLarge
	}
	_, slow := errors.AsType[*slowError](err)
	_, long := errors.AsType[*oversizeError](err)
	return slow || long
}

package receiver

import (
	"mime"
	"net/http"
)

// result is what came of a delivery, as metrics name it.
type result string

const (
	accepted     result = "accepted"
	duplicate    result = "duplicate"
	wrongMethod  result = "method"
	wrongType    result = "content_type"
	unauthorized result = "unauthorized"
	tooLarge     result = "too_large"
	malformed    result = "malformed"
	slow         result = "slow"
	aborted      result = "aborted"     // the sender went away
	overloaded   result = "overloaded"  // too many at a time
	unavailable  result = "unavailable" // the spool can't be written
)

// answers says how each result is answered.
var answers = map[result]struct {
	status     int
	text       string
	allow      string
	retryAfter int // seconds
}{
	accepted:     {status: http.StatusNoContent},
	duplicate:    {status: http.StatusNoContent},
	wrongMethod:  {status: http.StatusMethodNotAllowed, text: "only POST is allowed", allow: http.MethodPost},
	wrongType:    {status: http.StatusUnsupportedMediaType, text: "the content must be application/json, not compressed"},
	unauthorized: {status: http.StatusUnauthorized, text: "unauthorized"},
	tooLarge:     {status: http.StatusRequestEntityTooLarge, text: "the body is too large"},
	malformed:    {status: http.StatusBadRequest, text: "the body is not one JSON object"},
	slow:         {status: http.StatusRequestTimeout, text: "the body took too long"},
	aborted:      {status: http.StatusBadRequest, text: "the body is incomplete"},
	overloaded:   {status: http.StatusServiceUnavailable, text: "too many deliveries at a time", retryAfter: 1},
	unavailable:  {status: http.StatusServiceUnavailable, text: "deliveries can't be kept", retryAfter: 30},
}

// isJSON reports whether a body is said to be plain JSON.
func isJSON(h http.Header) bool {
	kind, _, err := mime.ParseMediaType(h.Get("Content-Type"))
	encoding := h.Get("Content-Encoding")
	return err == nil && kind == "application/json" && (encoding == "" || encoding == "identity")
}

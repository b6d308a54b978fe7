package api

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"
)

// exchanged sends one request to a handler over real HTTP.
func exchanged(t *testing.T, timeout time.Duration, h http.HandlerFunc) (string, *call, error) {
	t.Helper()
	server := httptest.NewServer(h)
	defer server.Close()
	base := &http.Transport{}
	defer base.CloseIdleConnections()
	r := new(redactor)
	r.add("s3cret-canary")
	x := &exchange{next: base, limit: 1000, timeout: timeout, clean: r.clean, stats: new(Traffic)}
	c := new(call)
	req, err := http.NewRequestWithContext(withCall(t.Context(), c), http.MethodPost, server.URL, strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	res, err := x.RoundTrip(req)
	if err != nil {
		return "", c, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body), c, nil
}

func answerWith(status int, contentType, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

func TestExchangeLetsDataThrough(t *testing.T) {
	for _, body := range []string{`{"data":{"a":1}}`, ` {"data":{"a":null}, "errors":[]} `, `{"errors":null,"data":{}}`} {
		got, c, err := exchanged(t, time.Minute, answerWith(200, "text/plain", body))
		if got != body || err != nil || c.partial != nil || c.bytes != len(body) {
			t.Errorf("%s: %q %v %+v", body, got, err, c)
		}
	}
}

func TestExchangeRefusesTheRest(t *testing.T) {
	const js, html = "application/json", "text/html; charset=utf-8"
	for name, c := range map[string]struct {
		h    http.HandlerFunc
		kind error
		want string
	}{
		"errors": {answerWith(200, js, `{"data":null,"errors":[{"message":"a"},{"message":"b s3cret-canary"},"c",{"message":5},{"message":"e"}]}`),
			new(AnswerError), `the server says: a; b [redacted]; "c"; and 2 more`},
		"all roots null":      {answerWith(200, js, `{"data":{"spaces":null},"errors":[{"message":"unauthorized"}]}`), new(AnswerError), "unauthorized"},
		"errors and 400":      {answerWith(400, js, `{"errors":[{"message":"bad query"}]}`), new(AnswerError), "bad query"},
		"unauthorized by 401": {answerWith(401, js, `{"errors":[{"message":"who?"}]}`), new(StatusError), "HTTP 401 Unauthorized"},
		"forbidden by 403":    {answerWith(403, html, "no"), new(StatusError), "HTTP 403 Forbidden"},
		"login page": {answerWith(200, html, "<html><title> Sign\n in s3cret-canary </title></html>"), new(ForeignError),
			`a page titled "Sign in [redacted]"`},
		"other text":     {answerWith(200, "text/plain", "hello"), new(ForeignError), "5 bytes of text/plain"},
		"null":           {answerWith(200, js, "null"), new(ForeignError), "without data"},
		"no data":        {answerWith(200, js, `{"hello":"world"}`), new(ForeignError), "without data"},
		"data null":      {answerWith(200, js, `{"data":null}`), new(ForeignError), "without data"},
		"a list":         {answerWith(200, js, "[]"), new(BrokenError), "isn't whole"},
		"cut JSON":       {answerWith(200, js, `{"data":{"a":[1,2`), new(BrokenError), "isn't whole"},
		"empty":          {answerWith(200, js, ""), new(BrokenError), "isn't whole"},
		"not found":      {answerWith(404, html, "<html>"), new(StatusError), "HTTP 404 Not Found"},
		"gateway":        {answerWith(502, html, "<html>"), new(StatusError), "HTTP 502"},
		"too much asked": {answerWith(413, html, ""), new(StatusError), "HTTP 413"},
		"oversize":       {answerWith(200, js, `{"data":{"a":"`+strings.Repeat("x", 1000)+`"}}`), new(OversizeError), "longer than"},
		"redirect": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", "https://login.example/in?token=abc")
			w.WriteHeader(http.StatusFound)
		}, new(ForeignError), "redirect (HTTP 302) to https://login.example/in"},
		"cut connection": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "500")
			_, _ = io.WriteString(w, `{"data":`)
		}, new(BrokenError), "broke off after 8 bytes"},
	} {
		_, _, err := exchanged(t, time.Minute, c.h)
		if err == nil || reflect.TypeOf(err) != reflect.TypeOf(c.kind) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %T %v, want %T %q", name, err, err, c.kind, c.want)
		} else if strings.Contains(err.Error(), "token=") || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s: the error shows a secret: %v", name, err)
		}
	}
}

func TestExchangeTakesPartialData(t *testing.T) {
	body := `{"errors":[{"message":"internal error","path":["spaces",1]},{"message":"another"}],"data":{"spaces":[],"name":null}}`
	got, c, err := exchanged(t, time.Minute, answerWith(200, "application/json", body))
	if err != nil || got != body || c.partial == nil || len(c.partial.Messages) != 2 {
		t.Errorf("%q %v %+v", got, err, c)
	}
}

func TestExchangeTimesOut(t *testing.T) {
	release := make(chan struct{})
	defer close(release)
	_, _, err := exchanged(t, 20*time.Millisecond, func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.ReadAll(r.Body) // only then does the server notice that the client is gone
		select {
		case <-r.Context().Done():
		case <-release:
		}
	})
	if _, ok := errors.AsType[*SlowError](err); !ok {
		t.Errorf("%T %v", err, err)
	}
}

func TestRetryAfterHeader(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for header, want := range map[string]time.Duration{
		"": -1, "soon": -1, "-5": -1, "0": 0, "7": 7 * time.Second, "99999999999999": -1,
		now.Add(90 * time.Second).Format(http.TimeFormat): 90 * time.Second, now.Add(-time.Hour).Format(http.TimeFormat): 0,
		strconv.Itoa(86400): 24 * time.Hour,
	} {
		if got := retryAfter(header, now); got != want {
			t.Errorf("%q: %s, want %s", header, got, want)
		}
	}
}

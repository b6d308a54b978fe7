package page

import (
	"crypto/subtle"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"liftgraph/internal/dataset"
	"liftgraph/query/diff"
	"liftgraph/query/lookup"
	"liftgraph/query/questions"
	"liftgraph/query/trace"
)

// Server serves answers as pages, read-only: to whom has the token, and for the hosts that it is said to be.
type Server struct {
	Newest lookup.Newest // what is published
	Nights *diff.Nights  // what it is compared with; nil: nothing
	Token  string
	Hosts  func(host string) bool // whether a Host header is one of the server's
	TLS    bool

	questions [11]once[*questions.Answer] // by number
	night     once[*night]                // the newest publication and the one before, compared
}

// cookie holds the token.
const cookie = "liftgraph_token"

// mostAnswers is the limit of the lists on a served page.
const mostAnswers = 100

// ServeHTTP implements [http.Handler].
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Security-Policy", Policy())
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Type", "text/html; charset=utf-8")
	switch {
	case !s.Hosts(r.Host):
		s.problem(w, http.StatusMisdirectedRequest, "the request is for another host than this server's; open the address that it printed")
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		h.Set("Allow", "GET, HEAD")
		s.problem(w, http.StatusMethodNotAllowed, "this server only shows pages")
	case r.URL.Query().Has("token"):
		s.enter(w, r)
	case !s.knows(r):
		s.problem(w, http.StatusUnauthorized, "the token is missing or not this server's; open the address that it printed when it started")
	default:
		s.show(w, r)
	}
}

// enter exchanges the token of the address for a cookie, so that it stands in no history.
func (s *Server) enter(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	if !s.is(q.Get("token")) {
		s.problem(w, http.StatusUnauthorized, "the token is not this server's; open the address that it printed when it started")
		return
	}
	http.SetCookie(w, &http.Cookie{Name: cookie, Value: s.Token, Path: "/", HttpOnly: true, Secure: s.TLS, SameSite: http.SameSiteStrictMode})
	q.Del("token")
	to := url.URL{Path: "/" + strings.TrimLeft(r.URL.Path, "/\\"), RawQuery: q.Encode()}
	http.Redirect(w, r, to.String(), http.StatusSeeOther)
}

func (s *Server) is(token string) bool {
	return subtle.ConstantTimeCompare([]byte(token), []byte(s.Token)) == 1
}

func (s *Server) knows(r *http.Request) bool {
	if token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
		return s.is(token)
	}
	c, err := r.Cookie(cookie)
	return err == nil && s.is(c.Value)
}

// show answers a request that may be answered.
func (s *Server) show(w http.ResponseWriter, r *http.Request) {
	var p response
	err := s.Newest.Do(r.Context(), func(d *lookup.Dir) (err error) {
		p, err = s.page(r, d)
		return err
	})
	if err == nil && p.to != "" {
		http.Redirect(w, r, p.to, http.StatusSeeOther)
		return
	}
	if err == nil {
		err = execute(w, p.name, p.data)
	}
	if err != nil && r.Context().Err() == nil {
		s.problem(w, status(err), err.Error())
	}
}

// status returns the one of an error's page.
func status(err error) int {
	if _, ok := errors.AsType[*trace.UsageError](err); ok {
		return http.StatusBadRequest
	}
	if _, ok := errors.AsType[*trace.NotFoundError](err); ok || errors.Is(err, errNoPage) || errors.Is(err, diff.ErrNoNights) {
		return http.StatusNotFound
	}
	if errors.Is(err, dataset.ErrNotPublished) || errors.Is(err, lookup.ErrReplaced) {
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}

// problem writes an error's page.
func (s *Server) problem(w http.ResponseWriter, code int, text string) {
	w.WriteHeader(code)
	_ = execute(w, "problem", problem{Title: http.StatusText(code), Served: true, Text: trace.Printable(text)}) // the client may be gone
}

type problem struct {
	Title  string
	Served bool
	Text   string
}

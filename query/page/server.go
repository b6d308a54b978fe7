package page

import (
	"cmp"
	"context"
	"crypto/subtle"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"liftgraph/query/lookup"
	"liftgraph/query/trace"
)

// Server serves answers as pages, read-only: to whom has the token, and for the hosts that it is said to be.
type Server struct {
	Open  func(ctx context.Context) (*lookup.Dir, error) // what is published now
	Token string
	Hosts func(host string) bool // whether a Host header is one of the server's
	TLS   bool

	mu      sync.Mutex
	now     *generation
	checked time.Time
}

// generation is a publication that requests are answered from; it is closed when another has come and no request is left.
type generation struct {
	dir  *lookup.Dir
	uses int
	old  bool
}

// recheck is how long a publication is taken for the newest.
const recheck = time.Second

// cookie holds the token.
const cookie = "liftgraph_token"

// mostAnswers is the limit of the lists on a served page.
const mostAnswers = 100

// Close lets go of what is open.
func (s *Server) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.now == nil {
		return nil
	}
	err := s.now.dir.Close()
	s.now = nil
	return err
}

// use returns the newest publication; done is to be called after use.
func (s *Server) use(ctx context.Context) (d *lookup.Dir, done func(), err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.now == nil || time.Since(s.checked) > recheck {
		next, err := s.Open(context.WithoutCancel(ctx)) // it outlives the request
		switch {
		case err != nil && s.now == nil:
			return nil, nil, err
		case err != nil: // it is being published: the one before answers
		case s.now != nil && next.ManifestSHA256() == s.now.dir.ManifestSHA256():
			_ = next.Close()
		default:
			if s.now != nil {
				s.now.old = true
				s.now.drop()
			}
			s.now = &generation{dir: next}
		}
		s.checked = time.Now()
	}
	g := s.now
	g.uses++
	return g.dir, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		g.uses--
		g.drop()
	}, nil
}

// drop closes a publication that is over.
func (g *generation) drop() {
	if g.old && g.uses == 0 {
		_ = g.dir.Close() // it was only read
	}
}

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
	d, done, err := s.use(r.Context())
	if err != nil {
		s.problem(w, http.StatusServiceUnavailable, err.Error())
		return
	}
	defer done()
	section, id, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	kinds := map[string]trace.Kind{"stack": trace.KindStack, "user": trace.KindUser, "space": trace.KindSpace, "run": trace.KindRun}
	switch {
	case r.URL.Path == "/":
		err = execute(w, "home", newHome(d))
	case section == "search" && id == "":
		s.search(w, r, d)
	case section == "trace" && id != "":
		s.trace(w, r, d, trace.Question{ID: id, Kind: trace.Kind(r.URL.Query().Get("kind")), Limit: mostAnswers})
	case kinds[section] != "" && id != "":
		s.trace(w, r, d, trace.Question{ID: id, Kind: kinds[section], Limit: mostAnswers})
	default:
		s.problem(w, http.StatusNotFound, "there is no such page")
	}
	if err != nil {
		s.problem(w, http.StatusInternalServerError, err.Error())
	}
}

func (s *Server) trace(w http.ResponseWriter, r *http.Request, d *lookup.Dir, q trace.Question) {
	answer, err := trace.AskDir(r.Context(), d, q)
	if err != nil {
		s.problem(w, status(err), err.Error())
		return
	}
	if err := Write(w, answer, Options{Served: true}); err != nil {
		s.problem(w, http.StatusInternalServerError, err.Error())
	}
}

// status returns the one of an error's page.
func status(err error) int {
	if _, ok := errors.AsType[*trace.UsageError](err); ok {
		return http.StatusBadRequest
	}
	if _, ok := errors.AsType[*trace.NotFoundError](err); ok {
		return http.StatusNotFound
	}
	return http.StatusInternalServerError
}

// search leads to the answer where one thing begins so, and else lists what does.
func (s *Server) search(w http.ResponseWriter, r *http.Request, d *lookup.Dir) {
	id := strings.TrimSpace(r.URL.Query().Get("q"))
	list, err := trace.Search(r.Context(), d, id, 50)
	switch {
	case err != nil:
		s.problem(w, status(err), err.Error())
	case len(list) == 1 || len(list) == 0:
		http.Redirect(w, r, "/trace/"+url.PathEscape(cmp.Or(id, "?")), http.StatusSeeOther)
	default:
		_ = execute(w, "list", newList("Begins with "+trace.Printable(id), list)) // the client may be gone
	}
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

// list is a page of links to answers.
type list struct {
	Title  string
	Served bool
	Items  []item
}

type item struct{ Kind, ID, Href string }

func newList(title string, found []trace.Subject) *list {
	l := &list{Title: title, Served: true}
	for _, f := range found {
		l.Items = append(l.Items, item{string(f.Kind), trace.Printable(f.ID), hrefOf(string(f.Kind), f.ID)})
	}
	slices.SortStableFunc(l.Items, func(a, b item) int { return strings.Compare(a.Kind, b.Kind) })
	return l
}

func hrefOf(kind, id string) string {
	return "/trace/" + url.PathEscape(id) + "?kind=" + url.QueryEscape(kind)
}

// home is the first page.
type home struct {
	Title  string
	Served bool
	Fresh  freshness
}

func newHome(d *lookup.Dir) *home {
	m := d.Manifest()
	return &home{Title: "Who and what changed it?", Served: true, Fresh: newFreshness(&trace.Answer{
		Accounts: m.Accounts, AsOf: m.Started, Directory: d.Path(), UpdateTag: m.UpdateTag, Version: m.Version, ManifestSHA256: d.ManifestSHA256(), Incomplete: m.Incomplete(),
	})}
}

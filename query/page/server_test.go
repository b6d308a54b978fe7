package page

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"liftgraph/emit/csvfile"
	"liftgraph/emit/published"
	"liftgraph/graph"
	"liftgraph/graph/graphtest"
	"liftgraph/internal/dataset"
	"liftgraph/query/diff"
	"liftgraph/query/lookup"
)

// publishRuns publishes runs as CSV.
func publishRuns(t testing.TB, ids ...string) string {
	t.Helper()
	runs := graph.NodeTable(graph.SpaceliftRun)
	dir, _ := graphtest.Publish(t, "csv", func(d *dataset.Dir) {
		rows := map[*graph.Table][]graph.Row{}
		for _, id := range ids {
			rows[runs] = append(rows[runs], graphtest.Row(runs, id, "TRACKED", "FINISHED"))
		}
		graphtest.Write(t, csvfile.New(d), rows)
	})
	return dir
}

const token = "0123456789abcdef"

func newServer(t testing.TB, dir *string) *Server {
	t.Helper()
	s := &Server{Token: token, Hosts: func(h string) bool { return h == "127.0.0.1:1" }}
	s.Newest.Open = func(ctx context.Context) (*lookup.Dir, error) { return lookup.Open(ctx, *dir) }
	s.Newest.Every = time.Nanosecond
	s.Nights = &diff.Nights{URI: *dir, Options: published.Options{Temp: t.TempDir()}}
	t.Cleanup(func() { _ = s.Newest.Close() })
	return s
}

func get(s http.Handler, method, target, host string, change func(*http.Request)) (*http.Response, string) {
	r := httptest.NewRequest(method, target, nil)
	r.Host = host
	if change != nil {
		change(r)
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	b, _ := io.ReadAll(w.Result().Body)
	return w.Result(), string(b)
}

func withCookie(r *http.Request) { r.AddCookie(&http.Cookie{Name: cookie, Value: token}) }

// Only who has the token, for this server's host, by GET, sees a page; whatever is answered has the policy.
func TestServer(t *testing.T) {
	dir := publishRuns(t, "01M7B6WRR2SHTT9YBY5JMATC7M", "01M7HP6NF7CJ701XN8B299K8S1")
	s := newServer(t, &dir)
	const host = "127.0.0.1:1"
	for name, c := range map[string]struct {
		method, target, host string
		change               func(*http.Request)
		status               int
		body                 string
	}{
		"home":              {"GET", "/", host, withCookie, 200, "Who and what changed it?"},
		"no token":          {"GET", "/", host, nil, 401, "the token is missing"},
		"wrong token":       {"GET", "/?token=no", host, nil, 401, "the token is not this server"},
		"wrong cookie":      {"GET", "/", host, func(r *http.Request) { r.AddCookie(&http.Cookie{Name: cookie, Value: "x"}) }, 401, ""},
		"another host":      {"GET", "/?token=" + token, "evil.example", nil, 421, "another host"},
		"rebound host":      {"GET", "/", "evil.example:1", withCookie, 421, ""},
		"post":              {"POST", "/", host, withCookie, 405, ""},
		"trace":             {"GET", "/trace/01M7B6WRR2SHTT9YBY5JMATC7M", host, withCookie, 200, "data-section=\"evidence\""},
		"run":               {"GET", "/run/01M7B6WRR2", host, withCookie, 200, "01M7B6WRR2SHTT9YBY5JMATC7M"},
		"not there":         {"GET", "/trace/nothing-of-this", host, withCookie, 404, "has no"},
		"ambiguous":         {"GET", "/trace/01M7", host, withCookie, 404, "begins several ids"},
		"hostile":           {"GET", "/trace/%3Cscript%3Ealert(1)%3C%2Fscript%3E", host, withCookie, 404, "&lt;script&gt;"},
		"control":           {"GET", "/trace/a%0Ab", host, withCookie, 400, "can&#39;t be an id"},
		"bad kind":          {"GET", "/trace/a?kind=planet", host, withCookie, 400, "planet"},
		"search":            {"GET", "/search?q=01m7", host, withCookie, 200, "01M7HP6NF7CJ701XN8B299K8S1"},
		"search for one":    {"GET", "/search?q=01m7b", host, withCookie, 303, ""},
		"search of none":    {"GET", "/search", host, withCookie, 400, "needs the id"},
		"no previous night": {"GET", "/night", host, withCookie, 404, "it is one publication, not a lake"},
		"questions":         {"GET", "/questions", host, withCookie, 200, "Which runs terminated instances outside working hours?"},
		"first question":    {"GET", "/questions/1", host, withCookie, 200, "placeholder=\"i-…\""},
		"question":          {"GET", "/questions/9", host, withCookie, 200, "data-section=\"answer\""},
		"no night to ask":   {"GET", "/questions/7", host, withCookie, 404, "no earlier publication"},
		"no question":       {"GET", "/questions/11", host, withCookie, 404, "no such page"},
		"odd question":      {"GET", "/questions/01", host, withCookie, 404, "no such page"},
		"no page":           {"GET", "/etc/passwd", host, withCookie, 404, "no such page"},
		"bearer":            {"GET", "/", host, func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+token) }, 200, ""},
		"token to a trace":  {"GET", "/trace/x?token=" + token, host, nil, 303, ""},
	} {
		res, body := get(s, c.method, c.target, c.host, c.change)
		if res.StatusCode != c.status || !strings.Contains(body, c.body) {
			t.Errorf("%s: got %d %q, want %d %q", name, res.StatusCode, body[max(0, len(body)-300):], c.status, c.body)
		}
		if p := res.Header.Get("Content-Security-Policy"); !strings.HasPrefix(p, "default-src 'none';") || strings.Contains(p, "unsafe") {
			t.Errorf("%s: policy %q", name, p)
		}
		if strings.Contains(body, "<script>alert") {
			t.Errorf("%s: a script of a user's", name)
		}
	}
	res, _ := get(s, "GET", "//evil.example/?token="+token, host, nil)
	if to := res.Header.Get("Location"); !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") {
		t.Errorf("redirected to %q", to)
	}
}

// A new publication answers without a restart.
func TestServerFollows(t *testing.T) {
	dir := publishRuns(t, "01M7B6WRR2SHTT9YBY5JMATC7M")
	s := newServer(t, &dir)
	const host, next = "127.0.0.1:1", "01M7HP6NF7CJ701XN8B299K8S1"
	if res, _ := get(s, "GET", "/run/"+next, host, withCookie); res.StatusCode != http.StatusNotFound {
		t.Errorf("got %d", res.StatusCode)
	}
	newer := publishRuns(t, "01M7B6WRR2SHTT9YBY5JMATC7M", next)
	if err := os.Rename(dir, dir+".old"); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(newer, dir); err != nil {
		t.Fatal(err)
	}
	if res, body := get(s, "GET", "/run/"+next, host, withCookie); res.StatusCode != http.StatusOK {
		t.Errorf("got %d %s", res.StatusCode, body)
	}
}

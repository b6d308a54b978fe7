package spacelift

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"liftgraph/fixtures/fakespacelift"
	"liftgraph/internal/raw"
)

func fails(t *testing.T, cfg Config, want ...string) error {
	t.Helper()
	out := new(memory)
	report, err := Extract(t.Context(), cfg, out)
	if err == nil || report != nil || len(out.records) > 0 {
		t.Fatalf("no error, but %+v and %d records", report, len(out.records))
	}
	wantText(t, err.Error(), want...)
	return err
}

func TestBadToken(t *testing.T) {
	_, cfg := serve(t, small(1, 0), fakespacelift.Options{})
	cfg.Token = "a-bad-token"
	fails(t, cfg, cfg.Endpoint, "doesn't take the token", "check that it is whole")
	cfg.Token = jwt(`{"aud":["https://other.app.spacelift.io"],"exp":4000000000}`)
	fails(t, cfg, "issued for other.app.spacelift.io")
	cfg.Token = jwt(`{"exp":1700000000}`)
	fails(t, cfg, "expired at 2023-11-14T22:13:20Z", "SPACELIFT_API_TOKEN")
}

func TestBadKey(t *testing.T) {
	_, cfg := serve(t, small(1, 0), fakespacelift.Options{Keys: map[string]string{"01KEY": "s3cret-canary"}})
	cfg.KeyID = "01OTHER"
	err := fails(t, cfg, cfg.Endpoint, "refuses the API key", "01OTHER", "check the id")
	if strings.Contains(err.Error(), "s3cret-canary") {
		t.Errorf("%v", err)
	}
	server, cfg := serve(t, small(1, 0), fakespacelift.Options{Keys: map[string]string{"01KEY": "s3cret-canary"}})
	server.Inject(fakespacelift.Fault{Field: "apiKeyUser", Do: fakespacelift.Errors("no key with the secret s3cret-canary")})
	fails(t, cfg, "no key with the secret [redacted]")
}

func TestNotSpacelift(t *testing.T) {
	for name, c := range map[string]struct {
		do   fakespacelift.Action
		want string
	}{
		"login page": {fakespacelift.HTML(), `isn't Spacelift's API: no GraphQL answer, but a page titled "Sign in"`},
		"not found":  {fakespacelift.Status(404, ""), "there is no API at"},
		"another GraphQL": {fakespacelift.Errors(`Cannot query field "viewer" on type "Query".`),
			"no Spacelift API that this program knows: the server says: Cannot query field"},
		"401": {fakespacelift.Status(401, ""), "doesn't take the token"},
	} {
		t.Run(name, func(t *testing.T) {
			server, cfg := serve(t, small(1, 0), fakespacelift.Options{})
			server.Inject(fakespacelift.Fault{Do: c.do})
			fails(t, cfg, cfg.Endpoint, c.want, "check")
			if n := server.Count(""); n != 1 {
				t.Errorf("asked %d times", n)
			}
		})
	}
}

func TestUnreachable(t *testing.T) {
	t.Parallel()
	var lc net.ListenConfig
	l, err := lc.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	fails(t, Config{Endpoint: "http://" + address, Token: "a-token"}, "can't reach http://"+address+"/graphql", "connection refused", "4 attempts", "check the endpoint")
}

func TestUnknownHost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cfg := Config{Endpoint: "https://acme.app.spacelift.test", Token: "a-token"}
		start := time.Now()
		cfg.Transport = transportFunc(func(*http.Request) (*http.Response, error) {
			return nil, &net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{Err: "no such host", Name: "acme.app.spacelift.test", IsNotFound: true}}
		})
		fails(t, cfg, "can't reach", "no such host")
		if time.Since(start) > 0 {
			t.Errorf("after %s", time.Since(start))
		}
	})
}

type transportFunc func(*http.Request) (*http.Response, error)

func (f transportFunc) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// TestSilentServer takes the connection and says nothing.
func TestSilentServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server, cfg := serveInside(t, small(1, 0), fakespacelift.Options{})
		server.Inject(fakespacelift.Fault{Do: fakespacelift.Delay(time.Hour)})
		start := time.Now()
		fails(t, cfg, "within 1m0s", "check") // the request's own limit or that of the connection check, whichever timer is first
		if d := time.Since(start); d != time.Minute {
			t.Errorf("after %s", d)
		}
	})
}

// TestBusyServer is down for a few seconds at first.
func TestBusyServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server, cfg := serveInside(t, small(1, 0), fakespacelift.Options{})
		server.Inject(fakespacelift.Fault{Nth: 1, Times: 3, Do: fakespacelift.Status(503, "")})
		if _, report := extract(t, cfg); len(incomplete(report)) > 0 || report.Source.Retries != 3 {
			t.Errorf("%+v", report)
		}
	})
}

func TestCancelled(t *testing.T) {
	why := errors.New("SIGTERM")
	for _, field := range []string{"viewer", "__schema", "searchStacks", "managedUsers", "searchRuns", "stack"} {
		ctx, cancel := context.WithCancelCause(t.Context())
		_, cfg := serve(t, small(300, 3), fakespacelift.Options{OnRequest: func(r fakespacelift.Request) {
			if len(r.Fields) > 0 && r.Fields[0] == field {
				cancel(why)
			}
		}})
		if report, err := Extract(ctx, cfg, new(memory)); !errors.Is(err, why) || report != nil {
			t.Errorf("at %s: %v", field, err)
		}
	}
}

func TestFullDisk(t *testing.T) {
	for _, n := range []int{1, 2, 5, 20, 250} {
		_, cfg := serve(t, small(300, 3), fakespacelift.Options{})
		report, err := Extract(t.Context(), cfg, &memory{failAt: n})
		if !errors.Is(err, errFull) || report != nil {
			t.Errorf("record %d: %v", n, err)
		}
	}
}

// TestServerGoesAway: it answers no more from a point on. The rest is missing, soon, and named.
func TestServerGoesAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		down := false
		server, err := fakespacelift.New(small(300, 3), fakespacelift.Options{Token: "a-good-token"})
		if err != nil {
			t.Fatal(err)
		}
		cfg := Config{Endpoint: "https://acme.example", Token: "a-good-token", Transport: inProcess{http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if down = down || server.Count("searchManagedEntities") > 0; down {
				panic(http.ErrAbortHandler)
			}
			server.ServeHTTP(w, r)
		})}}
		start := time.Now()
		_, report := extract(t, cfg)
		if got := fmt.Sprint(incomplete(report)); got != "[runs run_details run_logs]" {
			t.Errorf("%s", got)
		}
		wantText(t, scopeNamed(t, report, scopeRuns).Reason, "doesn't answer any more: connection reset by peer (8 attempts)", "run again when it does")
		if d := time.Since(start); d > 4*time.Minute {
			t.Errorf("it took %s", d)
		}
	})
}

func TestHTTP2(t *testing.T) {
	handler, err := fakespacelift.New(small(60, 0), fakespacelift.Options{Token: "a-good-token"})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(handler)
	server.EnableHTTP2 = true
	server.StartTLS()
	defer server.Close()
	cfg := Config{Endpoint: server.URL, Token: "a-good-token", Transport: server.Client().Transport}
	if out, report := extract(t, cfg); len(incomplete(report)) > 0 || len(out.ids("run")) != 60 {
		t.Errorf("%+v", report.Scopes)
	}
}

// TestFullDiskEndsPromptly: it doesn't wait for the next page, which the server puts off for long.
func TestFullDiskEndsPromptly(t *testing.T) {
	for _, c := range []struct {
		field   string
		kind    raw.Kind
		without []string
		put     int // off: this request of the field, and those after it
	}{
		{"searchManagedEntities", raw.KindEntity, nil, 2},
		{"searchRuns", raw.KindRun, nil, 2},
		{"stack", raw.KindRun, []string{"Query.searchRuns"}, 4},
	} {
		synctest.Test(t, func(t *testing.T) {
			options := fakespacelift.Options{Without: c.without, RunPage: 5}
			_, cfg := serveInside(t, small(120, 120), options)
			cfg.RunDetails, cfg.Workers = NoDetails, 2
			full, _ := extract(t, cfg)
			at := 1 + slices.IndexFunc(full.records, func(r raw.Record) bool { return r.Kind() == c.kind })

			options.Faults = []fakespacelift.Fault{{Field: c.field, Nth: c.put, Times: 1000, Do: fakespacelift.Status(429, "840")}}
			server, cfg := serveInside(t, small(120, 120), options)
			cfg.RunDetails, cfg.Workers = NoDetails, 2
			began := time.Now()
			_, err := Extract(t.Context(), cfg, &slowToFail{memory{failAt: at}})
			if took := time.Since(began); !errors.Is(err, errFull) || took > time.Minute {
				t.Errorf("%s: %v after %s", c.field, err, took)
			}
			if server.Count(c.field) < c.put {
				t.Errorf("%s was asked for %d times only", c.field, server.Count(c.field))
			}
		})
	}
}

// slowToFail is an output that takes a while before it fails, so that the next page is under way.
type slowToFail struct{ memory }

func (s *slowToFail) Record(r raw.Record) error {
	err := s.memory.Record(r)
	if err != nil {
		time.Sleep(time.Second)
	}
	return err
}

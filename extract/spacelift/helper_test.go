package spacelift

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"liftgraph/fixtures/fakespacelift"
	"liftgraph/internal/dataset"
	"liftgraph/internal/raw"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// memory is an [Output] that keeps everything.
type memory struct {
	records  []raw.Record
	rejected []raw.Rejected
	failAt   int // the record that can't be kept, from 1
}

var errFull = errors.New("no space left on device")

func (m *memory) Record(r raw.Record) error {
	if len(m.records)+1 == m.failAt {
		return errFull
	}
	m.records = append(m.records, r)
	return nil
}

func (m *memory) Reject(r raw.Rejected) error {
	m.rejected = append(m.rejected, r)
	return nil
}

// ids returns the ids of the records of a kind, in the order of their delivery.
func (m *memory) ids(kind raw.Kind) []string {
	var ids []string
	for _, r := range m.records {
		if r.Kind() != kind {
			continue
		}
		switch r := r.(type) {
		case *raw.Stack:
			ids = append(ids, r.ID)
		case *raw.Run:
			ids = append(ids, r.ID)
		case *raw.Entity:
			ids = append(ids, r.ID)
		case *raw.Space:
			ids = append(ids, r.ID)
		case *raw.User:
			ids = append(ids, r.ID)
		default:
			ids = append(ids, "?")
		}
	}
	return ids
}

func (m *memory) run(t *testing.T, id string) *raw.Run {
	t.Helper()
	for _, r := range m.records {
		if run, ok := r.(*raw.Run); ok && run.ID == id {
			return run
		}
	}
	t.Fatalf("run %s was not delivered", id)
	return nil
}

// text is everything that was delivered, to compare.
func (m *memory) text(t *testing.T) string {
	t.Helper()
	var all strings.Builder
	for _, r := range m.records {
		b, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&all, "%s %s\n", r.Kind(), b)
	}
	return all.String()
}

// serve starts the fake with an account and returns a config that reads it without limits, in pages of 50 and details apart: as where
// a server refuses more. The tests of detailpage_test.go read them within the pages.
func serve(t *testing.T, a fakespacelift.Account, o fakespacelift.Options) (*fakespacelift.Server, Config) {
	t.Helper()
	if o.Token == "" && o.Keys == nil {
		o.Token = "a-good-token"
	}
	server, endpoint := fakespacelift.Start(t, a, o)
	cfg := Config{Endpoint: endpoint, Token: Secret(o.Token), apart: true}
	for id, secret := range o.Keys {
		cfg.KeyID, cfg.KeySecret = id, func() (Secret, error) { return Secret(secret), nil }
	}
	return server, cfg
}

// extract must succeed, with a balanced ledger that agrees with what was delivered.
func extract(t *testing.T, cfg Config) (*memory, *Report) {
	t.Helper()
	out := new(memory)
	report, err := Extract(t.Context(), cfg, out)
	if err != nil {
		t.Fatal(err)
	}
	if err := report.Ledger.Check(); err != nil {
		t.Error(err)
	}
	if report.Ledger.Out != int64(len(out.records)) {
		t.Errorf("the ledger says %d records, %d were delivered", report.Ledger.Out, len(out.records))
	}
	return out, report
}

// incomplete returns the incomplete scopes as "scope" or "scope/stack".
func incomplete(r *Report) []string {
	var names []string
	for _, s := range r.Scopes {
		if s.Complete {
			continue
		}
		name := s.Scope
		if s.Stack != "" {
			name += "/" + s.Stack
		}
		names = append(names, name)
	}
	return names
}

func scopeNamed(t *testing.T, r *Report, name string) dataset.Scope {
	t.Helper()
	for _, s := range r.Scopes {
		if s.Scope == name && s.Stack == "" {
			return s
		}
	}
	t.Fatalf("no scope %s in %v", name, r.Scopes)
	return dataset.Scope{}
}

// wantText fails where one of the parts isn't in the text.
func wantText(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if !strings.Contains(text, p) {
			t.Errorf("%q is missing in: %s", p, text)
		}
	}
}

type fakeRow = fakespacelift.Row

// runID returns the id of the nth run of a test's account.
func runID(n int) string { return fmt.Sprintf("01HZZZZZZZZZ%014d", n) }

// small is an account of three stacks with n runs in turn, newest first, and m entities of the first.
func small(n, m int) *fakespacelift.Memory {
	stacks := []string{"web", "api", "db"}
	runs, entities := fakespacelift.Rows{}, fakespacelift.Rows{}
	for i := n; i > 0; i-- {
		runs = append(runs, fakeRow{
			"id": runID(i), "stack": stacks[i%3], "type": []string{"TRACKED", "PROPOSED", "TASK", "DESTROY"}[i/3%4], "state": "FINISHED",
			"createdAt": 1_700_000_000 + i, "triggeredBy": "marta@acme.example", "commit": fakeRow{"hash": fmt.Sprintf("%040x", i), "authorLogin": "marta"},
			"history": []any{fakeRow{"state": "FINISHED", "timestamp": i}, fakeRow{"state": "CONFIRMED", "timestamp": i, "username": "jo"}},
			"logs":    fakeRow{"PREPARING": fakeRow{"messages": []any{groundControl("public ", workerID(i))}}},
		})
	}
	for i := range m {
		entities = append(entities, fakeRow{
			"id": fmt.Sprintf("e%d", i), "stackId": "web", "type": "aws_instance", "creator": runID(1), "updater": runID(n),
			"vendor": fakeRow{"__typename": "EntityVendorTerraform", "terraform": fakeRow{
				"__typename": "TerraformResource", "mode": "managed", "values": fmt.Sprintf(`{"id":"i-%08x","password":"hunter2-canary"}`, i),
			}},
		})
	}
	return &fakespacelift.Memory{
		Root: fakeRow{"name": "acme"},
		Tables: map[string]fakespacelift.Rows{
			"spaces": {{"id": "root", "name": "root"}, {"id": "secret", "name": "secret", "parentSpace": "root"}},
			"stacks": {
				{"id": "web", "name": "Web", "space": "root", "entityCount": m}, {"id": "api", "name": "API", "space": "root", "entityCount": 0},
				{"id": "db", "name": "DB", "space": "secret"},
			},
			"workerPools":       {{"id": "01POOL", "name": "private", "space": "root", "workers": []any{fakeRow{"id": "01WORKER", "metadata": "{}"}}}},
			"managedUsers":      {{"id": "01USER", "username": "marta", "accessRules": []any{fakeRow{"space": "root", "spaceAccessLevel": "ADMIN"}}}},
			"managedUserGroups": {{"id": "01GROUP", "groupName": "ops"}},
			"apiKeys":           {{"id": "01APIKEY", "name": "nightly"}},
			"roles":             {{"id": "01ROLE", "name": "Admin", "slug": "space-admin"}},
			"runs":              runs,
			"entities":          entities,
		},
	}
}

func workerID(n int) string { return fmt.Sprintf("01WZZZZZZZZZ%014d", n) }

func groundControl(public, worker string) string {
	return "[Ground Control] This is Ground Control to " + public + "worker " + worker + ", commencing countdown"
}

// inProcess answers requests by a handler in the same goroutine, without a network: so that a test's clock may be a
// false one.
type inProcess struct{ handler http.Handler }

var errConnectionReset = errors.New("connection reset by peer")

func (p inProcess) RoundTrip(req *http.Request) (res *http.Response, err error) {
	defer func() {
		if r := recover(); r != nil {
			if aborted, ok := r.(error); !ok || !errors.Is(aborted, http.ErrAbortHandler) {
				panic(r)
			}
			res, err = nil, errConnectionReset
		}
	}()
	rec := httptest.NewRecorder()
	p.handler.ServeHTTP(rec, req)
	if err := req.Context().Err(); err != nil {
		return nil, err
	}
	return rec.Result(), nil
}

// serveInside is like serve, without a network.
func serveInside(t *testing.T, a fakespacelift.Account, o fakespacelift.Options) (*fakespacelift.Server, Config) {
	t.Helper()
	if o.Token == "" && o.Keys == nil {
		o.Token = "a-good-token"
	}
	server, err := fakespacelift.New(a, o)
	if err != nil {
		t.Fatal(err)
	}
	cfg := Config{Endpoint: "https://acme.app.spacelift.io", Token: Secret(o.Token), Transport: inProcess{server}, apart: true}
	for id, secret := range o.Keys {
		cfg.KeyID, cfg.KeySecret = id, func() (Secret, error) { return Secret(secret), nil }
	}
	return server, cfg
}

// reauthorized sends each request with another token.
type reauthorized struct {
	next  http.RoundTripper
	token string
}

func (r reauthorized) RoundTrip(req *http.Request) (*http.Response, error) {
	req = req.Clone(req.Context())
	req.Header.Set("Authorization", "Bearer "+r.token)
	return r.next.RoundTrip(req)
}

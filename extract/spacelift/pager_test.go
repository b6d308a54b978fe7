package spacelift

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"

	"liftgraph/extract/spacelift/api"
	"liftgraph/fixtures/fakespacelift"
	"liftgraph/internal/raw"
)

func wantRuns(t *testing.T, out *memory, n int) {
	t.Helper()
	ids := out.ids(raw.KindRun)
	seen := map[string]bool{}
	for _, id := range ids {
		seen[id] = true
	}
	if len(seen) != n {
		t.Errorf("%d different runs of %d delivered, want %d", len(seen), len(ids), n)
	}
}

func TestServerCapsFirst(t *testing.T) {
	server, cfg := serve(t, small(95, 25), fakespacelift.Options{PageMax: 10})
	out, report := extract(t, cfg)
	if got := incomplete(report); got != nil || server.Count("searchRuns") != 11 || len(out.ids(raw.KindEntity)) != 25 {
		t.Errorf("%v, %d pages of runs", got, server.Count("searchRuns"))
	}
	wantRuns(t, out, 95)
}

func TestServerRejectsFirst(t *testing.T) {
	for _, most := range []int{1, 7, 20} {
		_, cfg := serve(t, small(60, 5), fakespacelift.Options{RejectFirstOver: most})
		out, report := extract(t, cfg)
		if got := incomplete(report); got != nil {
			t.Errorf("at most %d: %+v", most, report.Scopes)
		}
		wantRuns(t, out, 60)
	}
}

func TestRepeatedCursor(t *testing.T) {
	again := fakespacelift.Fault{Field: "searchRuns", Nth: 3, Do: fakespacelift.RepeatCursor()}
	_, cfg := serve(t, small(300, 0), fakespacelift.Options{Faults: []fakespacelift.Fault{again}})
	out, report := extract(t, cfg)
	if got := incomplete(report); !slices.Equal(got, []string{scopeRuns, scopeDetails, scopeLogs}) {
		t.Errorf("%v", got)
	}
	wantText(t, scopeNamed(t, report, scopeRuns).Reason, "again: its pages go round in a circle", "runs with their commits")
	wantRuns(t, out, 150)
}

func TestNextPageWithoutCursor(t *testing.T) {
	cut := fakespacelift.Fault{Field: "searchStacks", Do: fakespacelift.Null("searchStacks.pageInfo.endCursor")}
	more := fakespacelift.Options{PageMax: 2, Faults: []fakespacelift.Fault{cut}}
	_, cfg := serve(t, small(3, 0), more)
	out, report := extract(t, cfg)
	if got := incomplete(report); !slices.Equal(got, []string{scopeStacks}) || len(out.ids(raw.KindStack)) != 2 {
		t.Errorf("%v", got)
	}
	wantText(t, scopeNamed(t, report, scopeStacks).Reason, "sends no cursor")
}

func TestNullRows(t *testing.T) {
	faults := []fakespacelift.Fault{
		{Field: "searchRuns", Nth: 1, Do: fakespacelift.Null("searchRuns.edges.0.node")},
		{Field: "searchRuns", Nth: 2, Do: fakespacelift.Null("searchRuns.edges.1")},
		{Field: "searchRuns", Nth: 3, Do: fakespacelift.Null("searchRuns.edges.2.node.run")},
		{Field: "searchStacks", Do: fakespacelift.Null("searchStacks.edges.0.node")},
		{Field: "spaces", Do: fakespacelift.Null("spaces.1")},
		{Field: "managedUsers", Do: fakespacelift.Null("managedUsers.0")},
	}
	_, cfg := serve(t, small(180, 3), fakespacelift.Options{Faults: faults})
	out, report := extract(t, cfg)
	if got := incomplete(report); got != nil {
		t.Errorf("%+v", report.Scopes)
	}
	if n := report.Ledger.Filtered["null_row"]; n != 6 || len(out.ids(raw.KindStack)) != 2 {
		t.Errorf("%+v", report.Ledger)
	}
	wantRuns(t, out, 178) // the newest one, null at first, comes with the head
}

func TestPartialPage(t *testing.T) {
	partial := fakespacelift.Fault{Field: "searchRuns", Nth: 2, Do: fakespacelift.Partial("searchRuns.edges.1.node", "internal error: shard 7")}
	_, cfg := serve(t, small(180, 3), fakespacelift.Options{Faults: []fakespacelift.Fault{partial}})
	out, report := extract(t, cfg)
	if got := incomplete(report); !slices.Equal(got, []string{scopeRuns, scopeDetails, scopeLogs}) {
		t.Errorf("%+v", got)
	}
	wantText(t, scopeNamed(t, report, scopeRuns).Reason, "the server says: internal error: shard 7", "may be missing")
	wantRuns(t, out, 179)
}

// TestDataMoves repeats rows of the page before, as when new ones came on top: they are delivered again.
func TestDataMoves(t *testing.T) {
	moved := []fakespacelift.Fault{
		{Field: "searchRuns", Nth: 2, Do: fakespacelift.Shift(1)}, {Field: "searchStacks", Nth: 2, Do: fakespacelift.Shift(1)},
		{Field: "searchManagedEntities", Nth: 2, Do: fakespacelift.Shift(1)},
	}
	_, cfg := serve(t, small(180, 60), fakespacelift.Options{Faults: moved, PageMax: 2})
	out, report := extract(t, cfg)
	if got := incomplete(report); got != nil {
		t.Errorf("%v", got)
	}
	wantRuns(t, out, 180)
	if n := len(out.ids(raw.KindStack)); n != 4 {
		t.Errorf("stacks %v", out.ids(raw.KindStack))
	}

	_, cfg = serve(t, small(180, 60), fakespacelift.Options{
		Faults: append(moved, fakespacelift.Fault{Field: "stack", Nth: 3, Do: fakespacelift.Shift(2)}), PageMax: 2, RunPage: 7, Without: []string{"Query.searchRuns"},
	})
	out, report = extract(t, cfg)
	if got := incomplete(report); got != nil {
		t.Errorf("%v", got)
	}
	wantRuns(t, out, 180)
}

// TestTroubleOnTheWay: whatever passes is outlived, without a gap.
func TestTroubleOnTheWay(t *testing.T) {
	for name, do := range map[string]fakespacelift.Action{
		"429": fakespacelift.Status(429, ""), "429 with seconds": fakespacelift.Status(429, "30"),
		"429 with a date": fakespacelift.Status(429, "Sat, 01 Jan 2000 00:01:00 GMT"), // false clocks begin in 2000
		"500":             fakespacelift.Status(500, ""), "502": fakespacelift.Status(502, ""), "503": fakespacelift.Status(503, "1"),
		"reset": fakespacelift.Reset(), "truncated": fakespacelift.Truncate(20), "login page": fakespacelift.HTML(),
		"throttled": fakespacelift.Errors("rate limit exceeded, try again"), "hiccup": fakespacelift.Errors("internal server error"),
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server, cfg := serveInside(t, small(180, 3), fakespacelift.Options{})
				server.Inject(fakespacelift.Fault{Field: "searchRuns", Nth: 2, Times: 2, Do: do})
				server.Inject(fakespacelift.Fault{Field: "stack", Nth: 1, Times: 2, Do: do})
				server.Inject(fakespacelift.Fault{Field: "managedUsers", Nth: 1, Do: do})
				out, report := extract(t, cfg)
				if got := incomplete(report); got != nil {
					t.Errorf("%+v", report.Scopes)
				}
				wantRuns(t, out, 180)
				if len(out.run(t, runID(180)).Workers) != 1 {
					t.Error("the run has no worker")
				}
			})
		})
	}
}

// TestTroubleOverTheNetwork: the same with real connections, and real waits.
func TestTroubleOverTheNetwork(t *testing.T) {
	t.Parallel()
	server, cfg := serve(t, small(120, 3), fakespacelift.Options{})
	for i, do := range []fakespacelift.Action{
		fakespacelift.Reset(), fakespacelift.Status(429, "1"), fakespacelift.Truncate(100), fakespacelift.Status(503, ""), fakespacelift.HTML(),
	} {
		server.Inject(fakespacelift.Fault{Nth: 5 + 2*i, Do: do})
	}
	out, report := extract(t, cfg)
	if got := incomplete(report); got != nil || report.Source.Retries != 5 {
		t.Errorf("%+v", report)
	}
	wantRuns(t, out, 120)
}

// TestOnePageNeverComes: what came before is delivered, the scope is incomplete, the rest is read.
func TestOnePageNeverComes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server, cfg := serveInside(t, small(180, 3), fakespacelift.Options{})
		server.Inject(fakespacelift.Fault{Field: "searchRuns", Nth: 3, Times: api.MaxAttempts, Do: fakespacelift.Status(500, "")})
		server.Inject(fakespacelift.Fault{Field: "spaces", Do: fakespacelift.Oversized(70 << 20)})
		out, report := extract(t, cfg)
		if got := incomplete(report); !slices.Equal(got, []string{scopeSpaces, scopeRuns, scopeDetails, scopeLogs}) {
			t.Errorf("%v", got)
		}
		wantText(t, scopeNamed(t, report, scopeRuns).Reason, "HTTP 500 Internal Server Error (8 attempts)")
		wantText(t, scopeNamed(t, report, scopeSpaces).Reason, "longer than 64 MiB, which is the limit of one answer", "--max-answer", "spaces with their CONTAINS and HAS_ROLE_IN edges may be missing")
		wantRuns(t, out, 100)
	})
}

// TestPageTooLong: a page whose rows make it longer than what is read is asked for with fewer rows.
func TestPageTooLong(t *testing.T) {
	account := small(100, 0)
	for _, r := range account.Tables["runs"] {
		r["commit"].(fakeRow)["message"] = strings.Repeat("long ", 200)
	}
	_, cfg := serve(t, account, fakespacelift.Options{})
	cfg.MaxAnswer = 20 << 10
	out, report := extract(t, cfg)
	if got := incomplete(report); got != nil {
		t.Errorf("%+v", report.Scopes)
	}
	wantRuns(t, out, 100)
}

// TestEmptyPagesWithoutEnd: each has another cursor.
func TestEmptyPagesWithoutEnd(t *testing.T) {
	n := 0
	server, cfg := serveInside(t, small(10, 0), fakespacelift.Options{})
	inner := cfg.Transport
	cfg.Transport = transportFunc(func(req *http.Request) (*http.Response, error) {
		before := server.Count("searchManagedEntities")
		res, err := inner.RoundTrip(req)
		if err == nil && server.Count("searchManagedEntities") > before {
			n++
			body := fmt.Sprintf(`{"data":{"viewer":{"id":"a"},"searchManagedEntities":{"edges":[],"pageInfo":{"hasNextPage":true,"endCursor":"c%d"}}}}`, n)
			res.Body = io.NopCloser(strings.NewReader(body))
		}
		return res, err
	})
	_, report := extract(t, cfg)
	if got := incomplete(report); !slices.Equal(got, []string{scopeEntities}) || n != maxEmptyPages {
		t.Errorf("%v after %d pages", got, n)
	}
	wantText(t, scopeNamed(t, report, scopeEntities).Reason, "1000 empty pages in a row")
}

// TestPageSizeRecovers: one slow answer doesn't halve the pages for good; a server's own limit is kept to.
func TestPageSizeRecovers(t *testing.T) {
	for name, c := range map[string]struct {
		do   fakespacelift.Action
		last int
	}{"slow": {fakespacelift.Delay(2 * api.RequestTimeout), 30}, "refused": {fakespacelift.Errors("first must be at most 40"), 25}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				size := 0
				server, cfg := serveInside(t, small(250, 0), fakespacelift.Options{OnRequest: func(r fakespacelift.Request) {
					if len(r.Fields) > 0 && r.Fields[0] == "searchRuns" {
						input, _ := r.Variables["input"].(map[string]any)
						if input["after"] != nil {
							size, _ = strconv.Atoi(fmt.Sprint(input["first"]))
						}
					}
				}})
				server.Inject(fakespacelift.Fault{Field: "searchRuns", Nth: 3, Do: c.do})
				out, report := extract(t, cfg)
				if got := incomplete(report); got != nil || size != c.last {
					t.Errorf("%v, the last page of %d", got, size)
				}
				wantRuns(t, out, 250)
			})
		})
	}
}

package spacelift

import (
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"liftgraph/fixtures/fakespacelift"
	"liftgraph/internal/raw"
)

func asksFor(run string) func(fakespacelift.Request) bool {
	return func(r fakespacelift.Request) bool {
		for _, v := range r.Variables {
			if v == run {
				return true
			}
		}
		return false
	}
}

func TestDetails(t *testing.T) {
	const n = 10
	account := small(n, 0)
	byID := map[string]fakeRow{}
	for _, r := range account.Tables["runs"] {
		byID[r["id"].(string)] = r
	}
	byID[runID(10)]["logs"] = fakeRow{ // another worker takes over to apply
		"PREPARING":       fakeRow{"messages": []any{groundControl("public ", workerID(1))}},
		"PREPARING_APPLY": fakeRow{"messages": []any{"hello", groundControl("", workerID(2)), "secret-canary"}},
	}
	byID[runID(9)]["logs"] = fakeRow{"PREPARING": fakeRow{"expired": true, "exists": false, "messages": []any{}}}
	byID[runID(8)]["logs"] = fakeRow{"PREPARING": fakeRow{"messages": []any{"nothing here"}}}
	byID[runID(7)]["logs"] = nil // queued, say
	byID[runID(6)]["isModule"] = true
	byID[runID(5)]["history"] = nil
	byID[runID(4)]["logs"] = fakeRow{"PREPARING": fakeRow{"messages": []any{"Hi", "[" + workerID(4) + "] Downloading"}}}

	_, cfg := serve(t, account, fakespacelift.Options{})
	out, report := extract(t, cfg)
	if got := incomplete(report); got != nil {
		t.Errorf("%+v", report.Scopes)
	}
	for run, want := range map[int][]raw.RunWorker{
		10: {{ID: workerID(1), Public: true, Phase: "plan"}, {ID: workerID(2), Phase: "apply"}}, 9: nil, 8: nil, 7: nil, 6: nil,
		5: {{ID: workerID(5), Public: true, Phase: "plan"}}, 4: {{ID: workerID(4), Phase: "plan"}},
	} {
		if got := out.run(t, runID(run)).Workers; !slices.Equal(got, want) {
			t.Errorf("run %d: %v, want %v", run, got, want)
		}
	}
	if got := out.run(t, runID(10)).History; len(got) != 1 || got[0].Username != "jo" || got[0].State != "CONFIRMED" || *got[0].Timestamp != 10 {
		t.Errorf("%+v", got)
	}
	if out.run(t, runID(5)).History != nil || out.run(t, runID(6)).History != nil || !out.run(t, runID(6)).IsModule {
		t.Error("history of runs that have none")
	}
	notes := fmt.Sprint(report.Notes)
	wantText(t, notes, "runs whose logs have expired, so that the workers that executed them aren't known: 1", "runs whose logs name no worker: 1")
	if s := scopeNamed(t, report, scopeDetails); s.Records != n-1 {
		t.Errorf("%+v", s)
	}
	if strings.Contains(out.text(t), "secret-canary") {
		t.Error("a log's text was kept")
	}
}

func TestFewerDetails(t *testing.T) {
	for want, c := range map[RunDetails]struct {
		history, workers, requests int
		note                       string
		scopes                     []string
	}{
		AllDetails: {1, 1, 4, "", []string{scopeRuns, scopeDetails, scopeLogs}}, HistoryDetails: {1, 0, 4, "without their logs", []string{scopeRuns, scopeDetails}},
		NoDetails: {0, 0, 0, "without their details", []string{scopeRuns}},
	} {
		server, cfg := serve(t, small(100, 0), fakespacelift.Options{})
		cfg.RunDetails = want
		out, report := extract(t, cfg)
		run := out.run(t, runID(50))
		if len(run.History) != c.history || len(run.Workers) != c.workers || server.Count("stack") != c.requests {
			t.Errorf("%s: %+v, %d requests", want, run, server.Count("stack"))
		}
		var got []string
		for _, s := range report.Scopes[len(report.Scopes)-len(c.scopes):] {
			got = append(got, s.Scope)
		}
		if !slices.Equal(got, c.scopes) {
			t.Errorf("%s: scopes %v", want, got)
		}
		wantText(t, fmt.Sprint(report.Notes), c.note)
	}
}

// TestDetailsAreSplit: what is too much at once is asked for in parts, down to the run that is to blame.
func TestDetailsAreSplit(t *testing.T) {
	bad := runID(33)
	for name, do := range map[string]func() fakespacelift.Action{
		"complexity": func() fakespacelift.Action { return fakespacelift.Errors("query is too complex") },
		"oversize":   func() fakespacelift.Action { return fakespacelift.Oversized(2 << 20) },
		"slow":       func() fakespacelift.Action { return fakespacelift.Delay(time.Hour) },
		"500":        func() fakespacelift.Action { return fakespacelift.Status(500, "") },
		"504":        func() fakespacelift.Action { return fakespacelift.Status(504, "") },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server, cfg := serveInside(t, small(100, 0), fakespacelift.Options{})
				cfg.MaxAnswer = 1 << 20
				for i := range 50 {
					server.Inject(fakespacelift.Fault{Nth: i + 1, Match: asksFor(bad), Do: do()})
				}
				out, report := extract(t, cfg)
				if got := incomplete(report); !slices.Equal(got, []string{scopeDetails, scopeLogs}) {
					t.Errorf("%v", got)
				}
				wantText(t, scopeNamed(t, report, scopeDetails).Reason, "the histories of 1 of 100 runs could not be read", "CONFIRMED edges may be missing")
				for _, id := range out.ids(raw.KindRun) {
					if got := len(out.run(t, id).Workers); got != boolInt(id != bad) {
						t.Errorf("%s has %d workers", id, got)
					}
				}
				if n := server.Count("stack"); n > 60 {
					t.Errorf("%d requests", n)
				}
			})
		})
	}
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

// TestPartOfDetails: a history that fails leaves the logs complete, and the other way round.
func TestPartOfDetails(t *testing.T) {
	for _, c := range []struct {
		path   string
		want   []string
		unread []string
	}{
		{"r3.run.history", []string{scopeDetails}, []string{raw.UnreadHistory}}, {"r3.run.history.0.username", []string{scopeDetails}, []string{raw.UnreadHistory}},
		{"r3.run.preparing", []string{scopeLogs}, []string{raw.UnreadLogs}}, {"r3.run.applying.messages", []string{scopeLogs}, []string{raw.UnreadLogs}},
		{"r3.run", []string{scopeDetails, scopeLogs}, []string{raw.UnreadHistory, raw.UnreadLogs}},
	} {
		_, cfg := serve(t, small(100, 0), fakespacelift.Options{Faults: []fakespacelift.Fault{
			{Field: "stack", Nth: 1, Do: fakespacelift.Partial(c.path, "internal error")},
		}})
		cfg.Workers = 1
		out, report := extract(t, cfg)
		if got := incomplete(report); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v", c.path, got)
		}
		if got := out.run(t, runID(100-3)).Unread; !slices.Equal(got, c.unread) {
			t.Errorf("%s: %v", c.path, got)
		}
	}
}

// TestPartialDetails: one run of a request fails, the others are read.
func TestPartialDetails(t *testing.T) {
	faults := []fakespacelift.Fault{
		{Field: "stack", Nth: 1, Do: fakespacelift.Partial("r3.run", "internal error")},
		{Field: "stack", Nth: 2, Do: fakespacelift.Partial("r4.run.preparing", "logs are broken")},
		{Field: "stack", Nth: 3, Do: fakespacelift.Null("r5")},
		{Field: "stack", Nth: 4, Do: fakespacelift.Null("r6.run")},
	}
	_, cfg := serve(t, small(100, 0), fakespacelift.Options{Faults: faults})
	cfg.Workers = 1
	out, report := extract(t, cfg)
	if got := incomplete(report); !slices.Equal(got, []string{scopeDetails, scopeLogs}) {
		t.Errorf("%v", got)
	}
	wantText(t, scopeNamed(t, report, scopeDetails).Reason, "the histories of 1 of 100 runs could not be read, at first: the server says: internal error")
	wantText(t, scopeNamed(t, report, scopeLogs).Reason, "the logs of 2 of 100 runs could not be read, at first: the server says: internal error")
	wantText(t, fmt.Sprint(report.Notes), "listed but could not be found one by one: 2")
	if run := out.run(t, runID(100-25-4)); len(run.History) != 1 || len(run.Workers) != 0 {
		t.Errorf("what came of a run was not kept: %+v", run)
	}
	wantRuns(t, out, 100)
}

func TestAllDetailsRefused(t *testing.T) {
	for name, o := range map[string]fakespacelift.Options{"runs": {Refuse: []string{"Stack.run"}}, "stacks": {Refuse: []string{"stack"}}} {
		server, cfg := serve(t, small(1000, 0), o)
		out, report := extract(t, cfg)
		if got := incomplete(report); !slices.Equal(got, []string{scopeDetails, scopeLogs}) {
			t.Errorf("%s: %v", name, got)
		}
		wantText(t, scopeNamed(t, report, scopeDetails).Reason, "unauthorized", "CONFIRMED edges")
		if n := server.Count("stack"); n > detailFailures/detailRuns+cfg.Workers+8 {
			t.Errorf("%s: asked %d times", name, n)
		}
		wantRuns(t, out, 1000)
	}
}

func TestSchemaWithoutDetails(t *testing.T) {
	_, cfg := serve(t, small(100, 0), fakespacelift.Options{Without: []string{"Stack.run"}})
	_, report := extract(t, cfg)
	if got := incomplete(report); got != nil || !slices.Contains(report.MissingFields, "Stack.run") {
		t.Errorf("%v, missing %v", got, report.MissingFields)
	}
}

// TestLogsGoOn looks for the handover on the first pages of a log, not on all.
func TestLogsGoOn(t *testing.T) {
	account := small(2, 0)
	lines := func(before int) fakeRow {
		var messages []any
		for i := range before {
			messages = append(messages, fmt.Sprint("line ", i))
		}
		return fakeRow{"PREPARING": fakeRow{"messages": append(messages, groundControl("", workerID(7)), "more", "and more")}}
	}
	account.Tables["runs"][0]["logs"] = lines(6)
	account.Tables["runs"][1]["logs"] = lines(60)
	server, cfg := serve(t, account, fakespacelift.Options{LogPage: 3})
	out, report := extract(t, cfg)
	if got := incomplete(report); got != nil {
		t.Errorf("%+v", report.Scopes)
	}
	if got := out.run(t, runID(2)).Workers; len(got) != 1 || got[0].ID != workerID(7) {
		t.Errorf("%v", got)
	}
	if got := out.run(t, runID(1)).Workers; len(got) != 0 {
		t.Errorf("%v", got)
	}
	if n := server.Count("stack"); n != 1+2+logPages-1 {
		t.Errorf("%d requests", n)
	}
}

// TestRunsThatAreGone: between the list and the details, or a stack between its list and its runs.
func TestRunsThatAreGone(t *testing.T) {
	server, cfg := serve(t, small(60, 0), fakespacelift.Options{})
	server.Inject(fakespacelift.Fault{Match: asksFor(runID(60)), Do: fakespacelift.Partial("r0.run", "not found")})
	server.Inject(fakespacelift.Fault{Match: asksFor(runID(10)), Do: fakespacelift.Errors("run not found")})
	_, report := extract(t, cfg)
	if got := incomplete(report); got != nil {
		t.Errorf("%+v", report.Scopes)
	}
	wantText(t, fmt.Sprint(report.Notes), "listed but could not be found one by one: 2")

	server, cfg = serve(t, small(60, 0), fakespacelift.Options{Without: []string{"Query.searchRuns"}})
	server.Inject(fakespacelift.Fault{Match: func(r fakespacelift.Request) bool { return r.Variables["stack"] == "api" }, Do: fakespacelift.Errors("not found")})
	out, report := extract(t, cfg)
	if got := incomplete(report); got != nil {
		t.Errorf("%+v", report.Scopes)
	}
	wantRuns(t, out, 40)
}

// TestHiddenStack: searchRuns may list runs whose stack the token may not see.
func TestHiddenStack(t *testing.T) {
	hide := fakespacelift.Fault{Field: "searchRuns", Do: fakespacelift.Null("searchRuns.edges.2.node.stack")}
	_, cfg := serve(t, small(10, 0), fakespacelift.Options{Faults: []fakespacelift.Fault{hide}})
	out, report := extract(t, cfg)
	if got := incomplete(report); got != nil {
		t.Errorf("%v", got)
	}
	if run := out.run(t, runID(8)); run.StackID != "" || run.History != nil {
		t.Errorf("%+v", run)
	}
	wantText(t, fmt.Sprint(report.Notes), "as the token may not see their stack: 1")
}

func TestDetailSizeRecovers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var most atomic.Int64
		server, cfg := serveInside(t, small(2000, 0), fakespacelift.Options{OnRequest: func(r fakespacelift.Request) {
			if len(r.Fields) > 0 && r.Fields[0] == "stack" {
				most.Store(int64(len(r.Variables) / 2))
			}
		}})
		server.Inject(fakespacelift.Fault{Match: asksFor(runID(1990)), Do: fakespacelift.Errors("too much")})
		cfg.Workers = 1
		_, report := extract(t, cfg)
		if got := incomplete(report); !slices.Equal(got, []string{scopeDetails, scopeLogs}) {
			t.Errorf("%v", got)
		}
		if most.Load() != detailRuns {
			t.Errorf("it ends with %d runs at once", most.Load())
		}
	})
}

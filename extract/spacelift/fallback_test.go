package spacelift

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"liftgraph/fixtures/fakespacelift"
	"liftgraph/fixtures/sample"
	"liftgraph/internal/raw"
)

// TestFallbacks reads the sample account in each way: what is delivered is the same, but for the order of the runs and
// those of modules, which no stack lists.
func TestFallbacks(t *testing.T) {
	_, cfg := serve(t, sample.Account(), fakespacelift.Options{})
	bySearch, _ := extract(t, cfg)
	want := sortedLines(bySearch.text(t))
	for name, o := range map[string]fakespacelift.Options{
		"an older schema": {Without: []string{"Query.searchStacks", "Query.searchRuns", "Query.searchManagedEntities", "ManagedEntity.stackId"}},
		"refused":         {Refuse: []string{"searchStacks", "searchRuns", "searchManagedEntities"}},
	} {
		for _, page := range []int{1, 3, 0} {
			o.RunPage = page
			_, cfg := serve(t, sample.Account(), o)
			out, report := extract(t, cfg)
			if got := incomplete(report); got != nil {
				t.Errorf("%s: %v", name, got)
			}
			if got := sortedLines(out.text(t)); got != want {
				t.Errorf("%s, pages of %d:\n%s\nwant:\n%s", name, page, got, want)
			}
			wantText(t, fmt.Sprint(report.Notes), "list of all of them", "entities were read stack by stack", "runs were read stack by stack")
		}
	}
}

// sortedLines leaves out the runs of modules.
func sortedLines(text string) string {
	lines := slices.DeleteFunc(strings.Split(text, "\n"), func(l string) bool { return strings.Contains(l, `"isModule":true`) })
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

func TestAllWaysRefused(t *testing.T) {
	_, cfg := serve(t, small(60, 3), fakespacelift.Options{Refuse: []string{"searchStacks", "stacks", "searchRuns", "searchManagedEntities"}})
	out, report := extract(t, cfg)
	if got := incomplete(report); !slices.Equal(got, []string{scopeStacks, scopeEntities, scopeRuns, scopeDetails, scopeLogs}) {
		t.Errorf("%v", got)
	}
	wantText(t, scopeNamed(t, report, scopeStacks).Reason, "the token may not list stacks", "Space Reader")
	wantText(t, scopeNamed(t, report, scopeRuns).Reason, "the list of stacks is incomplete")
	if n := len(out.ids(raw.KindUser)); n != 1 {
		t.Errorf("%d users", n)
	}
}

func TestEmptyStacksAreSkipped(t *testing.T) {
	server, cfg := serve(t, small(0, 3), fakespacelift.Options{Without: []string{"Query.searchManagedEntities", "Query.searchRuns"}})
	out, _ := extract(t, cfg)
	if n := len(out.ids(raw.KindEntity)); n != 3 {
		t.Errorf("%d entities", n)
	}
	// web and db, which doesn't tell its count, for entities; three lists each for runs
	if n := server.Count("stack"); n != 2+9 {
		t.Errorf("%d requests for stacks", n)
	}
}

// TestListThatGoesRound starts a stack's list again from the top.
func TestListThatGoesRound(t *testing.T) {
	again := fakespacelift.Fault{Nth: 3, Times: 1000, Do: fakespacelift.RepeatCursor(), Match: func(r fakespacelift.Request) bool {
		return strings.Contains(r.Query, " runs(before") || strings.Contains(r.Query, "\nruns(before")
	}}
	_, cfg := serve(t, small(90, 0), fakespacelift.Options{Without: []string{"Query.searchRuns"}, RunPage: 2, Faults: []fakespacelift.Fault{again}})
	cfg.Workers = 1
	out, report := extract(t, cfg)
	if got := incomplete(report); len(got) != 6 {
		t.Errorf("%v", got)
	}
	wantText(t, report.Scopes[len(report.Scopes)-4].Reason, "go round in a circle")
	for _, scope := range report.Scopes {
		if want := scope.Scope == "runs" && scope.Stack == ""; scope.ByStack != want {
			t.Errorf("%+v: nothing but stacks is missing: %t", scope, scope.ByStack)
		}
	}
	if len(out.ids(raw.KindRun)) < 45 {
		t.Errorf("%d runs", len(out.ids(raw.KindRun)))
	}
}

// TestNoWayAtAll: what the schema lacks in every way is missing in the data.
func TestNoWayAtAll(t *testing.T) {
	without := []string{"Query.searchManagedEntities", "Stack.entities", "Query.searchRuns", "Stack.runs", "Stack.proposedRuns", "Stack.tasks"}
	for name, hidden := range map[string]bool{"introspected": false, "by complaints": true} {
		_, cfg := serve(t, small(60, 3), fakespacelift.Options{Without: without, IntrospectionOff: hidden})
		out, report := extract(t, cfg)
		if got := incomplete(report); !slices.Equal(got, []string{scopeEntities, scopeRuns, scopeDetails, scopeLogs}) {
			t.Errorf("%s: %+v", name, report.Scopes)
		}
		wantText(t, scopeNamed(t, report, scopeEntities).Reason, "the server's schema lacks Stack.entities")
		for _, field := range without {
			if !slices.Contains(report.MissingFields, field) {
				t.Errorf("%s: %s is not named in %v", name, field, report.MissingFields)
			}
		}
		if n := len(out.ids(raw.KindEntity)) + len(out.ids(raw.KindRun)); n != 0 {
			t.Errorf("%s: %d records", name, n)
		}
	}
}

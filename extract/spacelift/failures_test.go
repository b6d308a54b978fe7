package spacelift

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"liftgraph/fixtures/fakespacelift"
	"liftgraph/internal/raw"
)

// ways are how a list query can go wrong. Each must make the scope incomplete.
var ways = []struct {
	name string
	do   func(root string) fakespacelift.Action
}{
	{"error", func(string) fakespacelift.Action { return fakespacelift.Errors("something went wrong") }},
	{"unauthorized", func(string) fakespacelift.Action { return fakespacelift.Errors("unauthorized") }},
	{"null", fakespacelift.Null},
	{"partial null", func(root string) fakespacelift.Action { return fakespacelift.Partial(root, "something went wrong") }},
	{"empty without viewer", func(string) fakespacelift.Action { return fakespacelift.ExpireAsEmpty() }},
	{"cut-off page", func(string) fakespacelift.Action { return fakespacelift.Truncate(40) }},
	{"HTML", func(string) fakespacelift.Action { return fakespacelift.HTML() }},
}

// fallbacks are the fields by which a list is read where its search is missing or fails.
var fallbacks = map[string][]string{
	scopeStacks:   {"Query.stacks"},
	scopeEntities: {"Stack.entities"},
	scopeRuns:     {"Stack.runs", "Stack.proposedRuns", "Stack.tasks"},
}

// TestEveryListUnderEveryFailure: list queries × failures. A search with a fallback fails in each way together with its
// fallback missing from the schema, refused, or failing in the same way; or is missing while the fallback fails.
func TestEveryListUnderEveryFailure(t *testing.T) {
	account := small(60, 3)
	for _, l := range listings() {
		if l.root == "" || l.root == "stack" {
			continue
		}
		for _, way := range ways {
			run := func(name string, without, refuse []string, fields ...string) {
				t.Run(fmt.Sprintf("%s/%s/%s", l.scope, way.name, name), func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) {
						server, cfg := serveInside(t, account, fakespacelift.Options{Without: without, Refuse: refuse, ExpiredAsEmpty: true})
						for _, field := range fields {
							server.Inject(fakespacelift.Fault{Field: field, Do: way.do(field)})
						}
						wantNeverComplete(t, cfg, l.scope, l.kind)
					})
				})
			}
			fallback := fallbacks[l.scope]
			if fallback == nil {
				run("", nil, nil, l.root)
				continue
			}
			roots := []string{"stack"}
			if l.scope == scopeStacks {
				roots = []string{"stacks"}
			}
			run("fallback missing", fallback, nil, l.root)
			run("fallback refused", nil, fallback, l.root)
			run("fallback fails too", nil, nil, append(roots, l.root)...)
			run("missing, fallback fails", []string{"Query." + l.root}, nil, roots...)
			run("missing, fallback missing", append([]string{"Query." + l.root}, fallback...), nil)
			for _, one := range fallback[1:] {
				run("one fallback missing: "+one, []string{one}, nil, l.root)
			}
		}
	}
}

// wantNeverComplete reads an account of which rows of a kind can't all be read.
func wantNeverComplete(t *testing.T, cfg Config, scope string, kind raw.Kind) {
	t.Helper()
	out := new(memory)
	report, err := Extract(t.Context(), cfg, out)
	if err != nil { // nothing is published
		return
	}
	n := 0
	for _, r := range out.records {
		if r.Kind() == kind {
			n++
		}
	}
	if !slices.ContainsFunc(incomplete(report), func(s string) bool { return s == scope || strings.HasPrefix(s, scope+"/") }) {
		t.Errorf("%s is complete with %d records; incomplete are %v", scope, n, incomplete(report))
	}
}

// TestSecondPageUnderEveryFailure breaks the second page of a search: what follows is missing.
func TestSecondPageUnderEveryFailure(t *testing.T) {
	for _, scope := range []string{scopeEntities, scopeRuns} {
		l := listingOf(scope)
		for _, way := range ways {
			t.Run(scope+"/"+way.name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					server, cfg := serveInside(t, small(160, 160), fakespacelift.Options{ExpiredAsEmpty: true})
					server.Inject(fakespacelift.Fault{Field: l.root, Nth: 2, Times: 1000, Do: way.do(l.root)})
					wantNeverComplete(t, cfg, l.scope, l.kind)
				})
			})
		}
	}
}

// TestCountedRows: a search that brings fewer rows than the server counts is incomplete, though its pages say nothing.
func TestCountedRows(t *testing.T) {
	for _, l := range listings() {
		if l.root != "searchStacks" && l.root != "searchManagedEntities" && l.root != "searchRuns" {
			continue
		}
		server, cfg := serve(t, small(60, 60), fakespacelift.Options{With: []string{"Query.searchManagedEntitiesSuggestions"}})
		server.Inject(fakespacelift.Fault{Field: l.root, Do: fakespacelift.EmptyPage(l.root)})
		_, report := extract(t, cfg)
		if got := incomplete(report); !slices.Contains(got, l.scope) {
			t.Errorf("%s: incomplete are %v", l.root, got)
		}
		wantText(t, scopeNamed(t, report, l.scope).Reason, "the server counts")
	}
}

package stale

import (
	"slices"
	"testing"

	"liftgraph/graph"
	"liftgraph/internal/dataset"
)

func TestCoverage(t *testing.T) {
	c := CoverageOf(&dataset.Manifest{
		QualifiedIDs: true,
		Scopes: []dataset.Scope{
			{Scope: graph.ScopeStacks, Complete: true},
			{Scope: graph.ScopeSpaces, Complete: false},
			{Scope: graph.ScopeRuns, Stack: "db"},
			{Scope: graph.ScopeRuns, Stack: "web"},
			{Scope: graph.ScopeRuns, ByStack: true},
			{Scope: graph.ScopeEntities, Stack: "web"},
			{Scope: graph.ScopeEntities}, // more than stacks failed
			{Scope: graph.ScopeUsers, Complete: true},
			{Scope: graph.ScopeUsers, Complete: false}, // of two sources one
			{Scope: graph.ScopeKeys, Complete: false},
			{Scope: graph.ScopeKeys, Complete: true},
		},
	}, "acme")
	for _, want := range []struct {
		scopes   []string
		complete bool
		except   []string
		blame    []string
	}{
		{nil, true, nil, nil},
		{[]string{graph.ScopeStacks}, true, nil, nil},
		{[]string{graph.ScopeStacks, graph.ScopeSpaces}, false, nil, []string{graph.ScopeSpaces}},
		{[]string{graph.ScopeStacks, graph.ScopeRuns}, true, []string{"acme/db", "acme/web"}, []string{graph.ScopeRuns}},
		{[]string{graph.ScopeEntities, graph.ScopeRuns}, false, []string{"acme/db", "acme/web"}, []string{graph.ScopeEntities, graph.ScopeRuns}},
		{[]string{graph.ScopeUsers}, false, nil, []string{graph.ScopeUsers}},
		{[]string{graph.ScopeKeys}, false, nil, []string{graph.ScopeKeys}},
		{[]string{graph.ScopePools}, false, nil, []string{graph.ScopePools}}, // was not read
	} {
		got := c.of(want.scopes)
		if got.complete != want.complete || !slices.Equal(got.except, want.except) || !slices.Equal(got.blame, want.blame) {
			t.Errorf("%v: %+v", want.scopes, got)
		}
	}
	if c.digests {
		t.Error("ids are resolved of which the manifest says nothing")
	}
}

package ingest

import (
	"slices"
	"testing"

	"liftgraph/graph"
	"liftgraph/internal/dataset"
)

func TestCoverage(t *testing.T) {
	c := coverageOf(&dataset.Manifest{
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

// Everything that a table may be cleaned by is a scope that an extraction can name, and what belongs to something is of the past.
func TestTablesHaveOwners(t *testing.T) {
	want := map[string]graph.Label{
		"SpaceliftStack_GENERATED_SpaceliftRun": graph.SpaceliftRun, "SpaceliftUser_TRIGGERED_SpaceliftRun": graph.SpaceliftRun,
		"SpaceliftWorker_EXECUTED_SpaceliftRun": graph.SpaceliftRun, "SpaceliftGitCommit_COMMITTED_SpaceliftRun": graph.SpaceliftRun,
		"SpaceliftRun_AFFECTED_EC2Instance": graph.SpaceliftRun, "SpaceliftGitCommit_CONFIRMED_SpaceliftUser": graph.SpaceliftGitCommit,
		"GitHubUser_PUSHED_SpaceliftGitCommit": graph.SpaceliftGitCommit, "SpaceliftWorker_RUNS_ON_EC2Instance": graph.SpaceliftWorker,
	}
	for _, table := range graph.Tables() {
		if table.Relationship == nil {
			continue
		}
		column, owner, ok := tellerOf(table)
		if ok != (want[table.Name] != "") || owner != want[table.Name] {
			t.Errorf("%s belongs to %q", table.Name, owner)
		}
		if ok && []graph.Label{table.Relationship.From, table.Relationship.To}[column] != owner {
			t.Errorf("%s: its owner isn't at the end %d", table.Name, column)
		}
	}
}

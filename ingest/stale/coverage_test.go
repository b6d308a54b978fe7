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
		got := c.scopes.Of(want.scopes)
		if got.Complete != want.complete || !slices.Equal(got.Except, want.except) || !slices.Equal(got.Blame, want.blame) {
			t.Errorf("%v: %+v", want.scopes, got)
		}
	}
	if c.instances || c.resources {
		t.Error("ids are resolved of which the manifest says nothing")
	}
}

// A record that is missing because it was quarantined is not gone, and a relationship that comes of a resource's digests is not
// either where some were not resolved.
func TestWhatWasNotUsedIsNotGone(t *testing.T) {
	runs := graph.NodeTable(graph.SpaceliftRun)
	quarantined := dataset.Scope{Scope: dataset.QuarantineScope, Object: dataset.SpaceliftSource, Reason: "12 of 40 records"}
	if e := CoverageOf(&dataset.Manifest{Scopes: append(allScopes(), quarantined)}, "acme").Of(runs); e.Complete {
		t.Errorf("got %+v, want incomplete", e)
	}
	if e := CoverageOf(&dataset.Manifest{Scopes: allScopes()}, "acme").Of(runs); !e.All() {
		t.Errorf("got %+v, want complete", e)
	}
	m := &dataset.Manifest{SanitizedIDs: &dataset.SanitizedIDs{Resolved: 3}, Resources: map[string]dataset.ResourceCounts{"aws_s3_bucket": {Unresolved: 1}}}
	buckets := graph.RelationshipTable(graph.SpaceliftStack, graph.Manages, graph.AWSResource)
	instances := graph.RelationshipTable(graph.SpaceliftStack, graph.Manages, graph.EC2Instance)
	if c := CoverageOf(m, "acme"); c.Resolved(buckets) || !c.Resolved(instances) {
		t.Errorf("one bucket is unresolved, got %+v", c)
	}
	m.Resources["aws_s3_bucket"] = dataset.ResourceCounts{Resolved: 1}
	if c := CoverageOf(m, "acme"); !c.Resolved(buckets) {
		t.Errorf("every bucket is resolved, got %+v", c)
	}
}

package carryover

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"liftgraph/emit"
	"liftgraph/emit/published"
	"liftgraph/graph"
	"liftgraph/graph/graphtest"
	"liftgraph/internal/dataset"
	"liftgraph/internal/objects"
	"liftgraph/query/verify"
)

var (
	awsResources = graph.NodeTable(graph.AWSResource)
	actors       = graph.NodeTable(graph.AWSActor)
	ofUsers      = graph.RelationshipTable(graph.SpaceliftAccount, graph.Resource, graph.SpaceliftUser)
	touchedBy    = graph.RelationshipTable(graph.SpaceliftRun, graph.Affected, graph.AWSResource)
	changed      = graph.RelationshipTable(graph.AWSActor, graph.Changed, graph.AWSResource)
	manages      = graph.RelationshipTable(graph.SpaceliftStack, graph.Manages, graph.AWSResource)
	is           = graph.RelationshipTable(graph.AWSActor, graph.Is, graph.SpaceliftUser)
)

// cells makes a row of named cells.
func cells(t *graph.Table, id string, named map[string]string) graph.Row {
	r := graphtest.Row(t, id)
	if t.Relationship != nil {
		from, to, _ := strings.Cut(id, " ")
		r = graphtest.Row(t, from, to)
	}
	for name, text := range named {
		r[columnOf(t, name)] = graph.Text(text)
	}
	return r
}

// lakeOf publishes a snapshot of a lake, after another one, and returns it and its rows by table and key.
func lakeOf(t *testing.T, dir string, tag int64, list rows, before *published.Dir, now *dataset.Manifest, retention time.Duration) (*published.Dir, []string) {
	t.Helper()
	e, err := emit.Open(t.Context(), emit.Job{Model: graph.Default, UpdateTag: tag, Temp: t.TempDir()}, emit.Target{Format: emit.Parquet, Dir: dir, Lake: &emit.Lake{}})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Abandon()
	now.UpdateTag = tag
	var sink graph.Sink = e
	finish := func() (*Result, error) { return &Result{}, nil }
	if before != nil {
		s := New(e, Config{Previous: before, Keep: true, Now: now, Retention: retention, Lake: true, Temp: t.TempDir()})
		defer s.Close()
		sink, finish = s, s.Finish
	}
	for _, table := range graph.Default.LakeTables() {
		w, err := sink.Table(table)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range list[table] {
			if err := w.Write(r); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
	}
	r, err := finish()
	if err != nil {
		t.Fatal(err)
	}
	m := *now
	m.Ledger, m.CarriedOver = r.Ledgers, r.Carried
	if err := e.Publish(m); err != nil {
		t.Fatal(err)
	}
	d, err := published.OpenURI(t.Context(), dir, published.Options{Temp: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, table := range graph.Default.LakeTables() {
		for r, err := range d.Rows(table) {
			if err != nil {
				t.Fatal(err)
			}
			key := table.Name
			for _, v := range r[:table.KeyColumns()] {
				key += " " + strings.Clone(v.Text)
			}
			all = append(all, key)
		}
	}
	return d, all
}

// What CloudTrail recorded of resources is history as what it recorded of instances is: the relationships, what they end at, and a
// lake's row for each event. What a stack manages is carried over where its entities could not be read.
func TestResourcesAreHistory(t *testing.T) {
	const now, day = 1800000000, 24 * 60 * 60
	at := func(days int) string { return time.Unix(now-int64(days)*day, 0).UTC().Format(time.RFC3339) }
	events, _ := graph.Default.Table(string(graph.ResourceEvent))
	of := map[string]string{"spacelift_account_id": "acme"}
	first := rows{
		accounts: {cells(accounts, "acme", nil)}, stacks: {cells(stacks, "prod", of)}, ofStacks: {cells(ofStacks, "acme prod", nil)},
		users: {cells(users, "old@acme", nil), cells(users, "who@acme", nil)}, ofUsers: {cells(ofUsers, "acme old@acme", nil), cells(ofUsers, "acme who@acme", nil)},
		runs:         {cells(runs, "R1", map[string]string{"stack_id": "prod"}), cells(runs, "R2", map[string]string{"stack_id": "prod"}), cells(runs, "R3", map[string]string{"stack_id": "prod"})},
		resources:    {cells(resources, "acme R1", nil), cells(resources, "acme R2", nil), cells(resources, "acme R3", nil)},
		awsResources: {cells(awsResources, "bucket", nil), cells(awsResources, "key", nil), cells(awsResources, "old", nil), cells(awsResources, "role", nil), cells(awsResources, "topic", nil)},
		actors:       {cells(actors, "old@acme", nil), cells(actors, "who@acme", nil)},
		touchedBy: {
			cells(touchedBy, "R1 bucket", map[string]string{"role": "changed", "event_id": "e1", "event_time": at(10)}),
			cells(touchedBy, "R2 old", map[string]string{"role": "changed", "event_id": "e2", "event_time": at(50)}),
		},
		changed: {
			cells(changed, "old@acme old", map[string]string{"role": "changed", "event_id": "e3", "event_time": at(50)}),
			cells(changed, "who@acme role", map[string]string{"role": "changed", "event_id": "e4", "event_time": at(10)}),
		},
		manages: {cells(manages, "prod key", map[string]string{"resolved_by": "plain"})},
		is:      {cells(is, "old@acme old@acme", nil), cells(is, "who@acme who@acme", nil)},
		events: {
			cells(events, "e1|bucket|changed", map[string]string{"event_id": "e1", "resource_id": "bucket", "role": "changed", "event_time": at(10), "run_id": "R1"}),
			cells(events, "e2|old|changed", map[string]string{"event_id": "e2", "resource_id": "old", "role": "changed", "event_time": at(50), "run_id": "R2"}),
			cells(events, "e5|topic|used", map[string]string{"event_id": "e5", "resource_id": "topic", "role": "used", "event_time": at(10), "run_id": "R3"}),
		},
	}
	dir := filepath.Join(t.TempDir(), "lake")
	before, all := lakeOf(t, dir, now-day, first, nil, everything(graph.Default), 0)

	// Nothing but the account and the stack is listed now.
	second := rows{accounts: first[accounts], stacks: first[stacks], ofStacks: first[ofStacks]}
	have := func(all []string, part string) bool {
		return slices.ContainsFunc(all, func(r string) bool { return strings.Contains(r, part) })
	}
	for _, c := range []struct {
		name      string
		retention time.Duration
		entities  bool
		gone      []string
	}{
		{"for ever", 0, false, []string{"AWSResource key", "MANAGES"}},
		{"30 days", 30 * day * time.Second, false, []string{"AWSResource key", "MANAGES", "old", "R2"}},
		{"30 days, entities unread", 30 * day * time.Second, true, []string{"old", "R2"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := everything(graph.Default)
			for i := range m.Scopes {
				if c.entities && m.Scopes[i].Scope == graph.ScopeEntities {
					m.Scopes[i].Complete, m.Scopes[i].Reason = false, "refused"
				}
			}
			target := filepath.Join(t.TempDir(), "lake")
			_, got := lakeOf(t, target, now, second, before, m, c.retention)
			for _, r := range all {
				wanted := !slices.ContainsFunc(c.gone, func(part string) bool { return strings.Contains(r, part) })
				if slices.Contains(got, r) != wanted {
					t.Errorf("%s: is there %t, want %t", r, !wanted, wanted)
				}
			}
			if !have(got, "ResourceEvent e1|bucket|changed") {
				t.Error("the row of an event is gone")
			}
			if _, err := verify.Lake(t.Context(), target, t.TempDir(), objects.Options{}); err != nil {
				t.Error(err)
			}
		})
	}
}

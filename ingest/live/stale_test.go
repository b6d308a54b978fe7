package live

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	neo4jtest "liftgraph/fixtures/neo4j"
	"liftgraph/graph"
	"liftgraph/ingest/stale"
	"liftgraph/query/diff"
)

// The update tags of two nights.
const (
	firstTag  = 1_780_000_000 // May 2026
	secondTag = 1_790_000_000 // September 2026
)

func acme(s string) string { return "acme-" + s }

// dropRuns takes out runs of acme with their commits, of which they are the only runs.
func dropRuns(n *night, runs map[string]string) {
	for run, commit := range runs {
		n.drop(graph.SpaceliftRun, acme(run))
		n.drop(graph.SpaceliftGitCommit, acme(commit))
	}
}

// about reports whether a row is one of these nodes or the claim to it, or a relationship between one of them and any node.
func about(ids ...string) func(*graph.Table, graph.Row) bool {
	return func(t *graph.Table, row graph.Row) bool {
		if t.Node != nil {
			return slices.Contains(ids, row[0].Text)
		}
		return slices.Contains(ids, row[1].Text) || slices.Contains(ids, row[0].Text)
	}
}

// without is about but for the tables whose names hold one of these.
func without(is func(*graph.Table, graph.Row) bool, names ...string) func(*graph.Table, graph.Row) bool {
	return func(t *graph.Table, row graph.Row) bool {
		return is(t, row) && !slices.ContainsFunc(names, func(name string) bool { return strings.Contains(t.Name, name) })
	}
}

// called is what a call of the run db2 keeps.
func called(t *graph.Table, row graph.Row) bool {
	return !about(acme("db1"))(t, row) && without(about(acme("db2"), acme("c3"), acme("w2"), acme("eve"), acme("db")), graph.Contains, graph.HasRoleIn)(t, row)
}

// nights are pairs of them: what the second lacks goes, but for what stays.
var nights = []struct {
	name   string
	change func(a, b *night)
	stays  func(t *graph.Table, row graph.Row) bool
	option func(*Config)
}{
	{name: "nothing happened", change: func(_, _ *night) {}},
	{
		name: "a stack went, with its runs and all that is theirs",
		change: func(_, b *night) {
			b.drop(graph.SpaceliftStack, acme("db"))
			b.drop(graph.SpaceliftRun, acme("db1"))
			dropRuns(b, map[string]string{"db2": "c3"})
			b.dropEdge(graph.SpaceliftGitCommit, graph.Confirmed, graph.SpaceliftUser, acme("c1"), acme("bob"))
			b.dropEdge(graph.GitHubUser, graph.Pushed, graph.SpaceliftGitCommit, "bob", acme("c1"))
			b.drop(graph.SpaceliftUser, acme("eve"))
			b.drop(graph.SpaceliftWorker, acme("w2"))
		},
	},
	{
		name: "a role, a name, a new stack",
		change: func(_, b *night) {
			b.dropEdge(graph.SpaceliftUser, graph.HasRoleIn, graph.SpaceliftSpace, acme("ann"), acme("root"))
			b.edge(graph.SpaceliftUser, graph.HasRoleIn, graph.SpaceliftSpace, acme("ann"), acme("root"), "READ")
			b.node(graph.SpaceliftStack, acme("web"), map[string]any{"name": "new", "space_id": acme("team")})
			b.node(graph.SpaceliftStack, acme("new"), map[string]any{"name": "new", "space_id": acme("team")})
			b.run("new1", "new", "ann", "w1", "c9")
			b.calls("new1", "i-new", "e9", "2026-09-01T00:00:00Z")
		},
	},
	{
		name:   "users could not be read: one that is missing stays, with its roles, but the rest is kept by itself",
		change: func(_, b *night) { b.drop(graph.SpaceliftUser, acme("eve")); b.fails(graph.ScopeUsers) },
		stays:  without(about(acme("eve")), graph.Triggered, graph.Confirmed),
	},
	{
		name:   "runs could not be read: nothing of them goes",
		change: func(_, b *night) { dropRuns(b, map[string]string{"db2": "c3", "web2": "c2"}); b.fails(graph.ScopeRuns) },
		stays:  about(acme("db2"), acme("c3"), acme("web2"), acme("c2")),
	},
	{
		name: "runs of one stack could not be read: those of others go",
		change: func(_, b *night) {
			dropRuns(b, map[string]string{"db2": "c3", "web2": "c2"})
			b.failsFor(graph.ScopeRuns, acme("web"))
		},
		stays: about(acme("web2"), acme("c2")),
	},
	{
		name: "histories and logs could not be read: of a run that is gone they are gone too",
		change: func(_, b *night) {
			dropRuns(b, map[string]string{"db2": "c3"})
			b.dropEdge(graph.SpaceliftWorker, graph.Executed, graph.SpaceliftRun, acme("w1"), acme("web1"))
			b.fails(graph.ScopeDetails)
			b.fails(graph.ScopeLogs)
		},
		stays: func(t *graph.Table, row graph.Row) bool {
			return t.Relationship != nil && t.Relationship.Type == graph.Executed && row[1].Text == acme("web1")
		},
	},
	{
		name: "a run that CloudTrail names is kept, with what belongs to it",
		change: func(a, b *night) {
			a.calls("db2", "i-called", "e1", "2026-03-01T00:00:00Z")
			lose(b)
		},
		stays: called,
	},
	{
		name: "but not longer than it is to be kept",
		change: func(a, b *night) {
			a.calls("db2", "i-called", "e1", "2026-03-01T00:00:00Z")
			lose(b)
			b.drop(graph.SpaceliftAuditEvent, acme("event"))
		},
		option: func(cfg *Config) { cfg.Retention = 100 * 24 * time.Hour },
	},
	{
		name: "which is counted from the update tag",
		change: func(a, b *night) {
			a.calls("db2", "i-called", "e1", "2026-03-01T00:00:00Z")
			lose(b)
			b.drop(graph.SpaceliftAuditEvent, acme("event"))
		},
		stays:  called,
		option: func(cfg *Config) { cfg.Retention = 210 * 24 * time.Hour }, // 2026-02-23
	},
	{
		name: "what the audit trail names is kept",
		change: func(_, b *night) {
			b.drop(graph.SpaceliftAuditEvent, acme("event"))
			b.drop(graph.SpaceliftUser, acme("ann"))
			b.drop(graph.SpaceliftStack, acme("web"))
			dropRuns(b, map[string]string{"web1": "c1", "web2": "c2"})
		},
		stays: func(t *graph.Table, row graph.Row) bool {
			if t.Node != nil || stale.IsClaim(t) {
				return about(acme("event"), acme("ann"), acme("web"))(t, row)
			}
			return about(acme("event"))(t, row)
		},
	},
	{
		name: "an id that isn't resolved any more is no instance that is gone",
		change: func(a, b *night) {
			a.edge(graph.SpaceliftRun, graph.Affected, graph.EC2Instance, acme("web1"), "i-db", nil, nil, nil, nil, nil, "digest+arn")
			b.ids.Unresolved = 1
		},
		stays: func(t *graph.Table, row graph.Row) bool {
			return t.Relationship != nil && t.Relationship.Type == graph.Affected && row[1].Text == "i-db"
		},
	},
	{
		name: "unless every id was",
		change: func(a, b *night) {
			a.edge(graph.SpaceliftRun, graph.Affected, graph.EC2Instance, acme("web1"), "i-db", nil, nil, nil, nil, nil, "digest+arn")
			b.ids.Resolved = 1
		},
	},
	{
		name:   "what is stale is to be kept",
		change: func(_, b *night) { lose(b) },
		stays:  func(*graph.Table, graph.Row) bool { return true },
		option: func(cfg *Config) { cfg.KeepStale = true },
	},
}

// lose takes out of a night of acme the stack db with all that only it had.
func lose(b *night) {
	b.drop(graph.SpaceliftStack, acme("db"))
	b.drop(graph.SpaceliftRun, acme("db1"))
	dropRuns(b, map[string]string{"db2": "c3"})
	b.drop(graph.SpaceliftUser, acme("eve"))
	b.drop(graph.SpaceliftWorker, acme("w2"))
}

// What the second night lacks goes, as the plan of a dry run says; what it has is as it says; the rest is as it was.
func TestNights(t *testing.T) {
	i := neo4jtest.Shared(t)
	for _, c := range nights {
		t.Run(c.name, func(t *testing.T) {
			i.Clear(t)
			a := company("acme", firstTag)
			b := a.later(secondTag)
			c.change(a, b)
			if c.option == nil {
				c.option = func(*Config) {}
			}
			load(t, i, a.publish(t))
			before := contents(t, i)
			sameContents(t, "the first night", before, expected(a.sorted()))
			dir, after := b.publish(t), b.over(a, c.stays)
			plan := load(t, i, dir, c.option, func(cfg *Config) { cfg.DryRun = true }).Plan
			sameContents(t, "a dry run", contents(t, i), before)
			planned(t, plan, a, after)
			load(t, i, dir, c.option)
			want := expected(after.sorted())
			sameContents(t, "the second night", contents(t, i), want)
			again := load(t, i, dir, c.option)
			sameContents(t, "once more", contents(t, i), want)
			if again.Plan != nil {
				planned(t, again.Plan, after, after)
			}
		})
	}
}

// planned compares a plan with what became of the graph.
func planned(t *testing.T, p *Plan, before, after *night) {
	t.Helper()
	for _, table := range graph.Tables() {
		var want diff.Counts
		for key, row := range after.rows[table] {
			old, there := before.rows[table][key]
			if !there {
				want.Added++
			} else if !slices.Equal(row[:len(row)-graph.Times], old[:len(row)-graph.Times]) {
				want.Changed++
			}
		}
		for key := range before.rows[table] {
			if _, there := after.rows[table][key]; !there {
				want.Removed++
			}
		}
		got := *p.Changes[table]
		got.Columns = nil
		if got.Added != want.Added || got.Changed != want.Changed || got.Removed != want.Removed {
			t.Errorf("the plan for %s is %+v, not %+v", table.Name, got, want)
		}
	}
}

// load loads a directory, and wants that as much goes as the plan says.
func load(t *testing.T, i *neo4jtest.Instance, dir string, options ...func(*Config)) *Report {
	t.Helper()
	cfg := boltConfig(i, dir)
	cfg.Temp = t.TempDir()
	for _, o := range options {
		o(&cfg)
	}
	report, err := Load(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	if p := report.Plan; p != nil && !cfg.DryRun {
		nodes, relationships := p.Removed()
		if nodes != report.RemovedNodes || relationships != report.RemovedRelationships {
			t.Errorf("the plan was to remove %d nodes and %d relationships, but %d and %d went", nodes, relationships, report.RemovedNodes, report.RemovedRelationships)
		}
	}
	return report
}

// More than --max-removed percent of the account's nodes aren't removed without a question: of those that were there before.
func TestMaxRemoved(t *testing.T) {
	i := neo4jtest.Shared(t)
	a := company("acme", firstTag)
	load(t, i, a.publish(t))
	before := contents(t, i)
	nodes, _ := ask(t, i, "MATCH (:SpaceliftAccount {id: 'acme'})-[r:RESOURCE]->() RETURN count(r)")[0].(int64)
	b := a.later(secondTag)
	removed := int64(0)
	for _, row := range slices.Collect(maps.Values(a.rows[graph.NodeTable(graph.SpaceliftRun)])) {
		b.drop(graph.SpaceliftRun, row[0].Text)
		removed++
	}
	for n := range 3 * nodes { // new ones are no part of what was there
		b.node(graph.SpaceliftUser, fmt.Sprint("new-", n), nil)
		b.edge(graph.SpaceliftAccount, graph.Resource, graph.SpaceliftUser, "acme", fmt.Sprint("new-", n))
	}
	cfg := boltConfig(i, b.publish(t))
	cfg.Temp = t.TempDir()
	exact := float64(removed) * 100 / float64(nodes)
	below, shown := exact-0.01, 0
	cfg.MaxRemoved, cfg.Plan = &below, func(*Plan) error {
		shown++
		return nil
	}
	for range 2 {
		_, err := Load(t.Context(), cfg)
		var tooMany *TooManyRemovedError
		if !errors.As(err, &tooMany) || tooMany.Removed != removed || tooMany.Nodes != nodes {
			t.Errorf("got %v, want an error about %d of %d nodes", err, removed, nodes)
		}
		if left := ask(t, i, "MATCH (n:SpaceliftRun) RETURN count(n)")[0]; left != removed {
			t.Errorf("%v of %d runs are left", left, removed)
		}
	}
	if shown != 2 {
		t.Errorf("the plan was shown %d times", shown)
	}
	cfg.MaxRemoved = &exact
	report, err := Load(t.Context(), cfg)
	must(t, err)
	if report.RemovedNodes != removed || report.Resumed == 0 {
		t.Errorf("reported %+v", report)
	}
	if len(before) == len(contents(t, i)) {
		t.Error("nothing changed")
	}
	for _, bad := range []float64{-1, 101, math.NaN()} {
		cfg.MaxRemoved = &bad
		if _, err := Load(t.Context(), cfg); !isUsage(err, "--max-removed") {
			t.Errorf("%v: %v", bad, err)
		}
	}
}

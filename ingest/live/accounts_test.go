package live

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	neo4jtest "liftgraph/fixtures/neo4j"
	"liftgraph/graph"
	"liftgraph/graph/cypher"
	"liftgraph/ingest/stale"
	"liftgraph/internal/dataset"
)

// Two accounts and another tool in one graph: none touches what is another's, and what can't be distinguished is refused.
func TestAccountsInOneGraph(t *testing.T) {
	i := neo4jtest.Shared(t)
	t.Run("loading and cleaning one leaves the other", func(t *testing.T) { leavesTheOther(t, i) })
	t.Run("so it does where ids are qualified", func(t *testing.T) { leavesTheQualified(t, i) })
	t.Run("other tools", func(t *testing.T) { leavesOtherTools(t, i) })
	t.Run("queries", func(t *testing.T) { asksOfEveryModel(t, i) })
	t.Run("collision", func(t *testing.T) { refusesCollisions(t, i) })
	t.Run("older", func(t *testing.T) { refusesOlder(t, i) })
	t.Run("ended in the middle", func(t *testing.T) { goesOnRemoving(t, i) })
}

// sharing adds what two accounts may both have: a commit, a public worker.
func sharing(n *night) *night {

	n.node(graph.SpaceliftGitCommit, "shared", map[string]any{"message": "m"})
	n.edge(graph.SpaceliftGitCommit, graph.Committed, graph.SpaceliftRun, "shared", n.account+"-web1")
	n.edge(graph.SpaceliftGitCommit, graph.Confirmed, graph.SpaceliftUser, "shared", n.account+"-ann")
	n.edge(graph.GitHubUser, graph.Pushed, graph.SpaceliftGitCommit, "ann", "shared")
	return n
}

func leavesTheOther(t *testing.T, i *neo4jtest.Instance) {
	i.Clear(t)
	a, beta := sharing(company("acme", firstTag)), sharing(company("beta", firstTag+1))
	load(t, i, a.publish(t))
	load(t, i, beta.publish(t))
	before := contents(t, i)

	b := a.later(secondTag)
	lose(b)
	b.drop(graph.SpaceliftGitCommit, "shared")
	report := load(t, i, b.publish(t))
	// What is left of the other: all that isn't acme's.
	others := func(lines []string) []string {
		return slices.DeleteFunc(slices.Clone(lines), func(line string) bool { return strings.Contains(line, `"acme`) })
	}
	sameContents(t, "the other account", others(contents(t, i)), others(before))
	if n := report.Plan.Changes[graph.NodeTable(graph.SpaceliftGitCommit)].Removed; n != 1 {
		t.Errorf("%d commits were to go, where one of two lost a claim alone", n)
	}
	left, err := neo4j.ExecuteQuery(t.Context(), i.Driver(t), "MATCH (:SpaceliftGitCommit {id: 'shared'})<-[:RESOURCE]-(a) RETURN collect(a.id) AS by", nil, neo4j.EagerResultTransformer)
	must(t, err)
	if by := left.Records[0].Values[0].([]any); len(by) != 1 || by[0] != "beta" {
		t.Errorf("the shared commit is claimed by %v", by)
	}
}

// Both accounts have a space root, a stack web, a user ann.
func leavesTheQualified(t *testing.T, i *neo4jtest.Instance) {
	i.Clear(t)
	a, beta := newNight("acme", firstTag).found(""), newNight("beta", firstTag+1).found("")
	a.qualify, beta.qualify = true, true
	load(t, i, a.publish(t))
	load(t, i, beta.publish(t))
	before := contents(t, i)
	b := a.later(secondTag)
	b.drop(graph.SpaceliftStack, "web")
	b.drop(graph.SpaceliftUser, "ann")
	b.failsFor(graph.ScopeRuns, "web") // the slug, as extraction reports it
	dropRuns(b, map[string]string{"web2": "c2", "db2": "c3"})
	load(t, i, b.publish(t))
	others := func(lines []string) []string {
		return slices.DeleteFunc(slices.Clone(lines), func(line string) bool { return strings.Contains(line, `"acme`) })
	}
	lines := contents(t, i)
	sameContents(t, "the other account", others(lines), others(before))
	for text, want := range map[string]int{`"id":"acme-web2"`: 1, `"id":"acme-db2"`: 0, `"id":"acme/web"`: 1, `"id":"acme/db"`: 1} {
		if got := countOf(lines, text); got != want {
			t.Errorf("%s is there %d times, not %d", text, got, want)
		}
	}
}

func leavesOtherTools(t *testing.T, i *neo4jtest.Instance) {
	i.Clear(t)
	a := company("acme", firstTag)
	load(t, i, a.publish(t))
	run(t, i, "MATCH (s:SpaceliftStack {id: 'acme-db'}) CREATE (:Tool {id: 'x'})-[:WATCHES]->(s)",
		"MATCH (i:EC2Instance {id: 'i-db'}) SET i.name = 'database', i.lastupdated = 5",
		"CREATE (:EC2Instance {id: 'i-other', lastupdated: 5})-[:AFFECTED]->(:Tool {id: 'y', lastupdated: 5})",
		"CREATE (:SpaceliftSpace {id: 'foreign'})-[:CONTAINS {lastupdated: 5}]->(:SpaceliftSpace {id: 'foreign2', lastupdated: 5})")
	b := a.later(secondTag)
	lose(b)
	cfg := boltConfig(i, b.publish(t))
	report, err := Load(t.Context(), cfg)
	must(t, err)
	if _, edges := report.Plan.Removed(); report.RemovedRelationships != edges+1 {
		t.Errorf("%d relationships went, of which %d were planned and one is another tool's", report.RemovedRelationships, edges)
	}
	lines := contents(t, i)
	for text, want := range map[string]int{`"acme-db"`: 0, `{"id":"x"}`: 1, `"name":"database"`: 1, `"lastupdated":5`: 5, `"foreign`: 3} {
		if got := countOf(lines, text); got != want {
			t.Errorf("%s is there %d times, not %d", text, got, want)
		}
	}
}

// The server takes every question about every table of every model.
func asksOfEveryModel(t *testing.T, i *neo4jtest.Instance) {
	n := newNight("acme", firstTag)
	n.failsFor(graph.ScopeRuns, "web")
	n.failsFor(graph.ScopeEntities, "web")
	parameters := map[string]any{"account": "acme", "tag": firstTag, "stacks": []string{"web"}, "cutoff": "2026", "elements": []string{}}
	for _, m := range graph.Models() {
		for _, table := range m.Tables() {
			q := &stale.Query{Model: m, Options: cypher.Options{Model: m}, Cover: stale.CoverageOf(&dataset.Manifest{Scopes: n.scopes}, "acme"), Expire: true, All: table.Number%2 == 0}
			queries := []string{q.Candidates(table)}
			if m != graph.Default { // whose nodes and relationships the other tests remove
				queries = append(queries, stale.Removal(table, q.Options))
			}
			for _, query := range queries {
				if query == "" {
					continue
				}
				if _, err := neo4j.ExecuteQuery(t.Context(), i.Driver(t), "EXPLAIN "+query, parameters, neo4j.EagerResultTransformer); err != nil {
					t.Errorf("%s, %s: %v\n%s", m.Name, table.Name, err, query)
				}
			}
		}
	}
}

func refusesCollisions(t *testing.T, i *neo4jtest.Instance) {
	i.Clear(t)
	load(t, i, company("acme", firstTag).publish(t))
	before := contents(t, i)
	other := newNight("beta", secondTag)
	other.node(graph.SpaceliftStack, "acme-web", nil)
	other.node(graph.SpaceliftStack, "beta-web", nil)
	_, err := Load(t.Context(), boltConfig(i, other.publish(t)))
	if err == nil || !strings.Contains(err.Error(), `SpaceliftStack "acme-web" of account beta is a node of account acme in this graph already`) || !strings.Contains(err.Error(), "--qualify-ids") {
		t.Errorf("got %v", err)
	}
	sameContents(t, "after the refusal", contents(t, i), before)
}

func refusesOlder(t *testing.T, i *neo4jtest.Instance) {
	i.Clear(t)
	a := company("acme", firstTag)
	b := a.later(secondTag)
	lose(b)
	load(t, i, b.publish(t))
	before := contents(t, i)
	dir := a.publish(t)
	if _, err := Load(t.Context(), boltConfig(i, dir)); err == nil || !strings.Contains(err.Error(), "--older") {
		t.Errorf("got %v", err)
	}
	sameContents(t, "after the refusal", contents(t, i), before)
	load(t, i, dir, func(cfg *Config) { cfg.Older = true })
	// All of the old night is there, and nothing is gone.
	want := a.over(b, func(*graph.Table, graph.Row) bool { return true })
	sameContents(t, "the older over the later", contents(t, i), expected(want.sorted()))
}

// goesOnRemoving ends a load while it removes, and loads again.
func goesOnRemoving(t *testing.T, i *neo4jtest.Instance) {
	i.Clear(t)
	a := company("acme", firstTag)
	b := a.later(secondTag)
	lose(b)
	dir := b.publish(t)
	load(t, i, a.publish(t))
	for _, after := range []int64{1, 12} {
		ctx, cancel := context.WithCancelCause(t.Context())
		cfg := boltConfig(i, dir)
		cfg.batch = 1
		stopped := errors.New("stopped")
		var report *Report
		cfg.removed = func(r *Report) {
			if r.RemovedNodes+r.RemovedRelationships == after {
				cancel(stopped)
			}
		}
		report, err := Load(ctx, cfg)
		if err == nil {
			t.Errorf("it didn't end: %+v", report)
		}
		cancel(nil)
	}
	load(t, i, dir)
	sameContents(t, "in the end", contents(t, i), expected(b.over(a, nil).sorted()))
}

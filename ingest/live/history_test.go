package live

import (
	"fmt"
	"path/filepath"
	"testing"

	"liftgraph/emit"
	"liftgraph/emit/carryover"
	"liftgraph/emit/published"
	neo4jtest "liftgraph/fixtures/neo4j"
	"liftgraph/graph"
	"liftgraph/graph/graphtest"
	"liftgraph/internal/dataset"
)

// What emission kept of an earlier night is loaded and stays, although no scope lists it.
func TestKeptHistoryIsLoaded(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a Neo4j")
	}
	accounts, stacks, runs := graph.NodeTable(graph.SpaceliftAccount), graph.NodeTable(graph.SpaceliftStack), graph.NodeTable(graph.SpaceliftRun)
	spaces, contains := graph.NodeTable(graph.SpaceliftSpace), graph.RelationshipTable(graph.SpaceliftSpace, graph.Contains, graph.SpaceliftStack)
	ofSpace, ofStack, ofRun := graph.RelationshipTable(graph.SpaceliftAccount, graph.Resource, graph.SpaceliftSpace),
		graph.RelationshipTable(graph.SpaceliftAccount, graph.Resource, graph.SpaceliftStack), graph.RelationshipTable(graph.SpaceliftAccount, graph.Resource, graph.SpaceliftRun)
	generated := graph.RelationshipTable(graph.SpaceliftStack, graph.Generated, graph.SpaceliftRun)
	instances, affected := graph.NodeTable(graph.EC2Instance), graph.RelationshipTable(graph.SpaceliftRun, graph.Affected, graph.EC2Instance)
	dir := filepath.Join(t.TempDir(), "csv")
	night := func(n int, ids ...string) {
		list := map[*graph.Table][]graph.Row{accounts: {graphtest.Row(accounts, "acme")}, spaces: {graphtest.Row(spaces, "root")}, ofSpace: {graphtest.Row(ofSpace, "acme", "root")}}
		for _, id := range ids {
			list[stacks] = append(list[stacks], graphtest.Row(stacks, id))
			list[ofStack] = append(list[ofStack], graphtest.Row(ofStack, "acme", id))
			list[contains] = append(list[contains], graphtest.Row(contains, "root", id))
			list[runs] = append(list[runs], graphtest.Row(runs, id+"-run"))
			list[ofRun] = append(list[ofRun], graphtest.Row(ofRun, "acme", id+"-run"))
			list[generated] = append(list[generated], graphtest.Row(generated, id, id+"-run"))
		}
		if n == 0 { // a call in CloudTrail keeps the run that made it
			list[instances] = []graph.Row{graphtest.Row(instances, "i-1")}
			list[affected] = []graph.Row{graphtest.Row(affected, "gone-run", "i-1", "event-1", "2026-11-13T23:47:41Z", "RunInstances")}
		}
		for table, rows := range list {
			for _, r := range rows {
				if n := table.Node; n != nil && n.Label != graph.SpaceliftAccount && n.Label != graph.EC2Instance {
					r[graph.Column(n.Label, "spacelift_account_id")] = graph.Text("acme")
				}
				r[len(r)-2], r[len(r)-1] = graph.Num(int64(tag+n)*1000), graph.Num(int64(tag+n))
			}
		}
		m := dataset.Manifest{UpdateTag: int64(tag + n), Accounts: []string{"acme"}}
		for _, scope := range []string{
			graph.ScopeSpaces, graph.ScopeStacks, graph.ScopePools, graph.ScopePublicPool, graph.ScopeUsers, graph.ScopeGroups, graph.ScopeKeys, graph.ScopeRoles, graph.ScopeEntities, graph.ScopeRuns,
			graph.ScopeDetails, graph.ScopeLogs,
		} {
			m.Scopes = append(m.Scopes, dataset.Scope{Scope: scope, Complete: true})
		}
		e, err := emit.Open(t.Context(), emit.Job{Model: graph.Default}, emit.Target{Format: emit.CSV, Dir: dir})
		must(t, err)
		defer func() { _ = e.Abandon() }()
		var sink graph.Sink = e
		if n > 0 {
			before, err := published.OpenURI(t.Context(), dir, published.Options{Temp: t.TempDir()})
			must(t, err)
			h := carryover.New(e, carryover.Config{Previous: before, Keep: true, Temp: t.TempDir()})
			graphtest.Write(t, h, list)
			l, err := h.Finish()
			must(t, err)
			must(t, h.Close())
			m.Ledger = append(m.Ledger, l.Ledgers...)
		} else {
			graphtest.Write(t, sink, list)
		}
		must(t, e.Publish(m))
	}
	i := neo4jtest.Shared(t)
	for n, ids := range [][]string{{"gone", "web"}, {"web"}, {"web"}} {
		night(n, ids...)
		for _, method := range []string{LoadCSV, Bolt} {
			cfg := loadInto(i, dir)
			cfg.Method = method
			_, err := Load(t.Context(), cfg)
			must(t, err)
			if got := fmt.Sprint(ask(t, i, "MATCH (:SpaceliftAccount)-[:RESOURCE]->(s:SpaceliftStack)-[:GENERATED]->(r:SpaceliftRun) RETURN s.id + ' ' + r.id + ' ' + r.firstseen + ' ' + r.lastupdated ORDER BY r.id")); got !=
				fmt.Sprintf("[gone gone-run %d000 %d web web-run %d000 %d]", tag, tag, tag, tag+n) {
				t.Errorf("night %d by %s: %s", n+1, method, got)
			}
			if got := fmt.Sprint(ask(t, i, "MATCH (:SpaceliftSpace)-[:CONTAINS]->(s) RETURN s.id ORDER BY s.id")); got != fmt.Sprint(ids) {
				t.Errorf("night %d by %s: the space contains %s", n+1, method, got)
			}
		}
	}
}

package live

import (
	"maps"
	"path/filepath"
	"slices"
	"testing"

	"liftgraph/emit"
	"liftgraph/graph"
	"liftgraph/graph/graphtest"
	"liftgraph/internal/dataset"
)

// night is what one extraction of an account reads, made by hand.
type night struct {
	account string
	local   string // what the ids begin with that are unique only within the account
	qualify bool   // --qualify-ids
	tag     int64
	rows    map[*graph.Table]map[string]graph.Row
	scopes  []dataset.Scope
	ids     dataset.SanitizedIDs
}

// allScopes are complete.
func allScopes() (list []dataset.Scope) {
	for _, name := range []string{
		graph.ScopeSpaces, graph.ScopeStacks, graph.ScopePools, graph.ScopePublicPool, graph.ScopeUsers, graph.ScopeGroups, graph.ScopeKeys, graph.ScopeRoles,
		graph.ScopeEntities, graph.ScopeRuns, graph.ScopeDetails, graph.ScopeLogs,
	} {
		list = append(list, dataset.Scope{Scope: name, Complete: true})
	}
	return list
}

// fails makes a scope incomplete.
func (n *night) fails(scope string) {
	n.scopes = slices.Clone(n.scopes)
	for i := range n.scopes {
		if n.scopes[i].Scope == scope {
			n.scopes[i].Complete = false
		}
	}
}

// failsFor makes a scope incomplete for stacks alone.
func (n *night) failsFor(scope string, stacks ...string) {
	n.fails(scope)
	for i := range n.scopes {
		if n.scopes[i].Scope == scope {
			n.scopes[i].ByStack = true
		}
	}
	for _, s := range stacks {
		n.scopes = append(n.scopes, dataset.Scope{Scope: scope, Stack: s})
	}
}

func newNight(account string, tag int64) *night {
	n := &night{account: account, tag: tag, rows: map[*graph.Table]map[string]graph.Row{}, scopes: allScopes()}
	n.put(graph.NodeTable(graph.SpaceliftAccount), account, account, account)
	return n
}

func (n *night) put(t *graph.Table, cells ...any) {
	row := graphtest.Row(t, cells...)
	row[len(row)-2], row[len(row)-1] = graph.Num(n.tag*1000), graph.Num(n.tag)
	if n.rows[t] == nil {
		n.rows[t] = map[string]graph.Row{}
	}
	n.rows[t][string(t.AppendKey(nil, row))] = row
}

// node adds one with these properties, by name, and its claim.
func (n *night) node(l graph.Label, id string, properties map[string]any) {
	t := graph.NodeTable(l)
	cells := make([]any, len(t.Columns)-graph.Times)
	cells[0] = id
	for i, c := range t.Columns[:len(cells)] {
		if c.Name == "spacelift_account_id" {
			cells[i] = n.account
		}
		if v, ok := properties[c.Name]; ok {
			cells[i] = v
		}
	}
	n.put(t, cells...)
	if !t.Node.Foreign {
		n.put(graph.RelationshipTable(graph.SpaceliftAccount, graph.Resource, l), n.account, id)
	}
}

func (n *night) edge(from graph.Label, typ string, to graph.Label, cells ...any) {
	n.put(graph.RelationshipTable(from, typ, to), cells...)
}

// drop takes rows out: a node by its id with every edge at it.
func (n *night) drop(l graph.Label, id string) {
	for t, rows := range n.rows {
		for key, row := range rows {
			r := t.Relationship
			if t.Node != nil && t.Node.Label == l && row[0].Text == id || r != nil && (r.From == l && row[0].Text == id || r.To == l && row[1].Text == id) {
				delete(rows, key)
			}
		}
	}
}

// dropEdge takes out the edges between two ends.
func (n *night) dropEdge(from graph.Label, typ string, to graph.Label, start, end string) {
	rows := n.rows[graph.RelationshipTable(from, typ, to)]
	for key, row := range rows {
		if row[0].Text == start && row[1].Text == end {
			delete(rows, key)
		}
	}
}

// later returns the same of another night, with its own rows.
func (n *night) later(tag int64) *night {
	next := &night{account: n.account, local: n.local, qualify: n.qualify, tag: tag, rows: map[*graph.Table]map[string]graph.Row{}, scopes: n.scopes, ids: n.ids}
	for t, rows := range n.rows {
		next.rows[t] = map[string]graph.Row{}
		for key, row := range rows {
			row = slices.Clone(row)
			row[len(row)-2], row[len(row)-1] = graph.Num(tag*1000), graph.Num(tag)
			next.rows[t][key] = row
		}
	}
	return next
}

// sorted returns the rows of the tables in order.
func (n *night) sorted() map[*graph.Table][]graph.Row {
	list := map[*graph.Table][]graph.Row{}
	for t, rows := range n.rows {
		list[t] = slices.SortedFunc(maps.Values(rows), t.Compare)
	}
	return list
}

// publish returns the directory of the night as CSV.
func (n *night) publish(t testing.TB) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "csv")
	e, err := emit.Open(t.Context(), emit.Job{Model: graph.Default}, emit.Target{Format: emit.CSV, Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	var sink graph.Sink = e
	if n.qualify {
		sink = graph.Qualify(e, func() string { return n.account })
	}
	graphtest.Write(t, sink, n.sorted())
	if err := e.Publish(dataset.Manifest{QualifiedIDs: n.qualify, UpdateTag: n.tag, Accounts: []string{n.account}, Scopes: n.scopes, SanitizedIDs: &n.ids}); err != nil {
		t.Fatal(err)
	}
	return dir
}

// over returns what a graph holds after this night was loaded over before: what was there keeps firstseen, what isn't the account's stays, and
// so does what stays says.
func (n *night) over(before *night, stays func(t *graph.Table, row graph.Row) bool) *night {
	after := n.later(n.tag)
	for t, rows := range before.rows {
		for key, row := range rows {
			if _, there := after.rows[t][key]; !there && (t.Node != nil && t.Node.Foreign || stays != nil && stays(t, row)) {
				if after.rows[t] == nil {
					after.rows[t] = map[string]graph.Row{}
				}
				after.rows[t][key] = row
			}
		}
	}
	for t, rows := range after.rows {
		for key, row := range rows {
			if old, there := before.rows[t][key]; there && row[len(row)-1].Num == n.tag {
				if row[len(row)-2] = old[len(row)-2]; t.Node != nil && t.Node.Foreign {
					rows[key] = old
				}
			}
		}
	}
	return after
}

// company is an account with everything in it that the rules of removal are about.
func company(account string, tag int64) *night {
	return newNight(account, tag).found(account + "-")
}

// found fills in a company whose spaces, users, stacks and pools have ids that begin so.
func (n *night) found(local string) *night {
	n.local = local
	account := n.account
	n.node(graph.SpaceliftSpace, local+"root", map[string]any{"name": "root", "is_root": true})
	n.node(graph.SpaceliftSpace, local+"team", map[string]any{"name": "team", "parent_space_id": local + "root"})
	n.edge(graph.SpaceliftSpace, graph.Contains, graph.SpaceliftSpace, local+"root", local+"team")
	n.node(graph.SpaceliftWorkerPool, local+"pool", map[string]any{"name": "pool"})
	n.edge(graph.SpaceliftSpace, graph.Contains, graph.SpaceliftWorkerPool, local+"root", local+"pool")
	for _, w := range []string{"w1", "w2"} {
		n.node(graph.SpaceliftWorker, account+"-"+w, map[string]any{"status": "IDLE"})
		n.edge(graph.SpaceliftWorkerPool, graph.Contains, graph.SpaceliftWorker, local+"pool", account+"-"+w)
		n.node(graph.EC2Instance, "i-host-"+w, nil)
		n.edge(graph.SpaceliftWorker, graph.RunsOn, graph.EC2Instance, account+"-"+w, "i-host-"+w)
	}
	for _, u := range []string{"ann", "bob", "eve"} {
		n.node(graph.SpaceliftUser, local+u, map[string]any{"username": u})
		n.edge(graph.SpaceliftUser, graph.HasRoleIn, graph.SpaceliftSpace, local+u, local+"root", "READ")
	}
	n.edge(graph.SpaceliftUser, graph.HasRoleIn, graph.SpaceliftSpace, local+"ann", local+"root", "ADMIN")
	for _, s := range []string{"web", "db"} {
		n.node(graph.SpaceliftStack, local+s, map[string]any{"name": s, "space_id": local + "team"})
		n.edge(graph.SpaceliftSpace, graph.Contains, graph.SpaceliftStack, local+"team", local+s)
	}
	n.edge(graph.SpaceliftStack, graph.Contains, graph.SpaceliftStack, local+"web", local+"db")
	n.run("web1", "web", "ann", "w1", "c1")
	n.run("web2", "web", "ann", "w1", "c2")
	n.run("db1", "db", "bob", "w2", "c1")
	n.run("db2", "db", "eve", "w2", "c3")
	n.node(graph.SpaceliftAuditEvent, account+"-event", map[string]any{"action": "stack.create", "event_time": "2026-01-01T00:00:00Z"})
	n.edge(graph.SpaceliftUser, graph.Performed, graph.SpaceliftAuditEvent, local+"ann", account+"-event")
	n.edge(graph.SpaceliftAuditEvent, graph.Targeted, graph.SpaceliftStack, account+"-event", local+"web")
	return n
}

// run adds a run of a stack, with its commit, whom no other account has.
func (n *night) run(run, stack, user, worker, commit string) {
	id := func(s string) string { return n.account + "-" + s }
	stackID, userID := n.local+stack, n.local+user
	n.node(graph.SpaceliftRun, id(run), map[string]any{"stack_id": stackID, "state": "FINISHED", "commit_sha": id(commit), "triggered_by_user_id": userID})
	n.node(graph.SpaceliftGitCommit, id(commit), map[string]any{"message": "m", "author_login": user})
	n.node(graph.GitHubUser, user, nil)
	n.node(graph.EC2Instance, "i-"+stack, nil)
	n.edge(graph.SpaceliftStack, graph.Generated, graph.SpaceliftRun, stackID, id(run))
	n.edge(graph.SpaceliftUser, graph.Triggered, graph.SpaceliftRun, userID, id(run))
	n.edge(graph.SpaceliftWorker, graph.Executed, graph.SpaceliftRun, id(worker), id(run))
	n.edge(graph.SpaceliftGitCommit, graph.Committed, graph.SpaceliftRun, id(commit), id(run))
	n.edge(graph.SpaceliftGitCommit, graph.Confirmed, graph.SpaceliftUser, id(commit), userID)
	n.edge(graph.GitHubUser, graph.Pushed, graph.SpaceliftGitCommit, user, id(commit))
	n.edge(graph.SpaceliftRun, graph.Affected, graph.EC2Instance, id(run), "i-"+stack, nil, nil, nil, nil, nil, "plain")
}

// calls adds a call of a run that CloudTrail recorded.
func (n *night) calls(run, instance, event, at string) {
	n.node(graph.EC2Instance, instance, nil)
	n.edge(graph.SpaceliftRun, graph.Affected, graph.EC2Instance, n.account+"-"+run, instance, event, at, "RunInstances", "1", "eu")
}

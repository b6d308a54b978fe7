package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"liftgraph/emit/published"
	"liftgraph/graph"
	"liftgraph/internal/table"
	"liftgraph/query/lookup"
	"liftgraph/query/trace"
)

// change is a line of the demo's table: a run that affected an instance, and who and what is behind it.
type change struct {
	instance, author, commit, run, triggered   string
	confirmed, stack, space, workers, resolved string
	calls                                      []string // name and time, sorted by time
}

// demoCypher returns the same from Neo4j.
const demoCypher = `MATCH (run:SpaceliftRun)-[affected:AFFECTED]->(instance:EC2Instance)
WITH run, instance, max(affected.resolved_by) AS resolved_by,
     [call IN collect(affected {.event_id, .event_time, .event_name}) WHERE call.event_id IS NOT NULL] AS calls
OPTIONAL MATCH (commit:SpaceliftGitCommit)-[:COMMITTED]->(run)
OPTIONAL MATCH (user:SpaceliftUser)-[:TRIGGERED]->(run)
OPTIONAL MATCH (commit)-[:CONFIRMED]->(confirmer:SpaceliftUser)
OPTIONAL MATCH (stack:SpaceliftStack)-[:GENERATED]->(run)
OPTIONAL MATCH (space:SpaceliftSpace)-[:CONTAINS]->(stack)
OPTIONAL MATCH (worker:SpaceliftWorker)-[:EXECUTED]->(run)
RETURN instance.id AS instance, coalesce(commit.author_login, commit.author_name) AS author, commit.sha AS commit, run.id AS run,
       user.id AS triggered_by, collect(DISTINCT confirmer.id) AS confirmed_by, stack.id AS stack, space.id AS space,
       collect(DISTINCT worker.id) AS workers, resolved_by, calls
ORDER BY instance, run`

// changesInNeo4j queries a database for every change.
func changesInNeo4j(ctx context.Context, driver neo4j.DriverWithContext) ([]change, error) {
	res, err := neo4j.ExecuteQuery(ctx, driver, demoCypher, nil, neo4j.EagerResultTransformer, neo4j.ExecuteQueryWithDatabase("neo4j"), neo4j.ExecuteQueryWithReadersRouting())
	if err != nil {
		return nil, fmt.Errorf("query who changed what: %w", err)
	}
	var list []change
	for _, r := range res.Records {
		m := r.AsMap()
		text := func(key string) string { s, _ := m[key].(string); return s }
		texts := func(key string) string {
			items, _ := m[key].([]any)
			var all []string
			for _, i := range items {
				all = append(all, fmt.Sprint(i))
			}
			return sorted(all)
		}
		c := change{
			instance: text("instance"), author: text("author"), commit: text("commit"), run: text("run"), triggered: text("triggered_by"),
			confirmed: texts("confirmed_by"), stack: text("stack"), space: text("space"), workers: texts("workers"), resolved: text("resolved_by"),
		}
		calls, _ := m["calls"].([]any)
		for _, v := range calls {
			call, _ := v.(map[string]any)
			c.calls = append(c.calls, fmt.Sprintf("%v %v", call["event_time"], call["event_name"]))
		}
		slices.Sort(c.calls)
		list = append(list, c)
	}
	return list, nil
}

// changesInFiles looks up every instance of a published directory.
func changesInFiles(ctx context.Context, dir string) (list []change, err error) {
	instances, err := published.Open(dir)
	if err != nil {
		return nil, err
	}
	d, err := lookup.Open(ctx, dir)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	for row, err := range instances.Rows(graph.NodeTable(graph.EC2Instance)) {
		if err != nil {
			return nil, err
		}
		answer, err := trace.AskDir(ctx, d, trace.Question{ID: row[0].Text, Kind: trace.KindInstance, Limit: 1000})
		if err != nil {
			return nil, err
		}
		for _, r := range slices.Backward(answer.Answers[0].Runs) {
			for _, a := range r.Affected {
				list = append(list, changeOf(&r, &a))
			}
		}
	}
	return list, nil
}

func changeOf(r *trace.Run, a *trace.Affected) change {
	c := change{instance: a.Instance, run: r.ID, resolved: a.ResolvedBy}
	if r.Stack != nil {
		c.stack = r.Stack.ID
		if n := len(r.Stack.Space); n > 0 {
			c.space = r.Stack.Space[n-1].ID
		}
	}
	if r.Commit != nil {
		c.author, c.commit = cmp.Or(r.Commit.AuthorLogin, r.Commit.AuthorName), r.Commit.SHA
		var users []string
		for _, u := range r.Commit.ConfirmedBy {
			users = append(users, u.ID)
		}
		c.confirmed = sorted(users)
	}
	if r.TriggeredBy != nil {
		c.triggered = r.TriggeredBy.ID
	}
	var workers []string
	for _, w := range r.Workers {
		workers = append(workers, w.ID)
	}
	c.workers = sorted(workers)
	for _, call := range a.Calls {
		c.calls = append(c.calls, call.Time+" "+call.Name)
	}
	slices.Sort(c.calls)
	return c
}

func sorted(list []string) string {
	slices.Sort(list)
	return strings.Join(slices.Compact(list), " ")
}

// cellCalls is how many calls a table's cell names.
const cellCalls = 3

// printChanges writes changes as a table, a line each.
func printChanges(w io.Writer, list []change) error {
	t := table.New(w, true)
	fmt.Fprintln(t, "INSTANCE\tCOMMIT AUTHOR\tCOMMIT\tRUN\tTRIGGERED BY\tCONFIRMED BY\tSTACK\tSPACE\tWORKERS\tAS ENTITY\tAPI CALLS")
	last := ""
	for _, c := range list {
		var calls []string
		for _, call := range c.calls[:min(len(c.calls), cellCalls)] {
			at, name, _ := strings.Cut(call, " ")
			calls = append(calls, name+" "+at)
		}
		if n := len(c.calls) - cellCalls; n > 0 {
			calls = append(calls, fmt.Sprintf("%d more", n))
		}
		cells := []string{
			c.instance, c.author, c.commit[:min(7, len(c.commit))], c.run, cmp.Or(c.triggered, "(git push)"),
			c.confirmed, c.stack, c.space, c.workers, c.resolved, strings.Join(calls, ", "),
		}
		for i, s := range cells {
			cells[i] = cmp.Or(trace.Printable(s), "-")
		}
		if c.instance == last {
			cells[0] = ""
		}
		last = c.instance
		fmt.Fprintln(t, strings.Join(cells, "\t"))
	}
	return t.Flush()
}

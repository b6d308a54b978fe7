package cypher_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	neo4jtest "liftgraph/fixtures/neo4j"
	"liftgraph/graph"
	"liftgraph/graph/cypher"
)

var (
	runs      = graph.NodeTable(graph.SpaceliftRun)
	instances = graph.NodeTable(graph.EC2Instance)
	affected  = graph.RelationshipTable(graph.SpaceliftRun, graph.Affected, graph.EC2Instance)
)

func TestNames(t *testing.T) {
	for name, want := range map[string]string{"EC2Instance": "EC2Instance", "my label": "`my label`", "a`b": "`a``b`", "": "``", "1a": "`1a`"} {
		if got := cypher.Name(name); got != want {
			t.Errorf("%q is %s, not %s", name, got, want)
		}
	}
	if got := cypher.Text(`a'b\`); got != `'a\'b\\'` {
		t.Error(got)
	}
}

func TestNothingToWrite(t *testing.T) {
	o := cypher.Options{MatchForeign: true}
	for _, got := range []string{cypher.Upsert(instances, o), cypher.Unwind(instances, o), cypher.LoadCSV(instances, o, "$url", "0", 1), cypher.Script(instances, o, "$url", 1)} {
		if got != "" {
			t.Errorf("nodes that are only matched are written by %s", got)
		}
	}
}

func TestKeys(t *testing.T) {
	for _, k := range cypher.Keys(cypher.Options{EC2Label: "AWSEC2Instance"}) {
		if k.Label == "EC2Instance" {
			t.Errorf("%+v", k)
		}
		if made := k.Make(); strings.HasPrefix(made, "CREATE INDEX") != (strings.HasPrefix(k.Label, "AWS") || k.Label == "GitHubUser") {
			t.Errorf("%+v is found by %s", k, made)
		}
	}
}

// row makes a row's list: its first cells, and the times it ends in.
func row(t *graph.Table, seen int64, cells ...any) []any {
	list := make([]any, len(t.Columns))
	copy(list, cells)
	list[len(list)-2], list[len(list)-1] = seen*1000, seen
	return list
}

// What rows do to a graph in which there is something already, on the real Neo4j.
func TestUpsert(t *testing.T) {
	i := neo4jtest.Shared(t)
	ask := func(query string, parameters map[string]any) (list []string) {
		t.Helper()
		r, err := neo4j.ExecuteQuery(t.Context(), i.Driver(t), query, parameters, neo4j.EagerResultTransformer)
		if err != nil {
			t.Fatalf("%s: %v", query, err)
		}
		for _, record := range r.Records {
			line, _ := json.Marshal(record.Values)
			list = append(list, string(line))
		}
		slices.Sort(list)
		return list
	}
	write := func(table *graph.Table, o cypher.Options, missing int, rows ...[]any) {
		t.Helper()
		if got, want := ask(cypher.Unwind(table, o), map[string]any{"rows": rows}), fmt.Sprintf("[%d]", missing); len(got) != 1 || got[0] != want {
			t.Errorf("%s: missing %s, not %s", table.Name, got, want)
		}
	}
	var o cypher.Options
	ask("CREATE (:EC2Instance {id: 'i-1', region: 'theirs', lastupdated: 1}), (:SpaceliftRun {id: 'r-1', state: 'OLD', branch: 'gone', firstseen: 7})", nil)
	for range 2 { // twice is once
		write(runs, o, 0, row(runs, 20, "r-1", "TRACKED", "NEW"), row(runs, 20, "r-2"))
		write(instances, o, 0, row(instances, 20, "i-1", "i-1"), row(instances, 20, "i-2", "i-2"))
		write(affected, o, 1, row(affected, 20, "r-1", "i-1", nil, nil, nil, nil, nil, "plain"), row(affected, 20, "r-1", "i-1", "e-1"),
			row(affected, 20, "r-1", "i-1", "e-2", "now"), row(affected, 20, "r-1", "nowhere", "e-2"))
	}
	write(affected, o, 0, row(affected, 30, "r-1", "i-1", nil, nil, nil, nil, nil, "digest"), row(affected, 30, "r-1", "i-1", "e-2", "then"))
	for query, want := range map[string][]string{
		"MATCH (n:SpaceliftRun) RETURN properties(n)": {
			`[{"firstseen":20000,"id":"r-2","lastupdated":20}]`, `[{"firstseen":7,"id":"r-1","lastupdated":20,"run_type":"TRACKED","state":"NEW"}]`,
		},
		"MATCH (n:EC2Instance) RETURN properties(n)": {
			`[{"firstseen":20000,"id":"i-2","instanceid":"i-2","lastupdated":20}]`, `[{"id":"i-1","lastupdated":1,"region":"theirs"}]`,
		},
		"MATCH (:SpaceliftRun {id: 'r-1'})-[r:AFFECTED]->(:EC2Instance {id: 'i-1'}) RETURN properties(r)": {
			`[{"event_id":"e-1","firstseen":20000,"lastupdated":20}]`,
			`[{"event_id":"e-2","event_time":"then","firstseen":20000,"lastupdated":30}]`,
			`[{"firstseen":20000,"lastupdated":30,"resolved_by":"digest"}]`,
		},
	} {
		if got := ask(query, nil); !slices.Equal(got, want) {
			t.Errorf("%s:\n%s\nnot\n%s", query, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}

	// Created where there is none, a row is as one that is merged.
	stacks := graph.NodeTable(graph.SpaceliftStack)
	generated := graph.RelationshipTable(graph.SpaceliftStack, graph.Generated, graph.SpaceliftRun)
	written := func(create bool) []string {
		ask("MATCH (n:SpaceliftStack) DETACH DELETE n", nil)
		write(stacks, cypher.Options{Create: create}, 0, row(stacks, 20, "s-1", "web"), row(stacks, 20, "s-2"))
		write(generated, cypher.Options{Create: create}, 1, row(generated, 20, "s-1", "r-1"), row(generated, 20, "s-1", "nowhere"))
		return ask("MATCH (n:SpaceliftStack) OPTIONAL MATCH (n)-[r]->(b) RETURN labels(n), properties(n), properties(r), b.id", nil)
	}
	if got, want := written(true), written(false); len(got) != 2 || !slices.Equal(got, want) {
		t.Errorf("created:\n%s\nmerged:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}

	// Under another label, and where nothing of others is made.
	ask("CREATE (:`EC2 of ours` {id: 'i-1'})", nil)
	ours := cypher.Options{EC2Label: "EC2 of ours", MatchForeign: true}
	write(affected, ours, 1, row(affected, 20, "r-2", "i-1", "e-1"), row(affected, 20, "r-2", "i-2", "e-1"))
	if got := ask("MATCH (r {id: 'r-2'})-->(i) RETURN labels(i)", nil); !slices.Equal(got, []string{`[["EC2 of ours"]]`}) {
		t.Errorf("r-2 affected %v", got)
	}

	// What other models have and this one doesn't is taken too.
	for _, m := range graph.Models() {
		for _, table := range m.Tables() {
			lists := slices.ContainsFunc(table.Columns, func(p graph.Property) bool { return p.Type == graph.List })
			if lists || table.Node != nil && len(table.Node.Extra) > 0 {
				ask("EXPLAIN "+cypher.LoadCSV(table, cypher.Options{Model: m}, "$url", "$skip", 100), map[string]any{"url": "file:///x", "skip": 0})
			}
		}
	}
}

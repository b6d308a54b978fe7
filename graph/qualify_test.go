package graph_test

import (
	"fmt"
	"strings"
	"testing"

	"liftgraph/graph"
	"liftgraph/graph/graphtest"
)

// gathered is a sink that keeps its rows' texts.
type gathered struct{ rows []string }

type gatheredTable struct {
	*gathered
	check *graph.Checker
}

func (g *gathered) Table(t *graph.Table) (graph.TableWriter, error) {
	return gatheredTable{g, graph.NewChecker(t)}, nil
}

func (g gatheredTable) Write(row graph.Row) error {
	var cells []string
	for _, v := range row {
		cells = append(cells, v.Text)
	}
	g.rows = append(g.rows, strings.TrimRight(strings.Join(cells, "|"), "|"))
	return g.check.Check(row)
}

func (gatheredTable) Close() error { return nil }

func TestIDsAreQualifiedWhereverTheyStand(t *testing.T) {
	g := new(gathered)
	table := graph.NodeTable
	graphtest.Write(t, graph.Qualify(g, func() string { return "acme" }), map[*graph.Table][]graph.Row{
		table(graph.SpaceliftAccount): {graphtest.Row(table(graph.SpaceliftAccount), "acme", "acme", "acme")},
		table(graph.SpaceliftSpace): {
			graphtest.Row(table(graph.SpaceliftSpace), "prod", "root", nil, false, "acme", nil, "root"),
			graphtest.Row(table(graph.SpaceliftSpace), "root", "root", "", true, "acme", "acme", nil),
		},
		table(graph.SpaceliftRun):   {graphtest.Row(table(graph.SpaceliftRun), "01M", "TRACKED", "FINISHED", "5fc", "main", 1, "web", "dana", "acme")},
		table(graph.SpaceliftStack): {graphtest.Row(table(graph.SpaceliftStack), "web", "root", "", "", true, "", "", "", "prod", "acme")},
		graph.RelationshipTable(graph.SpaceliftUser, graph.HasRoleIn, graph.SpaceliftSpace): {
			graphtest.Row(graph.RelationshipTable(graph.SpaceliftUser, graph.HasRoleIn, graph.SpaceliftSpace), "dana", "prod", "READ"),
			graphtest.Row(graph.RelationshipTable(graph.SpaceliftUser, graph.HasRoleIn, graph.SpaceliftSpace), "dana", "root", "READ"),
		},
		graph.RelationshipTable(graph.SpaceliftStack, graph.Generated, graph.SpaceliftRun):  {graphtest.Row(graph.RelationshipTable(graph.SpaceliftStack, graph.Generated, graph.SpaceliftRun), "web", "01M")},
		graph.RelationshipTable(graph.SpaceliftAccount, graph.Resource, graph.SpaceliftRun): {graphtest.Row(graph.RelationshipTable(graph.SpaceliftAccount, graph.Resource, graph.SpaceliftRun), "acme", "01M")},
		graph.RelationshipTable(graph.SpaceliftRun, graph.Affected, graph.EC2Instance):      {graphtest.Row(graph.RelationshipTable(graph.SpaceliftRun, graph.Affected, graph.EC2Instance), "01M", "i-1")},
	})
	want := []string{
		"acme|acme|acme",
		"acme/prod|root|||acme||acme/root",
		"acme/root|root|||acme|acme",
		"acme/web|root|||||||acme/prod|acme",
		"01M|TRACKED|FINISHED|5fc|main||acme/web|acme/dana|acme",
		"acme|01M",
		"acme/web|01M",
		"acme/dana|acme/prod|READ",
		"acme/dana|acme/root|READ",
		"01M|i-1",
	}
	if got := fmt.Sprint(g.rows); got != fmt.Sprint(want) {
		t.Errorf("got\n%s, not\n%s", strings.Join(g.rows, "\n"), strings.Join(want, "\n"))
	}
}

func TestNoAccountNoQualifying(t *testing.T) {
	if _, err := graph.Qualify(new(gathered), func() string { return "" }).Table(graph.NodeTable(graph.SpaceliftUser)); err == nil {
		t.Error("ids of no account are qualified")
	}
}

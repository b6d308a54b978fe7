package rowcheck

import (
	"strings"
	"testing"

	"liftgraph/graph"
)

func TestCheck(t *testing.T) {
	users := graph.NodeTable(graph.GitHubUser)
	roles := graph.RelationshipTable(graph.SpaceliftUser, graph.HasRoleIn, graph.SpaceliftSpace)
	user := func(id string) graph.Row { return graph.Row{graph.Text(id), graph.Num(1), graph.Num(1)} }
	role := func(from, to string, role graph.Value) graph.Row {
		return graph.Row{graph.Text(from), graph.Text(to), role, graph.Num(1), graph.Num(1)}
	}
	for _, c := range []struct {
		name  string
		table *graph.Table
		rows  []graph.Row
		want  string // in the error of the last row; none for ""
	}{
		{"nodes", users, []graph.Row{user("a"), user("b"), user("b\x00"), user("é")}, ""},
		{"twice", users, []graph.Row{user("a"), user("a")}, `GitHubUser "a" is there twice`},
		{"order", users, []graph.Row{user("b"), user("a")}, `GitHubUser "a" is out of order: it comes after "b"`},
		{"short", users, []graph.Row{user("b")[:2]}, "2 columns, not 3"},
		{"absent", users, []graph.Row{{{}, graph.Num(1), graph.Num(1)}}, "username is empty or absent"},
		{"empty", users, []graph.Row{user("")}, "username is empty or absent"},
		{"no end", roles, []graph.Row{role("a", "", graph.Text("READ"))}, "end_id is empty or absent"},
		{"edges", roles, []graph.Row{
			role("a", "s", graph.Value{}), role("a", "s", graph.Text("")), role("a", "s", graph.Text("READ")),
			role("a", "t", graph.Text("ADMIN")), role("b", "a", graph.Text("ADMIN")),
		}, ""},
		{"edge twice", roles, []graph.Row{role("a", "s", graph.Text("READ")), role("a", "s", graph.Text("READ"))}, `the HAS_ROLE_IN from "a" to "s" is there twice`},
		{"absent last", roles, []graph.Row{role("a", "s", graph.Text("READ")), role("a", "s", graph.Value{})}, "out of order"},
	} {
		t.Run(c.name, func(t *testing.T) {
			check := New(c.table)
			var err error
			for _, row := range c.rows {
				if err != nil {
					t.Fatalf("an earlier row: %v", err)
				}
				err = check.Check(row)
			}
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("got %v, not %q", err, c.want)
			}
		})
	}
}

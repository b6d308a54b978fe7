package graph

import (
	"strings"
	"testing"
)

func TestChecker(t *testing.T) {
	users := NodeTable(GitHubUser)
	roles := RelationshipTable(SpaceliftUser, HasRoleIn, SpaceliftSpace)
	user := func(id string) Row { return Row{Text(id), Num(1), Num(1)} }
	role := func(from, to string, role Value) Row {
		return Row{Text(from), Text(to), role, {}, Num(1), Num(1)}
	}
	for _, c := range []struct {
		name  string
		table *Table
		rows  []Row
		want  string // in the error of the last row; none for ""
	}{
		{"nodes", users, []Row{user("a"), user("b"), user("b\x00"), user("é")}, ""},
		{"twice", users, []Row{user("a"), user("a")}, `GitHubUser "a" is there twice`},
		{"order", users, []Row{user("b"), user("a")}, `GitHubUser "a" is out of order: it comes after "b"`},
		{"short", users, []Row{user("b")[:2]}, "2 columns, not 3"},
		{"absent", users, []Row{{{}, Num(1), Num(1)}}, "username is empty or absent"},
		{"empty", users, []Row{user("")}, "username is empty or absent"},
		{"no end", roles, []Row{role("a", "", Text("READ"))}, "end_id is empty or absent"},
		{"edges", roles, []Row{
			role("a", "s", Value{}), role("a", "s", Text("")), role("a", "s", Text("READ")),
			role("a", "t", Text("ADMIN")), role("b", "a", Text("ADMIN")),
		}, ""},
		{"edge twice", roles, []Row{role("a", "s", Text("READ")), role("a", "s", Text("READ"))}, `the HAS_ROLE_IN from "a" to "s" is there twice`},
		{"absent last", roles, []Row{role("a", "s", Text("READ")), role("a", "s", Value{})}, "out of order"},
	} {
		t.Run(c.name, func(t *testing.T) {
			check := NewChecker(c.table)
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

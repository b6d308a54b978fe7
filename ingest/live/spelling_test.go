package live

import (
	"fmt"
	"testing"

	neo4jtest "liftgraph/fixtures/neo4j"
	"liftgraph/graph"
	"liftgraph/graph/graphtest"
)

// A GitHub user whom the graph has in another case is that node, as it is spelled there; by either method, as often as it is loaded.
func TestGitHubLoginsIgnoreCase(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a Neo4j")
	}
	users, commits := graph.NodeTable(graph.GitHubUser), graph.NodeTable(graph.SpaceliftGitCommit)
	accounts, pushed := graph.NodeTable(graph.SpaceliftAccount), graph.RelationshipTable(graph.GitHubUser, graph.Pushed, graph.SpaceliftGitCommit)
	ofCommit := graph.RelationshipTable(graph.SpaceliftAccount, graph.Resource, graph.SpaceliftGitCommit)
	rows := map[*graph.Table][]graph.Row{accounts: {graphtest.Row(accounts, "acme")}}
	for i, login := range []string{"alice", "bob", "carol", "dave"} {
		sha := fmt.Sprint("c", i)
		rows[users] = append(rows[users], graphtest.Row(users, login))
		rows[commits] = append(rows[commits], graphtest.Row(commits, sha, sha))
		rows[ofCommit] = append(rows[ofCommit], graphtest.Row(ofCommit, "acme", sha))
		rows[pushed] = append(rows[pushed], graphtest.Row(pushed, login, sha))
	}
	dir := emitted(t, rows)
	i := neo4jtest.Shared(t)
	for _, method := range []string{LoadCSV, Bolt} {
		for _, match := range []bool{false, true} {
			i.Empty(t)
			ask(t, i, "CREATE (:GitHubUser {username: 'Alice', fullname: 'Alice A', lastupdated: 5}), (:GitHubUser {username: 'BOB'}), (:GitHubUser {username: 'bob'}), (:GitHubUser {username: 'CArol'}), (:GitHubUser {username: 'Carol'}), (:GitHubUser {username: 7}), (:GitHubUser)")
			want := "[7 Alice Alice A 5 BOB CArol Carol bob dave]"
			ends := "[Alice c0 bob c1 CArol c2 dave c3]"
			if match {
				want, ends = "[7 Alice Alice A 5 BOB CArol Carol bob]", "[Alice c0 bob c1 CArol c2]"
			}
			cfg := loadInto(i, dir)
			cfg.Method, cfg.NoCreateForeign = method, match
			for n := range 2 {
				dry := cfg
				dry.DryRun = true
				report, err := Load(t.Context(), dry)
				must(t, err)
				c := report.Plan.Changes[pushed]
				added := int64(4 * (1 - n))
				if match {
					added = int64(3 * (1 - n))
				}
				if c.Added != added || c.Removed != 0 {
					t.Errorf("%s, only matched %t, load %d would add %d and remove %d PUSHED, not %d and 0", method, match, n+1, c.Added, c.Removed, added)
				}
				_, err = Load(t.Context(), cfg)
				must(t, err)
				if got := fmt.Sprint(ask(t, i, "MATCH (u:GitHubUser) WHERE u.username IS NOT NULL RETURN toString(u.username) + CASE WHEN u.lastupdated = 5 THEN ' ' + u.fullname + ' ' + u.lastupdated ELSE '' END AS name ORDER BY name")); got != want {
					t.Errorf("%s, only matched %t, load %d: %s, not %s", method, match, n+1, got, want)
				}
				if got := fmt.Sprint(ask(t, i, "MATCH (u:GitHubUser)-[:PUSHED]->(c) RETURN u.username + ' ' + c.id ORDER BY c.id")); got != ends {
					t.Errorf("%s, only matched %t, load %d: PUSHED %s, not %s", method, match, n+1, got, ends)
				}
			}
		}
	}
}

// Package trace answers the question that the graph is made for: who and what changed this instance?
package trace

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
)

// Change is one run that affected one instance, with everybody and everything behind it. A text is empty where nobody knows.
type Change struct {
	Instance    string
	Author      string // of the commit: login, else name
	Commit      string // hash
	Run         string
	TriggeredBy string
	ConfirmedBy []string // sorted, as the other lists
	Stack       string
	Space       string
	Workers     []string
	Hosts       []string // instances the workers ran on
}

// Cypher asks Neo4j for every [Change].
const Cypher = `MATCH (run:SpaceliftRun)-[:AFFECTED]->(instance:EC2Instance)
OPTIONAL MATCH (commit:SpaceliftGitCommit)-[:COMMITTED]->(run)
OPTIONAL MATCH (user:SpaceliftUser)-[:TRIGGERED]->(run)
OPTIONAL MATCH (commit)-[:CONFIRMED]->(confirmer:SpaceliftUser)
OPTIONAL MATCH (stack:SpaceliftStack)-[:GENERATED]->(run)
OPTIONAL MATCH (space:SpaceliftSpace)-[:CONTAINS]->(stack)
OPTIONAL MATCH (worker:SpaceliftWorker)-[:EXECUTED]->(run)
OPTIONAL MATCH (worker)-[:RUNS_ON]->(host:EC2Instance)
RETURN instance.id AS instance, coalesce(commit.author_login, commit.author_name) AS author, commit.sha AS commit, run.id AS run,
       user.id AS triggered_by, collect(DISTINCT confirmer.id) AS confirmed_by, stack.id AS stack, space.id AS space,
       collect(DISTINCT worker.id) AS workers, collect(DISTINCT host.id) AS hosts
ORDER BY instance, run`

// normalize makes changes from different places comparable.
func normalize(list []Change) []Change {
	for i := range list {
		for _, s := range []*[]string{&list[i].ConfirmedBy, &list[i].Workers, &list[i].Hosts} {
			slices.Sort(*s)
			*s = slices.Compact(*s)
		}
	}
	slices.SortFunc(list, func(a, b Change) int { return cmp.Or(cmp.Compare(a.Instance, b.Instance), cmp.Compare(a.Run, b.Run)) })
	return list
}

// Print writes changes as a table, a line each.
func Print(w io.Writer, list []Change) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "INSTANCE\tCOMMIT AUTHOR\tCOMMIT\tRUN\tTRIGGERED BY\tCONFIRMED BY\tSTACK\tSPACE\tWORKERS")
	last := ""
	for _, c := range list {
		cells := []string{
			c.Instance, c.Author, c.Commit[:min(7, len(c.Commit))], c.Run, cmp.Or(c.TriggeredBy, "(git push)"),
			strings.Join(c.ConfirmedBy, " "), c.Stack, c.Space, strings.Join(c.Workers, " "),
		}
		for i, s := range cells {
			cells[i] = printable(s)
		}
		if c.Instance == last {
			cells[0] = ""
		}
		last = c.Instance
		fmt.Fprintln(t, strings.Join(cells, "\t"))
	}
	return t.Flush()
}

// printable keeps what a user typed from moving the cursor, and shows a dash for nothing.
func printable(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 {
			return ' '
		}
		return r
	}, s)
	return cmp.Or(strings.TrimSpace(s), "-")
}

// Package trace answers the question that the graph is made for: who and what changed this instance? It asks
// a published directory about one id ([Ask]), or Neo4j or the rows of a small account about every instance ([Change]).
package trace

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
	"unicode"
)

// Change is one run that affected one instance, with everybody and everything behind it. A text is empty where nobody knows.
type Change struct {
	Instance    string
	ResolvedBy  string // how the list of entities told the instance; empty where only API calls did
	Calls       []Call // sorted by time
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
const Cypher = `MATCH (run:SpaceliftRun)-[affected:AFFECTED]->(instance:EC2Instance)
WITH run, instance, max(affected.resolved_by) AS resolved_by,
     [call IN collect(affected {.event_id, .event_time, .event_name, .aws_account, .aws_region, .error_code}) WHERE call.event_id IS NOT NULL] AS calls
OPTIONAL MATCH (commit:SpaceliftGitCommit)-[:COMMITTED]->(run)
OPTIONAL MATCH (user:SpaceliftUser)-[:TRIGGERED]->(run)
OPTIONAL MATCH (commit)-[:CONFIRMED]->(confirmer:SpaceliftUser)
OPTIONAL MATCH (stack:SpaceliftStack)-[:GENERATED]->(run)
OPTIONAL MATCH (space:SpaceliftSpace)-[:CONTAINS]->(stack)
OPTIONAL MATCH (worker:SpaceliftWorker)-[:EXECUTED]->(run)
OPTIONAL MATCH (worker)-[:RUNS_ON]->(host:EC2Instance)
RETURN instance.id AS instance, resolved_by, calls, coalesce(commit.author_login, commit.author_name) AS author, commit.sha AS commit,
       run.id AS run, user.id AS triggered_by, collect(DISTINCT confirmer.id) AS confirmed_by, stack.id AS stack, space.id AS space,
       collect(DISTINCT worker.id) AS workers, collect(DISTINCT host.id) AS hosts
ORDER BY instance, run`

// normalize makes changes from different places comparable.
func normalize(list []Change) []Change {
	for i := range list {
		for _, s := range []*[]string{&list[i].ConfirmedBy, &list[i].Workers, &list[i].Hosts} {
			slices.Sort(*s)
			*s = slices.Compact(*s)
		}
		slices.SortFunc(list[i].Calls, compareCalls)
	}
	slices.SortFunc(list, func(a, b Change) int { return cmp.Or(cmp.Compare(a.Instance, b.Instance), cmp.Compare(a.Run, b.Run)) })
	return list
}

// Print writes changes as a table, a line each.
func Print(w io.Writer, list []Change) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "INSTANCE\tCOMMIT AUTHOR\tCOMMIT\tRUN\tTRIGGERED BY\tCONFIRMED BY\tSTACK\tSPACE\tWORKERS\tAS ENTITY\tAPI CALLS")
	last := ""
	for _, c := range list {
		cells := []string{
			c.Instance, c.Author, c.Commit[:min(7, len(c.Commit))], c.Run, cmp.Or(c.TriggeredBy, "(git push)"),
			strings.Join(c.ConfirmedBy, " "), c.Stack, c.Space, strings.Join(c.Workers, " "), c.ResolvedBy, callsCell(c.Calls),
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

// cellCalls is how many calls a table's cell names.
const cellCalls = 3

func callsCell(calls []Call) string {
	var cells []string
	for _, c := range calls[:min(len(calls), cellCalls)] {
		at := c.Time
		if t, err := time.Parse(time.RFC3339, at); err == nil {
			at = t.UTC().Format("2 Jan 15:04")
		}
		cells = append(cells, c.Name+" "+at)
	}
	if n := len(calls) - cellCalls; n > 0 {
		cells = append(cells, fmt.Sprintf("%d more", n))
	}
	return strings.Join(cells, ", ")
}

// printable keeps what a user typed from moving the cursor or turning the text around, and shows a dash for nothing.
func printable(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
			return ' '
		}
		return r
	}, s)
	return cmp.Or(strings.TrimSpace(s), "-")
}

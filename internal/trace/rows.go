package trace

import (
	"strings"

	"liftgraph/graph"
)

// Rows is a sink that keeps what the question needs, for an account as small as a sample: it holds it in memory.
type Rows struct {
	commits map[string]graph.Row
	edges   map[string][][2]string
}

// NewRows makes an empty one.
func NewRows() *Rows {
	return &Rows{commits: map[string]graph.Row{}, edges: map[string][][2]string{}}
}

type rowsTable struct {
	rows  *Rows
	table *graph.Table
}

// Table implements [graph.Sink].
func (r *Rows) Table(t *graph.Table) (graph.TableWriter, error) { return rowsTable{r, t}, nil }

func (w rowsTable) Write(row graph.Row) error {
	if w.table.Relationship != nil {
		ends := [2]string{strings.Clone(row[0].Text), strings.Clone(row[1].Text)}
		w.rows.edges[w.table.Name] = append(w.rows.edges[w.table.Name], ends)
		return nil
	}
	if w.table.Node.Label != graph.SpaceliftGitCommit {
		return nil
	}
	kept := make(graph.Row, len(row))
	for i, v := range row {
		v.Text = strings.Clone(v.Text)
		kept[i] = v
	}
	w.rows.commits[kept[0].Text] = kept
	return nil
}

func (w rowsTable) Close() error { return nil }

// Changes gives what [Cypher] gives.
func (r *Rows) Changes() []Change {
	authorLogin, authorName := graph.Column(graph.SpaceliftGitCommit, "author_login"), graph.Column(graph.SpaceliftGitCommit, "author_name")
	commitOf := r.sources(graph.SpaceliftGitCommit, graph.Committed, graph.SpaceliftRun)
	userOf := r.sources(graph.SpaceliftUser, graph.Triggered, graph.SpaceliftRun)
	stackOf := r.sources(graph.SpaceliftStack, graph.Generated, graph.SpaceliftRun)
	spaceOf := r.sources(graph.SpaceliftSpace, graph.Contains, graph.SpaceliftStack)
	workersOf := r.sources(graph.SpaceliftWorker, graph.Executed, graph.SpaceliftRun)
	confirmers := r.targets(graph.SpaceliftGitCommit, graph.Confirmed, graph.SpaceliftUser)
	hosts := r.targets(graph.SpaceliftWorker, graph.RunsOn, graph.EC2Instance)
	var list []Change
	for _, e := range r.edges[graph.RelationshipTable(graph.SpaceliftRun, graph.Affected, graph.EC2Instance).Name] {
		c := Change{Run: e[0], Instance: e[1], Commit: first(commitOf[e[0]]), TriggeredBy: first(userOf[e[0]]), Stack: first(stackOf[e[0]]), Workers: workersOf[e[0]]}
		c.Space, c.ConfirmedBy = first(spaceOf[c.Stack]), confirmers[c.Commit]
		if row, ok := r.commits[c.Commit]; ok {
			if c.Author = row[authorLogin].Text; !row[authorLogin].Present {
				c.Author = row[authorName].Text
			}
		}
		for _, w := range c.Workers {
			c.Hosts = append(c.Hosts, hosts[w]...)
		}
		list = append(list, c)
	}
	return normalize(list)
}

func (r *Rows) sources(from graph.Label, typ string, to graph.Label) map[string][]string {
	m := map[string][]string{}
	for _, e := range r.edges[graph.RelationshipTable(from, typ, to).Name] {
		m[e[1]] = append(m[e[1]], e[0])
	}
	return m
}

func (r *Rows) targets(from graph.Label, typ string, to graph.Label) map[string][]string {
	m := map[string][]string{}
	for _, e := range r.edges[graph.RelationshipTable(from, typ, to).Name] {
		m[e[0]] = append(m[e[0]], e[1])
	}
	return m
}

func first(s []string) string {
	if len(s) == 0 {
		return ""
	}
	return s[0]
}

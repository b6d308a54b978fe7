package trace

import (
	"slices"
	"strings"

	"liftgraph/graph"
)

// Rows is a sink that keeps what the question needs, for an account as small as a sample: it holds it in memory.
type Rows struct {
	commits  map[string]graph.Row
	affected []graph.Row
	edges    map[string][][2]string
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

var affectedTable = graph.RelationshipTable(graph.SpaceliftRun, graph.Affected, graph.EC2Instance)

func (w rowsTable) Write(row graph.Row) error {
	switch {
	case w.table == affectedTable:
		w.rows.affected = append(w.rows.affected, own(row))
	case w.table.Relationship != nil:
		ends := [2]string{strings.Clone(row[0].Text), strings.Clone(row[1].Text)}
		w.rows.edges[w.table.Name] = append(w.rows.edges[w.table.Name], ends)
	case w.table.Node.Label == graph.SpaceliftGitCommit:
		kept := own(row)
		w.rows.commits[kept[0].Text] = kept
	}
	return nil
}

// own gives a row that owns its texts.
func own(row graph.Row) graph.Row {
	kept := slices.Clone(row)
	for i := range kept {
		kept[i].Text = strings.Clone(kept[i].Text)
	}
	return kept
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
	for _, row := range r.affected {
		run, instance := row[0].Text, row[1].Text
		if last := len(list) - 1; last >= 0 && list[last].Run == run && list[last].Instance == instance {
			list[last].know(row)
			continue
		}
		c := Change{Run: run, Instance: instance, Commit: first(commitOf[run]), TriggeredBy: first(userOf[run]), Stack: first(stackOf[run]), Workers: slices.Clone(workersOf[run])}
		c.know(row)
		c.Space, c.ConfirmedBy = first(spaceOf[c.Stack]), slices.Clone(confirmers[c.Commit])
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

// know adds what an edge tells.
func (c *Change) know(row graph.Row) {
	if call, is := callOf(row); is {
		c.Calls = append(c.Calls, call)
	} else {
		c.ResolvedBy = row[column(affectedTable, "resolved_by")].Text
	}
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

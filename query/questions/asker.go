package questions

import (
	"context"
	"slices"
	"strings"
	"time"

	"liftgraph/graph"
	"liftgraph/query/lookup"
)

// batch is how many ids are looked up at once.
const batch = 1024

// asker looks rows up.
type asker struct {
	ctx    context.Context
	dir    *lookup.Dir
	temp   string // directory for what must be sorted
	stacks map[string]cells
	spaces map[string]cells
}

var (
	affected  = graph.RelationshipTable(graph.SpaceliftRun, graph.Affected, graph.EC2Instance)
	roles     = graph.RelationshipTable(graph.SpaceliftUser, graph.HasRoleIn, graph.SpaceliftSpace)
	confirmed = graph.RelationshipTable(graph.SpaceliftGitCommit, graph.Confirmed, graph.SpaceliftUser)
	committed = graph.RelationshipTable(graph.SpaceliftGitCommit, graph.Committed, graph.SpaceliftRun)
	performed = graph.RelationshipTable(graph.SpaceliftUser, graph.Performed, graph.SpaceliftAuditEvent)
	runsOn    = graph.RelationshipTable(graph.SpaceliftWorker, graph.RunsOn, graph.EC2Instance)
	holds     = graph.RelationshipTable(graph.SpaceliftWorkerPool, graph.Contains, graph.SpaceliftWorker)
	events    = graph.NodeTable(graph.SpaceliftAuditEvent)
)

// cells are a row of a table; those of a row that isn't there are absent.
type cells struct {
	table *graph.Table
	row   graph.Row
}

// value returns a property by its name, which the model declares.
func (c cells) value(name string) graph.Value {
	if c.row == nil {
		return graph.Value{}
	}
	i := slices.IndexFunc(c.table.Columns, func(p graph.Property) bool { return p.Name == name })
	if i < 0 {
		panic("questions: " + c.table.Name + " has no column " + name)
	}
	return c.row[i]
}

// text returns a property that is text; empty where it is absent.
func (c cells) text(name string) string { return c.value(name).Text }

// own returns a row whose texts are its own.
func own(t *graph.Table, row graph.Row) cells {
	row = slices.Clone(row)
	for i := range row {
		row[i].Text = strings.Clone(row[i].Text)
	}
	return cells{t, row}
}

// all hands every row of a table to take.
func (a *asker) all(t *graph.Table, take func(cells) error) error {
	return a.dir.All(a.ctx, t, func(row graph.Row) error { return take(cells{t, row}) })
}

// rows hands every row of a table with one of the ids at an end to take.
func (a *asker) rows(t *graph.Table, by lookup.By, ids []string, take func(cells)) error {
	return a.dir.Rows(a.ctx, t, by, unique(ids), func(row graph.Row) error {
		take(cells{t, row})
		return nil
	})
}

// nodes returns the nodes that there are, by id.
func (a *asker) nodes(label graph.Label, ids []string) (map[string]cells, error) {
	list := map[string]cells{}
	t := graph.NodeTable(label)
	err := a.rows(t, lookup.ByKey, ids, func(c cells) {
		o := own(t, c.row)
		list[o.row[0].Text] = o
	})
	return list, err
}

// places reads the stacks and spaces, of which an account has few enough.
func (a *asker) places() error {
	if a.stacks != nil {
		return nil
	}
	a.stacks, a.spaces = map[string]cells{}, map[string]cells{}
	for label, list := range map[graph.Label]map[string]cells{graph.SpaceliftStack: a.stacks, graph.SpaceliftSpace: a.spaces} {
		t := graph.NodeTable(label)
		if err := a.all(t, func(c cells) error {
			o := own(t, c.row)
			list[o.row[0].Text] = o
			return nil
		}); err != nil {
			return err
		}
	}
	return nil
}

// changes returns runs with their commits.
func (a *asker) changes(ids []string) (runs, commits map[string]cells, err error) {
	if runs, err = a.nodes(graph.SpaceliftRun, ids); err != nil {
		return nil, nil, err
	}
	var shas []string
	for _, r := range runs {
		if sha := r.text("commit_sha"); sha != "" {
			shas = append(shas, sha)
		}
	}
	commits, err = a.nodes(graph.SpaceliftGitCommit, shas)
	return runs, commits, err
}

func unique(list []string) []string {
	list = slices.Clone(list)
	slices.Sort(list)
	return slices.Compact(list)
}

// moment returns the time of an event, to the second, as people read it; empty for what is no time.
func moment(iso string) string {
	t, err := time.Parse(time.RFC3339, iso)
	if err != nil {
		return ""
	}
	return t.UTC().Format(time.DateTime)
}

// OutOfHours reports whether a time is outside working hours: Monday to Friday, 7 to 19 o'clock UTC.
func OutOfHours(t time.Time) bool {
	t = t.UTC()
	return t.Weekday() == time.Saturday || t.Weekday() == time.Sunday || t.Hour() < 7 || t.Hour() >= 19
}

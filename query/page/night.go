package page

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"liftgraph/emit/published"
	"liftgraph/graph"
	"liftgraph/query/diff"
	"liftgraph/query/lookup"
	"liftgraph/query/questions"
	"liftgraph/query/trace"
)

// night is what changed between the newest publication and the one before, as far as it is worth a look in the morning.
type night struct {
	Title   string
	Served  bool
	Before  publication
	After   publication
	Command string // that shows every row
	Lists   []*nightList
	Counts  []count
}

type publication struct{ Path, AsOf, Incomplete string }

// nightList is a list of rows of the night, at most [mostNight] of them.
type nightList struct {
	ID, Title, None string
	Alarm           bool
	Rows            []nightRow
	More            int64
}

// nightRow is a line: when, who, what, and the page of it.
type nightRow struct{ Time, Who, WhoHref, What, Href string }

type count struct {
	Table                   string
	Added, Removed, Changed int64
}

// mostNight bounds the rows of each list.
const mostNight = 200

// isAdmin reports whether a role is an administrator's: the legacy level ADMIN, or a role whose slug says so.
func isAdmin(role string) bool { return strings.Contains(strings.ToLower(role), "admin") }

func (s *Server) nightPage(ctx context.Context, d *lookup.Dir) (response, error) {
	n, err := s.newestNight(ctx, d)
	return response{name: "night", data: n}, err
}

// newestNight compares the newest publication with the one before, once.
func (s *Server) newestNight(ctx context.Context, d *lookup.Dir) (*night, error) {
	if s.Nights == nil {
		return nil, diff.ErrNoNights
	}
	return s.night.get(d.ManifestSHA256(), func() (*night, error) {
		before, after, err := s.Nights.Newest(ctx)
		if err != nil {
			return nil, err
		}
		return newNight(ctx, before, after)
	})
}

// nightTables are those that are compared: a night of a large account is compared in seconds.
func nightTables(m *graph.Model) []*graph.Table {
	var list []*graph.Table
	for _, t := range m.Tables() {
		if slices.Contains([]*graph.Table{
			graph.NodeTable(graph.SpaceliftSpace), graph.NodeTable(graph.SpaceliftUser), graph.NodeTable(graph.SpaceliftStack), graph.NodeTable(graph.EC2Instance),
			graph.NodeTable(graph.SpaceliftAuditEvent), graph.RelationshipTable(graph.SpaceliftUser, graph.HasRoleIn, graph.SpaceliftSpace),
			graph.RelationshipTable(graph.SpaceliftStack, graph.HasRoleIn, graph.SpaceliftSpace), graph.RelationshipTable(graph.SpaceliftUser, graph.Confirmed, graph.SpaceliftRun),
		}, t) {
			list = append(list, t)
		}
	}
	return list
}

// newNight compares two publications.
func newNight(ctx context.Context, before, after *published.Dir) (*night, error) {
	n := &night{
		Title: "Last night", Served: true, Before: newPublication(before), After: newPublication(after), Command: "liftgraph diff --rows " + shell(before.Path) + " " + shell(after.Path),
		Lists: []*nightList{
			{ID: "signals", Title: "Security signals", None: "no event turned the audit trail off, on or elsewhere", Alarm: true},
			{ID: "admins", Title: "New administrators", None: "no user became an administrator"},
			{ID: "confirmations", Title: "Confirmations out of hours", None: "no run was confirmed outside Monday to Friday, 7 to 19 o'clock UTC"},
			{ID: "instances", Title: "New instances", None: "no instance was seen for the first time"},
		},
	}
	if _, err := diff.Tables(ctx, before, after, nightTables(after.Model), n); err != nil {
		return nil, err
	}
	for _, l := range n.Lists {
		slices.SortStableFunc(l.Rows, func(a, b nightRow) int { return strings.Compare(a.Time, b.Time) })
	}
	return n, nil
}

func newPublication(d *published.Dir) publication {
	p := publication{Path: trace.Printable(d.Path), AsOf: d.Manifest.Started.UTC().Format(time.RFC3339)}
	if k := len(d.Manifest.Incomplete()); k > 0 {
		p.Incomplete = fmt.Sprintf("incomplete in %d scopes: what they would have said may seem added or removed", k)
	}
	return p
}

// Begin implements [diff.Writer].
func (n *night) Begin(*graph.Table) error { return nil }

// Change implements [diff.Writer]: what was added, and events and confirmations that came.
func (n *night) Change(c *diff.Change) error {
	if c.After == nil {
		return nil
	}
	row := cells{c.Table, c.After}
	signals, admins, confirmations, instances := n.Lists[0], n.Lists[1], n.Lists[2], n.Lists[3]
	switch {
	case c.Table.Node != nil && c.Kind != diff.Added:
	case c.Table.Node != nil && c.Table.Node.Label == graph.SpaceliftAuditEvent:
		if row.value("security_signal").Num == 1 {
			what := row.text("action")
			if ip := row.text("remote_ip"); ip != "" {
				what += " from " + ip
			}
			signals.add(nightRow{Time: row.text("event_time"), Who: row.text("actor"), What: what, Href: hrefOf(string(trace.KindEvent), c.After[0].Text)})
		}
	case c.Table.Node != nil && c.Table.Node.Label == graph.EC2Instance:
		instances.add(nightRow{What: c.After[0].Text, Href: hrefOf(string(trace.KindInstance), c.After[0].Text)})
	case c.Table.Relationship != nil && c.Table.Relationship.Type == graph.HasRoleIn && c.Kind == diff.Added && isAdmin(row.text("role")):
		kind := trace.KindUser
		if c.Table.Relationship.From == graph.SpaceliftStack {
			kind = trace.KindStack
		}
		admins.add(nightRow{Who: c.After[0].Text, WhoHref: hrefOf(string(kind), c.After[0].Text), What: row.text("role") + " in " + c.After[1].Text, Href: hrefOf(string(trace.KindSpace), c.After[1].Text)})
	case c.Table.Relationship != nil && c.Table.Relationship.Type == graph.Confirmed:
		at := row.value("at")
		if t := time.Unix(at.Num, 0).UTC(); at.Present && questions.OutOfHours(t) {
			confirmations.add(nightRow{Time: t.Format(time.RFC3339), Who: c.After[0].Text, WhoHref: hrefOf(string(trace.KindUser), c.After[0].Text), What: c.After[1].Text, Href: hrefOf(string(trace.KindRun), c.After[1].Text)})
		}
	}
	return nil
}

// add keeps a row, which owns its texts.
func (l *nightList) add(r nightRow) {
	if len(l.Rows) == mostNight {
		l.More++
		return
	}
	l.Rows = append(l.Rows, nightRow{
		Time: strings.Clone(r.Time), Who: trace.Printable(strings.Clone(r.Who)), WhoHref: strings.Clone(r.WhoHref), What: trace.Printable(strings.Clone(r.What)), Href: strings.Clone(r.Href),
	})
}

// End implements [diff.Writer].
func (n *night) End(t *graph.Table, c *diff.Counts) error {
	n.Counts = append(n.Counts, count{t.Name, c.Added, c.Removed, c.Changed})
	return nil
}

// Close implements [diff.Writer].
func (n *night) Close() error { return nil }

// cells are a row of a table.
type cells struct {
	table *graph.Table
	row   graph.Row
}

// value returns a property by its name, which the model declares.
func (c cells) value(name string) graph.Value {
	return c.row[slices.IndexFunc(c.table.Columns, func(p graph.Property) bool { return p.Name == name })]
}

func (c cells) text(name string) string { return c.value(name).Text }

package trace

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"liftgraph/graph"
	"liftgraph/query/lookup"
)

// auditBatch is how many events of the audit trail are looked up at once.
const auditBatch = 4096

// audit returns the events of the audit trail that people and stacks of the story did or met, within its time. A user's, stack's
// or space's own are returned whenever they were.
func (a *asker) audit(ctx context.Context, s *Subject, span spans) ([]Event, error) {
	people, stacks, runs := s.cast()
	own := map[string]bool{} // events that count whenever they were
	ids := map[string]bool{}
	gather := func(from graph.Label, typ string, to graph.Label, by lookup.By, of []string, always bool) error {
		return a.dir.Rows(ctx, graph.RelationshipTable(from, typ, to), by, of, func(row graph.Row) error {
			id := strings.Clone(row[lookup.ByEnd-by].Text)
			ids[id] = true
			if always && row[by].Text == s.ID {
				own[id] = true
			}
			return nil
		})
	}
	for _, q := range []struct {
		from   graph.Label
		typ    string
		to     graph.Label
		by     lookup.By
		of     []string
		always bool
	}{
		{graph.SpaceliftUser, graph.Performed, graph.SpaceliftAuditEvent, lookup.ByKey, people, s.Kind == KindUser},
		{graph.SpaceliftAuditEvent, graph.Targeted, graph.SpaceliftUser, lookup.ByEnd, people, s.Kind == KindUser},
		{graph.SpaceliftAuditEvent, graph.Targeted, graph.SpaceliftStack, lookup.ByEnd, stacks, s.Kind == KindStack},
		{graph.SpaceliftAuditEvent, graph.Targeted, graph.SpaceliftRun, lookup.ByEnd, runs, false},
		{graph.SpaceliftAuditEvent, graph.Targeted, graph.SpaceliftSpace, lookup.ByEnd, s.only(KindSpace), true},
		{graph.SpaceliftAuditEvent, graph.Targeted, graph.SpaceliftWorker, lookup.ByEnd, s.only(KindWorker), true},
	} {
		if err := gather(q.from, q.typ, q.to, q.by, q.of, q.always); err != nil {
			return nil, err
		}
	}
	if s.Kind == KindEvent {
		ids[s.ID], own[s.ID] = true, true
	}
	if s.Kind == KindAddress {
		t := graph.NodeTable(graph.SpaceliftAuditEvent)
		address := column(t, "remote_ip")
		err := a.dir.All(ctx, t, func(row graph.Row) error {
			if row[address].Text == s.ID {
				id := strings.Clone(row[0].Text)
				ids[id], own[id] = true, true
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	all := make([]string, 0, len(ids))
	for id := range ids {
		all = append(all, id)
	}
	slices.Sort(all)
	var list []Event
	for batch := range slices.Chunk(all, auditBatch) {
		nodes, err := a.nodes(ctx, graph.SpaceliftAuditEvent, batch)
		if err != nil {
			return nil, err
		}
		for _, id := range batch {
			n, there := nodes[id]
			at, err := time.Parse(time.RFC3339, n.text("event_time"))
			if there && (own[id] || err == nil && span.holds(at)) {
				list = append(list, auditEvent(n))
			}
		}
		list = a.newestEvents(s, list)
	}
	return list, nil
}

// newestEvents cuts a list to its newest.
func (a *asker) newestEvents(s *Subject, list []Event) []Event {
	slices.SortFunc(list, func(x, y Event) int { return cmp.Or(compareTimes(y.Time, x.Time), cmp.Compare(x.ID, y.ID)) })
	if n := len(list) - a.limit; n > 0 {
		list = list[:a.limit]
		s.MoreEvents += int64(n)
	}
	return list
}

func auditEvent(n node) Event {
	on := join(" ", show(n.text("resource_type")), show(n.text("resource_id")))
	return Event{
		Time: utc(n.text("event_time")), Kind: AuditEvent, Who: show(n.text("actor")), What: join(" ", show(n.text("action")), wrap("on ", on, ""), wrap("from ", show(n.text("remote_ip")), "")),
		Source: FromAuditTrail, ID: n.text("id"), RemoteIP: n.text("remote_ip"), SecuritySignal: n.value("security_signal").Num == 1, Carried: n.carried,
	}
}

func (s *Subject) only(k Kind) []string {
	if s.Kind == k {
		return []string{s.ID}
	}
	return nil
}

// cast returns the people, stacks and runs of the story.
func (s *Subject) cast() (people, stacks, runs []string) {
	person := func(u *User) {
		if u != nil {
			people = append(people, u.ID)
		}
	}
	commit := func(c *Commit) {
		if c == nil {
			return
		}
		if c.AuthorLogin != "" {
			people = append(people, strings.ToLower(c.AuthorLogin))
		}
		for i := range c.ConfirmedBy {
			person(&c.ConfirmedBy[i])
		}
	}
	person(s.User)
	commit(s.Commit)
	if s.Stack != nil {
		stacks = append(stacks, s.Stack.ID)
	}
	for i := range s.Runs {
		r := &s.Runs[i]
		runs = append(runs, r.ID)
		if r.Stack != nil {
			stacks = append(stacks, r.Stack.ID)
		}
		commit(r.Commit)
		person(r.TriggeredBy)
		for j := range r.ConfirmedBy {
			person(&r.ConfirmedBy[j].User)
		}
	}
	return unique(people), unique(stacks), unique(runs)
}

func unique(list []string) []string {
	slices.Sort(list)
	return slices.Compact(list)
}

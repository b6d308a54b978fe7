package trace

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"liftgraph/graph"
	"liftgraph/query/lookup"
)

// Resource is an AWS resource other than an instance.
type Resource struct {
	ID      string `json:"id"`
	ARN     string `json:"arn,omitempty"`
	Type    string `json:"type,omitempty"`
	Name    string `json:"name,omitempty"`
	Account string `json:"aws_account,omitempty"`
	Region  string `json:"aws_region,omitempty"`
	Carried
}

// Touched is what a run, or a principal outside of runs, did to a resource.
type Touched struct {
	Run     string   `json:"run,omitempty"`
	Actor   string   `json:"actor,omitempty"` // empty where a run did it
	Name    string   `json:"actor_name,omitempty"`
	Via     string   `json:"via,omitempty"`
	Role    string   `json:"role,omitempty"`
	First   string   `json:"first_event_time,omitempty"`
	Last    string   `json:"event_time,omitempty"`
	Calls   []string `json:"event_names,omitempty"`
	Events  int64    `json:"events,omitempty"`
	EventID string   `json:"event_id,omitempty"`
	Basis   string   `json:"basis,omitempty"`
	Carried
}

// resource fills in what runs and others did to a resource, and the stacks that manage it.
func (a *asker) resource(ctx context.Context, s *Subject) error {
	nodes, err := a.nodes(ctx, graph.AWSResource, []string{s.ID})
	if err != nil {
		return err
	}
	n := nodes[s.ID]
	s.Resource = &Resource{ID: s.ID, ARN: n.text("arn"), Type: n.text("type"), Name: n.text("name"), Account: n.text("aws_account"), Region: n.text("aws_region"), Carried: n.carried}
	if s.Stacks, s.MoreStacks, err = a.others(ctx, graph.SpaceliftStack, graph.Manages, graph.AWSResource, lookup.ByEnd, s.ID); err != nil {
		return err
	}
	slices.Reverse(s.Stacks)
	if err := a.touched(ctx, s, graph.RelationshipTable(graph.SpaceliftRun, graph.Affected, graph.AWSResource)); err != nil {
		return err
	}
	if err := a.changes(ctx, s, graph.AWSResource); err != nil {
		return err
	}
	return a.runsOf(ctx, s, graph.SpaceliftRun, graph.Affected, graph.AWSResource, lookup.ByEnd)
}

// changes adds what others than runs did to an instance or resource.
func (a *asker) changes(ctx context.Context, s *Subject, label graph.Label) error {
	if err := a.touched(ctx, s, graph.RelationshipTable(graph.AWSActor, graph.Changed, label)); err != nil {
		return err
	}
	var ids []string
	for _, t := range s.Touched {
		ids = append(ids, t.Actor)
	}
	actors, err := a.nodes(ctx, graph.AWSActor, unique(slices.DeleteFunc(ids, func(id string) bool { return id == "" })))
	for i := range s.Touched {
		t := &s.Touched[i]
		t.Name = cmp.Or(actors[t.Actor].text("name"), actors[t.Actor].text("email"))
	}
	return err
}

// touched adds the edges of a table that end at the subject.
func (a *asker) touched(ctx context.Context, s *Subject, t *graph.Table) error {
	return a.dir.Rows(ctx, t, lookup.ByEnd, []string{s.ID}, func(row graph.Row) error {
		text := func(name string) string { return strings.Clone(row[column(t, name)].Text) }
		e := Touched{
			Role: text("role"), First: text("first_event_time"), Last: text("event_time"), EventID: text("event_id"), Basis: text("basis"), Events: row[column(t, "events")].Num, Carried: a.carried(t, row),
		}
		if names := text("event_names"); names != "" {
			e.Calls = strings.Split(names, graph.ListSeparator)
		}
		if t.Relationship.From == graph.AWSActor {
			e.Actor, e.Via = strings.Clone(row[0].Text), text("via")
		} else {
			e.Run = strings.Clone(row[0].Text)
		}
		if len(s.Touched) == a.limit {
			s.MoreTouched++
			return nil
		}
		s.Touched = append(s.Touched, e)
		return nil
	})
}

// event returns the last moment of what was done to a resource.
func (t *Touched) event(s *Subject) (Event, bool) {
	if t.Last == "" {
		return Event{}, false
	}
	e := Event{
		Time: utc(t.Last), Kind: APICall, Who: join(" ", "run", show(t.Run)), Source: FromCloudTrail, Run: t.Run, ID: t.EventID, Carried: t.Carried,
		What: join(" ", show(strings.Join(t.Calls, ", ")), wrap("(", show(t.Role), ")"), "on", show(s.ID)),
	}
	if t.Run == "" {
		e.Kind, e.Who = OtherChange, named(t.Actor, t.Name)
		e.What += wrap(" via ", show(t.Via), "") + ", outside of runs"
	}
	return e, true
}

package trace

import (
	"context"
	"slices"
	"strings"

	"liftgraph/graph"
	"liftgraph/query/lookup"
)

// The phases of a run that a worker executes.
const (
	Planned = "plan"
	Applied = "apply"
)

// executed returns the workers of each run, with the phases that they executed.
func (a *asker) executed(ctx context.Context, runs []string) (map[string][]Worker, error) {
	t := graph.RelationshipTable(graph.SpaceliftWorker, graph.Executed, graph.SpaceliftRun)
	phase := column(t, "phase")
	list := map[string][]Worker{}
	var ids []string
	err := a.dir.Rows(ctx, t, lookup.ByEnd, runs, func(row graph.Row) error {
		w := Worker{ID: strings.Clone(row[0].Text), Carried: a.carried(t, row)}
		if row[phase].Text != "" {
			w.Phases = strings.Split(strings.Clone(row[phase].Text), "+")
		}
		ids = append(ids, w.ID)
		run := strings.Clone(row[1].Text)
		list[run] = append(list[run], w)
		return nil
	})
	if err != nil {
		return nil, err
	}
	known, err := a.workers(ctx, unique(ids))
	if err != nil {
		return nil, err
	}
	for _, workers := range list {
		for i := range workers {
			phases, carried := workers[i].Phases, workers[i].Carried // of the run's row
			workers[i] = *known[workers[i].ID]
			workers[i].Phases, workers[i].Carried = phases, carried
		}
	}
	return list, nil
}

// confirmed returns who confirmed each run, without their roles.
func (a *asker) confirmed(ctx context.Context, runs []string) (map[string][]Confirmation, error) {
	t := graph.RelationshipTable(graph.SpaceliftUser, graph.Confirmed, graph.SpaceliftRun)
	at := column(t, "at")
	list := map[string][]Confirmation{}
	var ids []string
	err := a.dir.Rows(ctx, t, lookup.ByEnd, runs, func(row graph.Row) error {
		c := Confirmation{User: User{ID: strings.Clone(row[0].Text)}, At: row[at].Num, Space: []Space{}, Carried: a.carried(t, row)}
		ids = append(ids, c.User.ID)
		run := strings.Clone(row[1].Text)
		list[run] = append(list[run], c)
		return nil
	})
	if err != nil {
		return nil, err
	}
	users, err := a.users(ctx, unique(ids))
	if err != nil {
		return nil, err
	}
	for _, of := range list {
		for i := range of {
			of[i].User = *users[of[i].User.ID]
		}
	}
	return list, nil
}

// standings fills in which role those who confirmed runs held: in the stack's space, or the nearest space around it.
func (a *asker) standings(ctx context.Context, runs []Run) error {
	var ids []string
	for _, r := range runs {
		for _, c := range r.ConfirmedBy {
			ids = append(ids, c.User.ID)
		}
	}
	t := graph.RelationshipTable(graph.SpaceliftUser, graph.HasRoleIn, graph.SpaceliftSpace)
	role := column(t, "role")
	held := map[[2]string][]string{} // by user and space
	err := a.dir.Rows(ctx, t, lookup.ByKey, unique(ids), func(row graph.Row) error {
		key := [2]string{strings.Clone(row[0].Text), strings.Clone(row[1].Text)}
		held[key] = append(held[key], strings.Clone(row[role].Text))
		return nil
	})
	if err != nil {
		return err
	}
	for i := range runs {
		for j := range runs[i].ConfirmedBy {
			if s := runs[i].Stack; s != nil {
				runs[i].ConfirmedBy[j].stand(s.Space, held)
			}
		}
	}
	return nil
}

// levels are the roles that are levels, the lowest first; any other role is one of the account's own.
var levels = []string{"READ", "WRITE", "ADMIN"}

// stand finds the highest role of the nearest space of a path in which one is held that is more than to read; failing that, one
// that is to read only.
func (c *Confirmation) stand(path []Space, held map[[2]string][]string) {
	for i, s := range slices.Backward(path) {
		for _, role := range held[[2]string{c.User.ID, s.ID}] {
			if c.Role == "" || c.ReadOnly && role != levels[0] || len(c.Space) == i+1 && slices.Index(levels, role) > slices.Index(levels, c.Role) {
				c.Role, c.Space, c.ReadOnly = role, path[:i+1], role == levels[0]
			}
		}
		if c.Role != "" && !c.ReadOnly {
			return
		}
	}
}

package trace

import (
	"context"
	"slices"

	"liftgraph/graph"
	"liftgraph/query/lookup"
)

// runs fills in the subject's runs, in the order of their ids, with all that is behind them. What they affected is
// described for all instances, or only for one.
func (a *asker) runs(ctx context.Context, s *Subject, ids []string, only string) error {
	nodes, err := a.nodes(ctx, graph.SpaceliftRun, ids)
	if err != nil {
		return err
	}
	affected, err := a.affected(ctx, ids, only)
	if err != nil {
		return err
	}
	stackOf, err := a.links(ctx, graph.SpaceliftStack, graph.Generated, graph.SpaceliftRun, lookup.ByEnd, ids)
	if err != nil {
		return err
	}
	stacks, err := a.stacks(ctx, targets(stackOf))
	if err != nil {
		return err
	}
	commitOf, err := a.links(ctx, graph.SpaceliftGitCommit, graph.Committed, graph.SpaceliftRun, lookup.ByEnd, ids)
	if err != nil {
		return err
	}
	commits, err := a.commits(ctx, targets(commitOf))
	if err != nil {
		return err
	}
	userOf, err := a.links(ctx, graph.SpaceliftUser, graph.Triggered, graph.SpaceliftRun, lookup.ByEnd, ids)
	if err != nil {
		return err
	}
	users, err := a.users(ctx, targets(userOf))
	if err != nil {
		return err
	}
	workersOf, err := a.executed(ctx, ids)
	if err != nil {
		return err
	}
	confirmed, err := a.confirmed(ctx, ids)
	if err != nil {
		return err
	}
	for _, id := range ids {
		n := nodes[id]
		r := Run{
			ID: id, Type: n.text("run_type"), State: n.text("state"), Branch: n.text("branch"), CreatedAt: n.value("created_at").Num,
			Affected: []Affected{}, Stack: stacks[first(stackOf[id])], Commit: commits[first(commitOf[id])],
			TriggeredBy: users[first(userOf[id])], Workers: slices.Concat([]Worker{}, workersOf[id]), ConfirmedBy: slices.Concat([]Confirmation{}, confirmed[id]),
			PlannedAt: n.value("planning_at").Num, WaitingAt: n.value("unconfirmed_at").Num, ConfirmedAt: n.value("confirmed_at").Num,
			AppliedAt: n.value("applying_at").Num, FinishedAt: n.value("finished_at").Num, URL: runURL(a.dir.Manifest(), first(stackOf[id]), id), Carried: n.carried,
		}
		if l := affected[id]; l != nil {
			r.Affected, r.MoreAffected = l.list(a.limit), l.more
		}
		s.Runs = append(s.Runs, r)
	}
	return a.standings(ctx, s.Runs)
}

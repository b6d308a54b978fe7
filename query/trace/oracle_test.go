package trace

import (
	"slices"
	"strings"

	"liftgraph/graph"
)

// oracle finds by looking at every edge what trace finds by looking few of them up.
type oracle struct {
	all []edge
}

type edge struct{ from, typ, to, start, end, more string }

// String returns what is compared; more is what an AFFECTED or a role has besides its ends.
func (e edge) String() string { return strings.Join([]string{e.start, e.typ, e.end, e.more}, " ") }

func newOracle(rows kept) *oracle {
	o := new(oracle)
	for t, list := range rows {
		r := t.Relationship
		if r == nil || r.Type == graph.Resource {
			continue
		}
		for _, row := range list {
			var more []string
			for _, v := range row[2 : len(row)-2] {
				more = append(more, v.Text)
			}
			o.all = append(o.all, edge{string(r.From), r.Type, string(r.To), row[0].Text, row[1].Text, strings.Join(more, " ")})
		}
	}
	return o
}

// walk adds the edges of a type at the ids, whose ends are of the labels, and returns what is at their other ends.
func (o *oracle) walk(found map[string]bool, from graph.Label, typ string, to graph.Label, forward bool, ids ...string) (others []string) {
	for _, e := range o.all {
		if e.from != string(from) || e.typ != typ || e.to != string(to) {
			continue
		}
		this, other := e.end, e.start
		if forward {
			this, other = other, this
		}
		if typ == graph.Confirmed { // an answer doesn't tell its basis
			e.more = ""
		}
		if slices.Contains(ids, this) {
			found[e.String()] = true
			others = append(others, other)
		}
	}
	return others
}

const forward, backward = true, false

func (o *oracle) edges(k Kind, id string) map[string]bool {
	found := map[string]bool{}
	switch k {
	default:
	case KindInstance:
		o.workers(found, o.walk(found, graph.SpaceliftWorker, graph.RunsOn, graph.EC2Instance, backward, id))
		o.runs(found, o.walk(found, graph.SpaceliftRun, graph.Affected, graph.EC2Instance, backward, id), false)
	case KindRun:
		o.runs(found, []string{id}, true)
	case KindCommit:
		o.commits(found, []string{id})
		o.runs(found, o.walk(found, graph.SpaceliftGitCommit, graph.Committed, graph.SpaceliftRun, forward, id), true)
	case KindUser:
		o.spaces(found, o.walk(found, graph.SpaceliftUser, graph.HasRoleIn, graph.SpaceliftSpace, forward, id))
		o.commits(found, o.walk(found, graph.SpaceliftGitCommit, graph.Confirmed, graph.SpaceliftUser, backward, id))
		o.runs(found, o.walk(found, graph.SpaceliftUser, graph.Triggered, graph.SpaceliftRun, forward, id), true)
	case KindGitHub:
		o.commits(found, o.walk(found, graph.GitHubUser, graph.Pushed, graph.SpaceliftGitCommit, forward, id))
	case KindStack:
		o.spaces(found, o.walk(found, graph.SpaceliftSpace, graph.Contains, graph.SpaceliftStack, backward, id))
		o.runs(found, o.walk(found, graph.SpaceliftStack, graph.Generated, graph.SpaceliftRun, forward, id), true)
	case KindWorker:
		o.workers(found, []string{id})
		o.runs(found, o.walk(found, graph.SpaceliftWorker, graph.Executed, graph.SpaceliftRun, forward, id), true)
	case KindSpace:
		o.spaces(found, []string{id})
		o.walk(found, graph.SpaceliftSpace, graph.Contains, graph.SpaceliftStack, forward, id)
		o.walk(found, graph.SpaceliftUser, graph.HasRoleIn, graph.SpaceliftSpace, backward, id)
	}
	return found
}

func (o *oracle) runs(found map[string]bool, ids []string, affected bool) {
	if affected {
		o.walk(found, graph.SpaceliftRun, graph.Affected, graph.EC2Instance, forward, ids...)
	}
	stacks := o.walk(found, graph.SpaceliftStack, graph.Generated, graph.SpaceliftRun, backward, ids...)
	o.spaces(found, o.walk(found, graph.SpaceliftSpace, graph.Contains, graph.SpaceliftStack, backward, stacks...))
	o.commits(found, o.walk(found, graph.SpaceliftGitCommit, graph.Committed, graph.SpaceliftRun, backward, ids...))
	o.walk(found, graph.SpaceliftUser, graph.Triggered, graph.SpaceliftRun, backward, ids...)
	o.walk(found, graph.SpaceliftUser, graph.Confirmed, graph.SpaceliftRun, backward, ids...)
	o.workers(found, o.walk(found, graph.SpaceliftWorker, graph.Executed, graph.SpaceliftRun, backward, ids...))
}

func (o *oracle) commits(found map[string]bool, ids []string) {
	o.walk(found, graph.GitHubUser, graph.Pushed, graph.SpaceliftGitCommit, backward, ids...)
	o.walk(found, graph.SpaceliftGitCommit, graph.Confirmed, graph.SpaceliftUser, forward, ids...)
}

func (o *oracle) workers(found map[string]bool, ids []string) {
	o.walk(found, graph.SpaceliftWorkerPool, graph.Contains, graph.SpaceliftWorker, backward, ids...)
	o.walk(found, graph.SpaceliftWorker, graph.RunsOn, graph.EC2Instance, forward, ids...)
}

func (o *oracle) spaces(found map[string]bool, ids []string) {
	for len(ids) > 0 {
		ids = o.walk(found, graph.SpaceliftSpace, graph.Contains, graph.SpaceliftSpace, backward, ids...)
	}
}

// edges returns those that an answer names.
func edges(subjects []Subject) map[string]bool {
	found := answered{}
	for _, s := range subjects {
		switch s.Kind {
		default:
		case KindInstance:
			for _, w := range s.Hosted {
				found.worker(w)
			}
		case KindRun: // it is its run
		case KindCommit:
			found.commit(*s.Commit)
			for _, r := range s.Runs {
				found.add(s.ID, graph.Committed, r.ID)
			}
		case KindUser:
			for _, r := range s.Runs {
				found.add(s.ID, graph.Triggered, r.ID)
			}
			for _, c := range s.Commits {
				found.add(c.SHA, graph.Confirmed, s.ID)
			}
		case KindGitHub:
			for _, c := range s.Commits {
				found.add(s.ID, graph.Pushed, c.SHA)
			}
		case KindStack:
			found.stack(*s.Stack)
			for _, r := range s.Runs {
				found.add(s.ID, graph.Generated, r.ID)
			}
		case KindWorker:
			found.worker(*s.Worker)
		case KindSpace:
			found.path(s.Space)
			for _, id := range s.Stacks {
				found.add(s.ID, graph.Contains, id)
			}
		}
		for _, r := range s.Roles {
			found.add(r.User.ID, graph.HasRoleIn, r.Space[len(r.Space)-1].ID, r.Role, r.Via)
			found.path(r.Space)
		}
		for _, c := range s.Commits {
			found.commit(c)
		}
		for _, r := range s.Runs {
			found.run(r)
		}
	}
	return found
}

type answered map[string]bool

func (a answered) add(start, typ, end string, more ...string) {
	a[edge{start: start, typ: typ, end: end, more: strings.Join(more, " ")}.String()] = true
}

func (a answered) run(r Run) {
	for _, to := range r.Affected {
		if to.Entity {
			a.add(r.ID, graph.Affected, to.Instance, "", "", "", "", "", to.ResolvedBy, "", "", "")
		}
		for _, c := range to.Calls {
			a.add(r.ID, graph.Affected, to.Instance, c.EventID, c.Time, c.Name, c.Account, c.Region, "", c.Error, c.ErrorMessage, c.Basis)
		}
	}
	if r.Stack != nil {
		a.add(r.Stack.ID, graph.Generated, r.ID)
		a.stack(*r.Stack)
	}
	if r.Commit != nil {
		a.add(r.Commit.SHA, graph.Committed, r.ID)
		a.commit(*r.Commit)
	}
	if r.TriggeredBy != nil {
		a.add(r.TriggeredBy.ID, graph.Triggered, r.ID)
	}
	for _, c := range r.ConfirmedBy {
		a.add(c.User.ID, graph.Confirmed, r.ID, "")
	}
	for _, w := range r.Workers {
		a.add(w.ID, graph.Executed, r.ID, strings.Join(w.Phases, "+"))
		a.worker(w)
	}
}

func (a answered) stack(s Stack) {
	if len(s.Space) > 0 {
		a.add(s.Space[len(s.Space)-1].ID, graph.Contains, s.ID)
		a.path(s.Space)
	}
}

func (a answered) path(spaces []Space) {
	for i := 1; i < len(spaces); i++ {
		a.add(spaces[i-1].ID, graph.Contains, spaces[i].ID)
	}
}

func (a answered) commit(c Commit) {
	for _, name := range c.PushedBy {
		a.add(name, graph.Pushed, c.SHA)
	}
	for _, u := range c.ConfirmedBy {
		a.add(c.SHA, graph.Confirmed, u.ID)
	}
}

func (a answered) worker(w Worker) {
	if w.Pool != nil {
		a.add(w.Pool.ID, graph.Contains, w.ID)
	}
	for _, h := range w.Hosts {
		a.add(w.ID, graph.RunsOn, h)
	}
}

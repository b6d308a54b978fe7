package trace

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// runEvents returns what happened to a run and by it.
func (a *asker) runEvents(r *Run) (list []Event) {
	stack := ""
	if r.Stack != nil {
		stack = " on stack " + show(r.Stack.ID)
	}
	add := func(at int64, kind EventKind, who, format string, args ...any) *Event {
		if at == 0 {
			return new(Event)
		}
		list = append(list, Event{Time: iso(at), Kind: kind, Who: who, What: fmt.Sprintf(format, args...), Source: FromSpacelift, Run: r.ID, Link: r.URL, Carried: r.Carried})
		return &list[len(list)-1]
	}
	who := "a Git push, or another stack"
	if r.TriggeredBy != nil {
		who = r.TriggeredBy.title()
	}
	add(r.CreatedAt, RunQueued, who, "started run %s%s", r.ID, stack)
	add(r.PlannedAt, RunPlanned, r.by(Planned), "planned")
	add(r.WaitingAt, RunWaiting, "", "plan is ready: waits for a confirmation")
	confirmed := false
	for _, c := range r.ConfirmedBy {
		e := add(c.At, RunConfirmed, c.User.title(), "confirmed the run%s", wrap(", ", c.standing(), ""))
		e.ReadOnly, e.Carried = c.ReadOnly, c.Carried
		confirmed = confirmed || c.At != 0
	}
	if !confirmed {
		add(r.ConfirmedAt, RunConfirmed, "", "confirmed: by whom isn't known")
	}
	add(r.AppliedAt, RunApplied, r.by(Applied), "applied")
	add(r.FinishedAt, RunFinished, "", "run ended: %s", cmp.Or(show(r.State), "state not known"))
	for _, to := range r.Affected {
		for _, c := range to.Calls {
			list = append(list, Event{
				Time: utc(c.Time), Kind: APICall, Who: join(" ", "run", r.ID), What: join(" ", show(c.Name), "on", show(to.Instance), wrap("FAILED: ", show(c.Error), "")),
				Source: FromCloudTrail, Run: r.ID, ID: c.EventID, Account: c.Account, Region: c.Region, Failed: c.Error, Carried: c.Carried,
			})
		}
	}
	return list
}

// by returns the worker that executed a phase of the run, with its host.
func (r *Run) by(phase string) string {
	for _, w := range r.Workers {
		if slices.Contains(w.Phases, phase) {
			return w.title()
		}
	}
	return ""
}

// title names a worker with its hosts.
func (w *Worker) title() string {
	var hosts []string
	for _, h := range w.Hosts {
		hosts = append(hosts, show(h))
	}
	return "worker " + show(w.ID) + wrap(" on ", strings.Join(hosts, ", "), "")
}

// standing says which role the user held in the stack's space.
func (c *Confirmation) standing() string {
	switch {
	case c.ReadOnly:
		return "with READ only in " + path(c.Space)
	case c.Role != "":
		return "as " + show(c.Role) + " in " + path(c.Space)
	}
	return "whose role in the stack's space isn't known"
}

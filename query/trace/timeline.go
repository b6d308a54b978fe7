package trace

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"liftgraph/graph"
	"liftgraph/query/lookup"
)

// EventKind is what happened, in one word.
type EventKind string

// The kinds of a timeline's events.
const (
	CommitWritten EventKind = "commit"
	RunQueued     EventKind = "queued"
	RunPlanned    EventKind = "planned"
	RunWaiting    EventKind = "waiting"
	RunConfirmed  EventKind = "confirmed"
	RunApplied    EventKind = "applied"
	RunFinished   EventKind = "finished"
	APICall       EventKind = "call"
	AuditEvent    EventKind = "audit"
	OtherChange   EventKind = "change" // by others than Spacelift's runs
)

// The sources of a timeline's events.
const (
	FromGit        = "git"
	FromSpacelift  = "spacelift"
	FromCloudTrail = "cloudtrail"
	FromAuditTrail = "audit-trail"
)

// Event is a moment of the story.
type Event struct {
	Time   string    `json:"time"` // ISO 8601 in UTC
	Kind   EventKind `json:"kind"`
	Who    string    `json:"who"` // a person, worker or stack; empty where that isn't known
	What   string    `json:"what"`
	Source string    `json:"source"`

	Run            string `json:"run,omitempty"`
	ID             string `json:"id,omitempty"` // of the commit, or the event of CloudTrail or the audit trail
	Account        string `json:"aws_account,omitempty"`
	Region         string `json:"aws_region,omitempty"`
	RemoteIP       string `json:"remote_ip,omitempty"`
	Link           string `json:"link,omitempty"`
	SecuritySignal bool   `json:"security_signal,omitempty"` // the event turns the audit trail itself on, off or elsewhere
	ReadOnly       bool   `json:"read_only,omitempty"`       // who confirmed may only read the stack's space, as far as is known
	Failed         string `json:"error_code,omitempty"`      // why a call failed
	Carried
}

// A timeline reaches from a day before the commit to a day after the last call.
const around = 24 * time.Hour

// timeline fills in the subject's events, in the order of time.
func (a *asker) timeline(ctx context.Context, s *Subject) error {
	s.Timeline = []Event{}
	var span spans
	seen := map[string]bool{}
	commits := slices.Clone(s.Commits)
	for i := range s.Runs {
		r := &s.Runs[i]
		var own []Event
		if r.Commit != nil {
			if at, err := time.Parse(time.RFC3339, r.Commit.Timestamp); err == nil {
				span.widen(i, at)
			}
			commits = append(commits, *r.Commit)
		}
		own = append(own, a.runEvents(r)...)
		for _, e := range own {
			if at, err := time.Parse(time.RFC3339, e.Time); err == nil {
				span.widen(i, at)
			}
		}
		s.Timeline = append(s.Timeline, own...)
	}
	for i := range s.Touched {
		if e, ok := s.Touched[i].event(s); ok {
			s.Timeline = append(s.Timeline, e)
		}
	}
	if s.Commit != nil {
		commits = append(commits, *s.Commit)
	}
	for _, c := range commits {
		if c.Timestamp != "" && !seen[c.SHA] {
			seen[c.SHA] = true
			s.Timeline = append(s.Timeline, Event{Time: utc(c.Timestamp), Kind: CommitWritten, Who: named(c.AuthorLogin, c.AuthorName), What: "wrote commit " + c.title(), Source: FromGit, ID: c.SHA, Link: webURL(c.URL), Carried: c.Carried})
		}
	}
	audit, err := a.audit(ctx, s, span)
	if err != nil {
		return err
	}
	s.Timeline = append(s.Timeline, audit...)
	slices.SortStableFunc(s.Timeline, func(x, y Event) int {
		return cmp.Or(compareTimes(x.Time, y.Time), cmp.Compare(rank(x.Kind), rank(y.Kind)))
	})
	return nil
}

// rank orders events of the same second.
func rank(k EventKind) int {
	return slices.Index([]EventKind{CommitWritten, RunQueued, RunPlanned, RunWaiting, RunConfirmed, RunApplied, APICall, OtherChange, AuditEvent, RunFinished}, k)
}

// compareTimes compares times in ISO 8601, of which some have fractions of a second.
func compareTimes(a, b string) int {
	x, err := time.Parse(time.RFC3339, a)
	y, bad := time.Parse(time.RFC3339, b)
	if err != nil || bad != nil {
		return cmp.Compare(a, b)
	}
	return x.Compare(y)
}

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

// iso returns Unix seconds in ISO 8601.
func iso(seconds int64) string { return time.Unix(seconds, 0).UTC().Format(time.RFC3339) }

// utc returns a time of ISO 8601 in UTC, anything else as it is.
func utc(s string) string {
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return t.UTC().Format(time.RFC3339Nano)
	}
	return s
}

// spans are the times of runs, each from its commit to its last call.
type spans struct{ from, to []time.Time }

func (s *spans) widen(run int, at time.Time) {
	for len(s.from) <= run {
		s.from, s.to = append(s.from, time.Time{}), append(s.to, time.Time{})
	}
	if s.from[run].IsZero() || at.Before(s.from[run]) {
		s.from[run] = at
	}
	if at.After(s.to[run]) {
		s.to[run] = at
	}
}

// holds reports whether a time is in a span, or within a day of it.
func (s *spans) holds(at time.Time) bool {
	for i, from := range s.from {
		if !from.IsZero() && !at.Before(from.Add(-around)) && !at.After(s.to[i].Add(around)) {
			return true
		}
	}
	return false
}

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

// unknown says what the files can't tell of a subject.
func (a *asker) unknown(s *Subject) []string {
	list := []string{}
	read := map[string]bool{}
	for _, source := range a.dir.Manifest().Sources {
		read[source.Name] = true
	}
	for _, sc := range a.dir.Manifest().Scopes {
		read[sc.Scope] = true
	}
	calls := false
	for _, r := range s.Runs {
		for _, to := range r.Affected {
			calls = calls || len(to.Calls) > 0
		}
	}
	switch {
	case s.Kind != KindInstance && s.Kind != KindRun && s.Kind != KindResource:
	case read["cloudtrail"] || calls:
		list = append(list, a.byOthers(s))
	default:
		list = append(list, "no CloudTrail was read: API calls, by runs and by others, aren't known")
	}
	if !read["audittrail"] && !read["audit_trail"] && !slices.ContainsFunc(s.Timeline, func(e Event) bool { return e.Kind == AuditEvent }) {
		list = append(list, "no audit trail was read: changes of Spacelift itself aren't known")
	}
	return list
}

// byOthers says whether calls by others than Spacelift's sessions were read, and how many touched the subject.
func (a *asker) byOthers(s *Subject) string {
	var n int64
	for _, t := range s.Touched {
		if t.Run == "" {
			n += max(t.Events, 1)
		}
	}
	if n == 0 && a.dir.Empty(graph.NodeTable(graph.AWSActor)) {
		return "calls of Spacelift's sessions only: those by others weren't read"
	}
	return fmt.Sprintf("of calls by others than Spacelift's sessions only changes are known: %d touched this resource", n)
}

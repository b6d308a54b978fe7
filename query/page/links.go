package page

import (
	"cmp"
	"net/url"
	"strings"

	"liftgraph/query/trace"
)

// link is an edge of the graph in words.
type link struct {
	From, To       thing
	Label          string // what the edge says: wrote, confirmed, planned…
	How            string // how it is known
	fromKey, toKey string
}

// thing is an end of a link.
type thing struct {
	Kind, ID, Name string
	Href           string // its page elsewhere
}

func (t thing) key() string { return t.Kind + " " + t.ID }

// Title names the thing for people.
func (t thing) Title() string { return cmp.Or(t.Name, t.ID) }

// linker gathers links, each once.
type linker struct {
	list []link
	seen map[string]bool
}

func (l *linker) add(from thing, label string, to thing, how string) {
	if from.ID == "" || to.ID == "" {
		return
	}
	key := from.key() + "\x00" + label + "\x00" + to.key()
	if l.seen[key] {
		return
	}
	l.seen[key] = true
	for _, t := range []*thing{&from, &to} {
		t.ID, t.Name = trace.Printable(t.ID), trace.Printable(t.Name)
	}
	l.list = append(l.list, link{From: from, To: to, Label: label, How: how, fromKey: from.key(), toKey: to.key()})
}

// linksOf returns the edges of an answer, the newest runs' first.
func linksOf(s *trace.Subject) []link {
	l := &linker{seen: map[string]bool{}}
	if s.Kind == trace.KindResource || s.Kind == trace.KindInstance {
		l.touched(s)
	}
	for i := range s.Runs {
		l.run(&s.Runs[i])
	}
	if s.Commit != nil {
		l.commit(s.Commit, nil)
	}
	for i := range s.Commits {
		l.commit(&s.Commits[i], nil)
		c := commitThing(&s.Commits[i])
		if s.Kind == trace.KindUser {
			l.add(thing{Kind: "person", ID: s.ID}, "confirmed", c, "Spacelift's history")
		}
	}
	for _, w := range s.Hosted {
		l.worker(&w)
	}
	for _, r := range s.Roles {
		if n := len(r.Space); n > 0 {
			l.add(person(r.User), "holds "+trace.Printable(r.Role)+" in", thing{Kind: "space", ID: r.Space[n-1].ID, Name: pathOf(r.Space)}, "Spacelift's access rules")
		}
	}
	for _, id := range s.Stacks {
		if n := len(s.Space); n > 0 {
			l.add(thing{Kind: "space", ID: s.ID, Name: pathOf(s.Space)}, "contains", thing{Kind: "stack", ID: id}, "Spacelift's list of stacks")
		}
	}
	return l.list
}

// touched adds the runs, and those outside of runs, that are known to have changed a resource.
func (l *linker) touched(s *trace.Subject) {
	resource := thing{Kind: "resource", ID: s.ID}
	if s.Resource != nil {
		resource.Name = s.Resource.Name
	}
	for _, t := range s.Touched {
		switch {
		case t.Run != "":
			l.add(thing{Kind: "run", ID: t.Run}, "affected", resource, "CloudTrail names it in calls of the run's session, or Spacelift's list of resources does"+carried(t.Carried))
		case t.Actor != "":
			how := "CloudTrail names it in calls outside of runs"
			if calls := strings.Join(t.Calls, ", "); calls != "" {
				how += ": " + trace.Printable(calls)
			}
			if t.Via != "" {
				how += ", via " + trace.Printable(t.Via)
			}
			l.add(thing{Kind: "actor", ID: t.Actor, Name: t.Name}, "changed", resource, how+carried(t.Carried))
		}
	}
}

func person(u *trace.User) thing {
	if u == nil {
		return thing{}
	}
	return thing{Kind: "person", ID: u.ID, Name: cmp.Or(u.Name, u.ID)}
}

func commitThing(c *trace.Commit) thing {
	return thing{Kind: "commit", ID: c.SHA, Name: c.SHA[:min(10, len(c.SHA))], Href: webLink(c.URL)}
}

// webLink returns an address of the web, nothing for any other text.
func webLink(s string) string { return trace.WebURL(s) }

func (l *linker) run(r *trace.Run) {
	run := thing{Kind: "run", ID: r.ID, Href: r.URL}
	for _, a := range r.Affected {
		var how []string
		if a.Entity {
			how = append(how, "Spacelift's list of resources; "+resolved(a.ResolvedBy)+carried(a.Carried))
		}
		if len(a.Calls) > 0 {
			how = append(how, "CloudTrail names it in calls of the run's session"+carriedCalls(a.Calls))
		}
		l.add(run, "affected", thing{Kind: "resource", ID: a.Instance}, strings.Join(how, ". "))
	}
	if s := r.Stack; s != nil {
		stack := thing{Kind: "stack", ID: s.ID, Name: s.Name}
		l.add(stack, "generated", run, "Spacelift's list of runs"+carried(r.Carried))
		if n := len(s.Space); n > 0 {
			l.add(thing{Kind: "space", ID: s.Space[n-1].ID, Name: pathOf(s.Space)}, "contains", stack, "Spacelift's list of stacks")
		}
	}
	if r.Commit != nil {
		l.commit(r.Commit, r)
		l.add(commitThing(r.Commit), "ran in", run, "Spacelift's list of runs"+carried(r.Carried))
	}
	l.add(person(r.TriggeredBy), "triggered", run, "Spacelift's list of runs"+carried(r.Carried))
	for i := range r.ConfirmedBy {
		c := &r.ConfirmedBy[i]
		how := "Spacelift's history"
		if c.ReadOnly {
			how += "; holds READ only"
		}
		l.add(person(&c.User), "confirmed", run, how+carried(c.Carried))
	}
	if len(r.ConfirmedBy) == 0 && r.Commit != nil {
		for i := range r.Commit.ConfirmedBy {
			l.add(person(&r.Commit.ConfirmedBy[i]), "confirmed", commitThing(r.Commit), "a run of the commit, by Spacelift's history; or who triggered its first run")
		}
	}
	for i := range r.Workers {
		w := &r.Workers[i]
		did := map[string]string{"plan": "planned", "apply": "applied", "plan+apply": "planned, applied"}[strings.Join(w.Phases, "+")]
		l.add(workerThing(w), cmp.Or(did, "executed"), run, "the run's logs"+carried(w.Carried))
		l.worker(w)
	}
}

func workerThing(w *trace.Worker) thing { return thing{Kind: "worker", ID: w.ID} }

func (l *linker) worker(w *trace.Worker) {
	for _, h := range w.Hosts {
		l.add(thing{Kind: "host", ID: h}, "hosts", workerThing(w), "the worker's metadata")
	}
	if w.Pool != nil {
		l.add(thing{Kind: "pool", ID: w.Pool.ID, Name: w.Pool.Name}, "contains", workerThing(w), "Spacelift's list of workers")
	}
}

func (l *linker) commit(c *trace.Commit, _ *trace.Run) {
	if c.AuthorLogin != "" || c.AuthorName != "" {
		l.add(thing{Kind: "person", ID: strings.ToLower(cmp.Or(c.AuthorLogin, c.AuthorName)), Name: cmp.Or(c.AuthorName, c.AuthorLogin)}, "wrote", commitThing(c), "the commit's author, by Git")
	}
}

// resolved says in words how an id from the list of resources was found.
func resolved(by string) string {
	switch by {
	case "plain":
		return "its id stood there as it is"
	case "digest":
		return "its id was sanitized: the last 8 hex digits of the SHA-256 of one known id are the same"
	case "digest+arn":
		return "its id was sanitized: two digests, of the id and of the ARN, are those of this instance"
	}
	return "how its id was found isn't known"
}

func pathOf(spaces []trace.Space) string {
	var names []string
	for _, s := range spaces {
		names = append(names, trace.Printable(cmp.Or(s.Name, s.ID)))
	}
	return strings.Join(names, " / ")
}

// served returns the address of a thing's own answer on a server.
func (t thing) served() string {
	kind := map[string]trace.Kind{
		"run": trace.KindRun, "commit": trace.KindCommit, "resource": trace.KindInstance, "host": trace.KindInstance, "stack": trace.KindStack, "space": trace.KindSpace, "worker": trace.KindWorker,
	}[t.Kind]
	switch {
	case t.Kind == "pool", t.Kind == "actor": // of which nothing else is known
		return ""
	case kind == trace.KindInstance && !strings.HasPrefix(t.ID, "i-"):
		kind = trace.KindResource
	case t.Kind == "person": // of Spacelift or GitHub
		return "/trace/" + url.PathEscape(t.ID)
	}
	return hrefOf(string(kind), t.ID)
}

// carried says when an earlier night last read what is known, after the text of how; empty where the last night read it.
func carried(c trace.Carried) string {
	if at := c.LastRead(); at != "" {
		return "; carried over, last read " + at
	}
	return ""
}

// carriedCalls is [carried] for the newest of calls, where all of them are.
func carriedCalls(calls []trace.Call) string {
	var newest trace.Carried
	for _, c := range calls {
		if c.CarriedOverFrom == 0 {
			return ""
		}
		newest.CarriedOverFrom = max(newest.CarriedOverFrom, c.CarriedOverFrom)
	}
	return carried(newest)
}

package transform

import (
	"cmp"
	"net/url"
	"strings"
	"time"

	"liftgraph/graph"
	"liftgraph/internal/raw"
	"liftgraph/transform/resolve"
)

type commit struct{ ID, SHA, Message, Timestamp, URL, AuthorLogin, AuthorName graph.Value }

var (
	commits   = resolve.NodesOf[commit](graph.SpaceliftGitCommit)
	generated = resolve.EdgesOf[none](graph.SpaceliftStack, graph.Generated, graph.SpaceliftRun)
	committed = resolve.EdgesOf[none](graph.SpaceliftGitCommit, graph.Committed, graph.SpaceliftRun)
	executed  = resolve.EdgesOf[execution](graph.SpaceliftWorker, graph.Executed, graph.SpaceliftRun)
)

// execution is the properties of an EXECUTED.
type execution struct{ Phase graph.Value }

// none is the properties of an edge that has none.
type none = struct{}

// run makes a SpaceliftRun with GENERATED from its stack, its SpaceliftGitCommit with COMMITTED, PUSHED and
// CONFIRMED, TRIGGERED from its SpaceliftUser, and EXECUTED from its SpaceliftWorkers.
func (t *Transformer) run(r *raw.Run) {
	switch {
	case r.IsModule:
		t.r.Filter("module_run")
	case !raw.IsRunID(r.ID):
		t.quarantine(r, invalidID, raw.RunIDRule)
	default:
		t.r.Listed(r.ID, commitOf(r))
		t.runFrom(r, resolve.OwnRecord)
	}
}

// commitOf returns the commit of a run, "" where it has none that can be a node.
func commitOf(r *raw.Run) string {
	if r.Commit == nil || !raw.IsID(r.Commit.Hash) {
		return ""
	}
	return r.Commit.Hash
}

// runFrom makes the same of a run's own record and of what another one says of the run.
func (t *Transformer) runFrom(r *raw.Run, s resolve.Standing) {
	sha := ""
	if r.Commit != nil {
		sha = r.Commit.Hash
	}
	if sha != "" && !raw.IsID(sha) {
		t.r.RejectEdge(invalidID, graph.Committed, sha, r.ID)
		sha = ""
	}
	times := r.Times
	if times == nil {
		times = new(raw.RunTimes)
	}
	resolve.Runs.Add(t.r, s, derefInt(r.UpdatedAt), resolve.Run{
		ID: graph.Text(r.ID), RunType: graph.TextPtr(r.Type), State: graph.TextPtr(r.State), CommitSHA: resolve.TextOrNone(sha),
		Branch: graph.TextPtr(r.Branch), CreatedAt: graph.NumPtr(r.CreatedAt), StackID: resolve.TextOrNone(r.StackID),
		SpaceliftAccountID: graph.Text(t.r.AccountID()),
		PlanningAt:         resolve.NumOrNone(times.Planning), UnconfirmedAt: resolve.NumOrNone(times.Unconfirmed), ConfirmedAt: resolve.NumOrNone(times.Confirmed),
		ApplyingAt: resolve.NumOrNone(times.Applying), FinishedAt: resolve.NumOrNone(times.Finished),
	})
	if r.StackID != "" {
		generated.Add(t.r, r.StackID, r.ID, none{})
	}
	if sha != "" {
		t.commit(r, max(s, resolve.Nested))
	}
	t.confirmations(r, sha)
	for _, w := range r.Workers {
		t.execution(r, w)
	}
	for _, on := range r.DependsOn {
		if !raw.IsRunID(on) {
			t.r.RejectEdge(invalidID, graph.DependsOn, r.ID, on)
			continue
		}
		t.r.DependsOn(r.ID, on)
	}
	trigger := deref(r.TriggeredBy)
	who, ok := canonical(trigger)
	if ok && !raw.IsID(who) {
		t.r.RejectEdge(invalidID, graph.Triggered, who, r.ID)
		ok = false
	}
	if ok {
		t.r.Triggered(who, spelled(trigger, who), r.ID, sha)
	} else {
		t.r.NotTriggered(r.ID, sha)
	}
}

func (t *Transformer) execution(r *raw.Run, w raw.RunWorker) {
	if !raw.IsID(w.ID) {
		t.r.RejectEdge(invalidID, graph.Executed, w.ID, r.ID)
		return
	}
	pool := ""
	if w.Public {
		pool = raw.PublicPool
		poolContainsWorker.Add(t.r, pool, w.ID, none{})
	}
	t.r.Worker(w.ID, pool)
	executed.Add(t.r, w.ID, r.ID, execution{Phase: resolve.TextOrNone(w.Phase)})
}

func (t *Transformer) commit(r *raw.Run, s resolve.Standing) {
	c := r.Commit
	t.addCommit(c, graph.TextPtr(c.AuthorLogin), s)
	committed.Add(t.r, c.Hash, r.ID, none{})
	switch author := deref(c.AuthorLogin); {
	case author == "":
	case !raw.IsID(author):
		t.r.RejectEdge(invalidID, graph.Pushed, author, c.Hash)
	default:
		t.r.Pushed(c.Hash, author, r.StackID, onGitHub(deref(c.URL)))
	}
}

// addCommit adds a commit by itself.
func (t *Transformer) addCommit(c *raw.Commit, author graph.Value, s resolve.Standing) {
	when := graph.Value{}
	if c.Timestamp != nil && *c.Timestamp > 0 && *c.Timestamp < year10000 {
		when = graph.Text(time.Unix(*c.Timestamp, 0).UTC().Format(time.RFC3339))
	}
	commits.Add(t.r, s, 0, commit{
		ID: graph.Text(c.Hash), SHA: graph.Text(c.Hash), Message: graph.TextPtr(c.Message), Timestamp: when, URL: graph.TextPtr(c.URL),
		AuthorLogin: author, AuthorName: graph.TextPtr(c.AuthorName),
	})
}

// confirmations adds who confirmed a run and, where it has one, its commit.
func (t *Transformer) confirmations(r *raw.Run, sha string) {
	for _, h := range r.History {
		if h.State != "CONFIRMED" {
			continue
		}
		who, ok := canonical(h.Username)
		switch {
		case !ok:
		case !raw.IsID(who):
			t.r.RejectEdge(invalidID, graph.Confirmed, cmp.Or(sha, r.ID), who)
		default:
			t.r.Confirmed(who, spelled(h.Username, who), r.ID, sha, derefInt(h.Timestamp))
		}
	}
}

// year10000 is where ISO 8601's four digits end, Unix seconds.
const year10000 = 253402300800

// onGitHub reports whether a commit's URL is one of github.com. Companies' own servers have users of their own.
func onGitHub(commitURL string) bool {
	if !strings.Contains(commitURL, "://") {
		commitURL = "https://" + commitURL
	}
	u, err := url.Parse(commitURL)
	if err != nil {
		return false
	}
	host := strings.ToLower(strings.TrimSuffix(u.Hostname(), "."))
	return host == "github.com" || host == "www.github.com"
}

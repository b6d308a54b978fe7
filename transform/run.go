package transform

import (
	"net/url"
	"strings"
	"time"

	"liftgraph/graph"
	"liftgraph/internal/raw"
	"liftgraph/transform/resolve"
)

var (
	generated = graph.RelationshipTable(graph.SpaceliftStack, graph.Generated, graph.SpaceliftRun)
	committed = graph.RelationshipTable(graph.SpaceliftGitCommit, graph.Committed, graph.SpaceliftRun)
	executed  = graph.RelationshipTable(graph.SpaceliftWorker, graph.Executed, graph.SpaceliftRun)
)

// run gives a SpaceliftRun with GENERATED from its stack, its SpaceliftGitCommit with COMMITTED, PUSHED and
// CONFIRMED, TRIGGERED from its SpaceliftUser, and EXECUTED from its SpaceliftWorkers.
func (t *Transformer) run(r *raw.Run) error {
	if r.IsModule {
		t.Filter("module_run")
		return nil
	}
	if !raw.IsRunID(r.ID) {
		return t.quarantine(r, invalidID, "a run's id has 26 digits and capital letters")
	}
	return t.runFrom(r, resolve.OwnRecord)
}

// runFrom gives what a run's own record gives, or what another one tells of it.
func (t *Transformer) runFrom(r *raw.Run, s resolve.Standing) error {
	sha := ""
	if r.Commit != nil {
		sha = r.Commit.Hash
	}
	if sha != "" && !resolve.IsKey(sha) {
		if err := t.RejectEdge(invalidID, graph.Committed, sha, r.ID); err != nil {
			return err
		}
		sha = ""
	}
	if err := t.Node(graph.SpaceliftRun, s, derefInt(r.UpdatedAt),
		graph.Text(r.ID), graph.TextPtr(r.Type), graph.TextPtr(r.State), resolve.TextOrNone(sha), graph.TextPtr(r.Branch), graph.NumPtr(r.CreatedAt),
		resolve.TextOrNone(r.StackID), graph.Value{}, graph.Text(t.AccountID())); err != nil {
		return err
	}
	if r.StackID != "" {
		if err := t.Edge(generated, r.StackID, r.ID); err != nil {
			return err
		}
	}
	if sha != "" {
		if err := t.commit(r); err != nil {
			return err
		}
	}
	for _, w := range r.Workers {
		if err := t.execution(r, w); err != nil {
			return err
		}
	}
	trigger := deref(r.TriggeredBy)
	who, ok := canonical(trigger)
	if ok && !resolve.IsKey(who) {
		if err := t.RejectEdge(invalidID, graph.Triggered, who, r.ID); err != nil {
			return err
		}
		ok = false
	}
	if ok {
		return t.Triggered(who, spelled(trigger, who), r.ID, sha)
	}
	return t.TriggeredByNobody(r.ID, sha)
}

func (t *Transformer) execution(r *raw.Run, w raw.RunWorker) error {
	if !resolve.IsKey(w.ID) {
		return t.RejectEdge(invalidID, graph.Executed, w.ID, r.ID)
	}
	pool := ""
	if w.Public {
		pool = raw.PublicPool
		if err := t.Edge(poolContainsWorker, pool, w.ID); err != nil {
			return err
		}
	}
	if err := t.Worker(w.ID, pool); err != nil {
		return err
	}
	return t.Edge(executed, w.ID, r.ID)
}

func (t *Transformer) commit(r *raw.Run) error {
	c := r.Commit
	when := graph.Value{}
	if c.Timestamp != nil && *c.Timestamp > 0 && *c.Timestamp < year10000 {
		when = graph.Text(time.Unix(*c.Timestamp, 0).UTC().Format(time.RFC3339))
	}
	if err := t.Commit(graph.Text(c.Hash), graph.Text(c.Hash), graph.TextPtr(c.Message), when,
		graph.TextPtr(c.URL), graph.TextPtr(c.AuthorLogin), graph.TextPtr(c.AuthorName)); err != nil {
		return err
	}
	if err := t.Edge(committed, c.Hash, r.ID); err != nil {
		return err
	}
	switch author := deref(c.AuthorLogin); {
	case author == "":
	case !resolve.IsKey(author):
		if err := t.RejectEdge(invalidID, graph.Pushed, author, c.Hash); err != nil {
			return err
		}
	default:
		if err := t.Pushed(c.Hash, author, r.StackID, onGitHub(deref(c.URL))); err != nil {
			return err
		}
	}
	for _, h := range r.History {
		if h.State != "CONFIRMED" {
			continue
		}
		who, ok := canonical(h.Username)
		if !ok {
			continue
		}
		if !resolve.IsKey(who) {
			if err := t.RejectEdge(invalidID, graph.Confirmed, c.Hash, who); err != nil {
				return err
			}
			continue
		}
		if err := t.Confirmed(who, spelled(h.Username, who), c.Hash); err != nil {
			return err
		}
	}
	return nil
}

// year10000 is where ISO 8601's four digits end, Unix seconds.
const year10000 = 253402300800

// onGitHub tells whether a commit's URL is GitHub's, in the cloud or on a company's own host.
func onGitHub(commitURL string) bool {
	u, err := url.Parse(commitURL)
	return err == nil && strings.Contains(u.Hostname(), "github")
}

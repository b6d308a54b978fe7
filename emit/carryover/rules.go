package carryover

import (
	"slices"
	"strings"
	"time"

	"liftgraph/graph"
	"liftgraph/internal/dataset"
)

// owners are the labels whose nodes relationships of the past belong to, the most particular first: such a relationship belongs to
// the first of them among its ends, and is kept as long as history keeps that node.
var owners = []graph.Label{graph.SpaceliftRun, graph.SpaceliftGitCommit, graph.SpaceliftWorker}

const (
	eventTime  = "event_time"
	resolvedBy = "resolved_by"
	stackID    = "stack_id"
	createdAt  = "created_at"
	byDigest   = "digest"
)

// rules are what is decided of a table once, before its rows.
type rules struct {
	table  *graph.Table
	claim  bool // its relationships say whose a node is
	logged bool // a log recorded every row, and no scope lists it
	log    int  // the column that only rows of a log have; -1: none
	time   int  // the column of the time that a log recorded; -1: none
	digest int  // the column that says how a sanitized id was resolved; -1: none
	stack  int  // the column of the stack that a row is one's; -1: none
	extent dataset.Extent
	source string // the incomplete scope of the log, or history
	known  int    // the column of the end that it is kept with, as it has no time of its own; -1: none

	owner      int         // the column of the end that it belongs to; -1: none
	ownerLabel graph.Label // of that end
	lasting    bool        // it is kept as long as that node is in the graph: its log expires, or it is judged once
}

func columnOf(t *graph.Table, name string) int {
	return slices.IndexFunc(t.Columns, func(p graph.Property) bool { return p.Name == name })
}

// isClaim reports whether the relationships of a table say that a node is an account's.
func isClaim(t *graph.Table) bool {
	return t.Relationship != nil && t.Relationship.Type == graph.Resource && t.Relationship.From == graph.SpaceliftAccount
}

// rulesOf decides for a table, by what was read now.
func rulesOf(t *graph.Table, now *dataset.Manifest, cover dataset.Coverage) *rules {
	r := &rules{table: t, claim: isClaim(t), log: -1, time: columnOf(t, eventTime), digest: columnOf(t, resolvedBy), stack: -1, owner: -1, known: -1}
	log := "cloudtrail"
	if strings.Contains(t.Name, string(graph.SpaceliftAuditEvent)) {
		log = "audit_trail"
	}
	if r.source = now.IncompleteLog(log); r.source == "" {
		r.source = dataset.HistoryScope
	}
	if t.Node != nil {
		r.logged = len(t.Node.Scopes) == 0
		r.extent = cover.Of(t.Node.Scopes)
		if t.Node.Refs[stackID] != "" {
			r.stack = columnOf(t, stackID)
		}
		return r
	}
	rel := t.Relationship
	r.logged = len(rel.Scopes) == 0 && !r.claim
	r.extent = cover.Of(rel.Scopes)
	if r.logged && r.time < 0 {
		r.known = slices.Index([]graph.Label{rel.From, rel.To}, graph.AWSActor)
	}
	if rel.Log != "" {
		r.log = columnOf(t, rel.Log)
	}
	if rel.From == graph.SpaceliftStack {
		r.stack = 0
	}
	if !rel.Past || len(rel.Scopes) == 0 {
		return r
	}
	for _, l := range owners {
		if i := slices.Index([]graph.Label{rel.From, rel.To}, l); i >= 0 {
			r.owner, r.ownerLabel = i, l
			break
		}
	}
	r.lasting = slices.Contains(rel.Scopes, graph.ScopeLogs) || rel.Fallback != nil && r.owner == 0
	return r
}

// isLogged reports whether a log recorded a row.
func (r *rules) isLogged(row graph.Row) bool { return r.logged || r.log >= 0 && row[r.log].Present }

// unread returns the scope because of which a row may be missing although it is still there; "" where it was read completely.
func (r *rules) unread(row graph.Row) string {
	switch e := &r.extent; {
	case r.unresolved(row):
		return r.source
	case r.claim || r.logged || e.All():
		return ""
	case !e.Complete:
		return e.Blame[0]
	case r.stack >= 0:
		if _, found := slices.BinarySearch(e.Except, row[r.stack].Text); found {
			return e.Blame[0]
		}
	}
	return ""
}

// hides reports whether rows may be missing because a log could not be read that would have resolved their sanitized ids.
func (r *rules) hides() bool {
	rel := r.table.Relationship
	return rel != nil && !rel.Past && r.digest >= 0 && r.source != dataset.HistoryScope
}

// unresolved reports whether a row may be missing for that reason.
func (r *rules) unresolved(row graph.Row) bool {
	return r.hides() && strings.HasPrefix(row[r.digest].Text, byDigest)
}

// cutoff is the time before which what logs recorded isn't kept, in the two forms of rows.
type cutoff struct {
	text    string // ISO 8601 in UTC; "": everything is kept
	seconds int64
}

func cutoffOf(updateTag int64, retention time.Duration) cutoff {
	if retention <= 0 {
		return cutoff{}
	}
	at := time.Unix(updateTag, 0).Add(-retention).UTC()
	return cutoff{at.Format(time.RFC3339), at.Unix()}
}

// keeps reports whether a time of a log is recent enough. An absent one is.
func (c cutoff) keeps(v graph.Value) bool { return c.text == "" || !v.Present || v.Text >= c.text }

// lasts reports whether a row is kept as long as its owner is in the graph.
func (r *rules) lasts(row graph.Row) bool {
	return r.lasting || r.digest >= 0 && strings.HasPrefix(row[r.digest].Text, byDigest)
}

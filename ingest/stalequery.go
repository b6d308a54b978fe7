package ingest

import (
	"fmt"
	"strings"

	"liftgraph/graph"
	"liftgraph/graph/cypher"
)

// What the server tells of a row of the graph that the directory may lack.
const (
	plain   = iota // it goes where the directory tells all there is
	spared         // it stays: the directory doesn't tell enough of it; or what a log told hangs on the node
	retired        // a log told it, and so long ago that it isn't kept any more
	told           // a log told it: it stays
)

const (
	eventTime  = "event_time"
	resolvedBy = "resolved_by"
	stackID    = "stack_id"
	ownerID    = "spacelift_account_id"
)

// asking makes the questions for the rows of this account in the graph. Their parameters are account, tag, stacks (ids) and
// cutoff (a time in ISO 8601).
type asking struct {
	model   *graph.Model
	options cypher.Options
	cover   coverage
	retire  bool // there is a cutoff
	all     bool // every row of the account, with its values; else those that no load of this update tag wrote
}

// candidates gives the query for the rows of a table, or nothing where none of them can be of interest. It gives for each row the
// element's id, one of the words above, whether another account has a claim to the node too, and the key of the node or those of the two ends; then,
// where all are asked for, the values of the columns.
func (q *asking) candidates(t *graph.Table) string {
	if t.Node != nil {
		return q.nodes(t)
	}
	return q.relationships(t)
}

func (q *asking) nodes(t *graph.Table) string {
	if t.Node.Label == graph.SpaceliftAccount && q.all {
		return fmt.Sprintf("MATCH (n:%s {id: $account})\nRETURN elementId(n), %d, false, n.id, null%s", q.options.Label(t.Node.Label), told, q.values("n", t, 0))
	}
	claim, claimed := q.model.Table(fmt.Sprintf("%s_%s_%s", graph.SpaceliftAccount, graph.Resource, t.Node.Label))
	if !claimed || !isClaim(claim) {
		return ""
	}
	history := len(t.Node.Scopes) == 0
	old := "n." + eventTime + " < $cutoff"
	var when []string
	switch {
	case history && q.retire && has(t, eventTime):
		when = append(when, fmt.Sprintf("WHEN %s THEN %d", old, retired), fmt.Sprintf("ELSE %d", told))
	case history && !q.all:
		return ""
	case history:
		when = append(when, fmt.Sprintf("ELSE %d", told))
	default:
		var keep []string
		if except := q.cover.of(t.Node.Scopes).except; len(except) > 0 && has(t, stackID) {
			keep = append(keep, "n."+stackID+" IN $stacks")
		}
		keep = append(keep, q.hangs(t)...)
		if len(keep) > 0 {
			when = append(when, fmt.Sprintf("WHEN %s THEN %d", strings.Join(keep, " OR "), spared))
		}
		when = append(when, fmt.Sprintf("ELSE %d", plain))
	}
	where := fmt.Sprintf("n.%s IS NOT NULL", cypher.Name(t.Node.Key()))
	if !q.all {
		where += fmt.Sprintf(" AND c.%s < $tag", graph.LastUpdated)
		if history {
			where += " AND " + old
		}
	}
	label := q.options.Label(t.Node.Label)
	// From the account, every label would walk over the claims to all nodes of all labels.
	return fmt.Sprintf("MATCH (n:%[1]s)<-[c:%[2]s]-(:%[3]s {id: $account})\nUSING SCAN n:%[1]s\nWHERE %[4]s\nRETURN elementId(n), %[5]s, %[6]s, n.%[7]s, null%[8]s", label, graph.Resource, graph.SpaceliftAccount, where,
		choice(when), claimedByOther("n"), cypher.Name(t.Node.Key()), q.values("n", t, 0))
}

// hangs gives conditions by which a node n has a relationship that a log told and that stays.
func (q *asking) hangs(t *graph.Table) (list []string) {
	for _, other := range q.model.Tables() {
		r := other.Relationship
		if r == nil || isClaim(other) || r.Log == "" && len(r.Scopes) > 0 {
			continue
		}
		ends := []struct {
			label, other  graph.Label
			pattern, a, b string
		}{{r.From, r.To, "(n)-[x:%s]->(e:%s)", "n", "e"}, {r.To, r.From, "(n)<-[x:%s]-(e:%s)", "e", "n"}}
		for _, end := range ends {
			if end.label != t.Node.Label {
				continue
			}
			var where []string
			if r.Log != "" {
				where = append(where, "x."+cypher.Name(r.Log)+" IS NOT NULL")
			}
			if at := q.timeOf(other, "x", end.a, end.b); at != "" && q.retire {
				where = append(where, fmt.Sprintf("NOT coalesce(%s < $cutoff, false)", at))
			}
			pattern := "EXISTS { " + fmt.Sprintf(end.pattern, cypher.Name(r.Type), q.options.Label(end.other))
			if len(where) > 0 {
				pattern += " WHERE " + strings.Join(where, " AND ")
			}
			list = append(list, pattern+" }")
		}
	}
	return list
}

// timeOf gives the expression of the time that a log tells of a relationship r from a to b: its own, or that of the event
// among its ends. Empty where there is none.
func (q *asking) timeOf(t *graph.Table, r, a, b string) string {
	if has(t, eventTime) {
		return r + "." + eventTime
	}
	for i, l := range []graph.Label{t.Relationship.From, t.Relationship.To} {
		if end, ok := q.model.Table(string(l)); ok && len(end.Node.Scopes) == 0 && !end.Node.Foreign && has(end, eventTime) {
			return []string{a, b}[i] + "." + eventTime
		}
	}
	return ""
}

func claimed(x string) string {
	return fmt.Sprintf("EXISTS { (%s)<-[:%s]-(:%s {id: $account}) }", x, graph.Resource, graph.SpaceliftAccount)
}

func claimedByOther(x string) string {
	return fmt.Sprintf("EXISTS { (%s)<-[:%s]-(o:%s) WHERE o.id <> $account }", x, graph.Resource, graph.SpaceliftAccount)
}

func (q *asking) key(l graph.Label) string {
	t, _ := q.model.Table(string(l))
	return cypher.Name(t.Node.Key())
}

// values gives the columns of a table from the given one on, where they are asked for.
func (q *asking) values(variable string, t *graph.Table, from int) string {
	if !q.all {
		return ""
	}
	var list []string
	for _, c := range t.Columns[from : len(t.Columns)-graph.Times] {
		list = append(list, variable+"."+cypher.Name(c.Name))
	}
	return ", [" + strings.Join(list, ", ") + "]"
}

// choice gives a CASE of its branches, or the only one.
func choice(when []string) string {
	if len(when) == 1 {
		return strings.TrimPrefix(when[0], "ELSE ")
	}
	return "CASE " + strings.Join(when, " ") + " END"
}

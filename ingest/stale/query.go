package stale

import (
	"fmt"
	"strings"

	"liftgraph/graph"
	"liftgraph/graph/cypher"
)

const (
	eventTime  = "event_time"
	resolvedBy = "resolved_by"
	stackID    = "stack_id"
	ownerID    = "spacelift_account_id"
)

// Query makes the questions for the rows of an account in the graph. Their parameters are account, tag, stacks (ids) and
// cutoff (a time in ISO 8601).
type Query struct {
	Model   *graph.Model
	Options cypher.Options
	Cover   Coverage
	Expire  bool // there is a cutoff
	All     bool // every row of the account, with its values; else those that no load of this update tag wrote
}

// Candidates returns the query for the rows of a table, or nothing where none of them can be of interest. It returns for each
// row the element's id, its [Verdict], whether another account has a claim to the node too, and the key of the node or those of
// the two ends; then, where all are asked for, the values of the columns.
func (q *Query) Candidates(t *graph.Table) string {
	if t.Node != nil {
		return q.nodes(t)
	}
	return q.relationships(t)
}

func (q *Query) nodes(t *graph.Table) string {
	if t.Node.Label == graph.SpaceliftAccount && q.All {
		return fmt.Sprintf("MATCH (n:%s {id: $account})\nRETURN elementId(n), %d, false, n.id, null%s", q.Options.Label(t.Node.Label), Historical, q.values("n", t, 0))
	}
	claim, claimed := q.Model.Table(fmt.Sprintf("%s_%s_%s", graph.SpaceliftAccount, graph.Resource, t.Node.Label))
	if !claimed || !IsClaim(claim) {
		return ""
	}
	history := len(t.Node.Scopes) == 0
	old := "n." + eventTime + " < $cutoff"
	var when []string
	switch {
	case history && q.Expire && has(t, eventTime):
		when = append(when, fmt.Sprintf("WHEN %s THEN %d", old, Expired), fmt.Sprintf("ELSE %d", Historical))
	case history && !q.All:
		return ""
	case history:
		when = append(when, fmt.Sprintf("ELSE %d", Historical))
	default:
		var keep []string
		if except := q.Cover.Of(t).Except; len(except) > 0 && has(t, stackID) {
			keep = append(keep, "n."+stackID+" IN $stacks")
		}
		keep = append(keep, q.hangs(t)...)
		if len(keep) > 0 {
			when = append(when, fmt.Sprintf("WHEN %s THEN %d", strings.Join(keep, " OR "), Unknown))
		}
		when = append(when, fmt.Sprintf("ELSE %d", Removable))
	}
	where := fmt.Sprintf("n.%s IS NOT NULL", cypher.Name(t.Node.Key()))
	if !q.All {
		where += fmt.Sprintf(" AND c.%s < $tag", graph.LastUpdated)
		if history {
			where += " AND " + old
		}
	}
	label := q.Options.Label(t.Node.Label)
	// From the account, every label would walk over the claims to all nodes of all labels.
	return fmt.Sprintf("MATCH (n:%[1]s)<-[c:%[2]s]-(:%[3]s {id: $account})\nUSING SCAN n:%[1]s\nWHERE %[4]s\nRETURN elementId(n), %[5]s, %[6]s, n.%[7]s, null%[8]s", label, graph.Resource, graph.SpaceliftAccount, where,
		choice(when), claimedByOther("n"), cypher.Name(t.Node.Key()), q.values("n", t, 0))
}

// hangs returns conditions by which a node n has a relationship that a log reported and that is kept.
func (q *Query) hangs(t *graph.Table) (list []string) {
	for _, other := range q.Model.Tables() {
		r := other.Relationship
		if r == nil || IsClaim(other) || r.Log == "" && len(r.Scopes) > 0 {
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
			if at := q.timeOf(other, "x", end.a, end.b); at != "" && q.Expire {
				where = append(where, fmt.Sprintf("NOT coalesce(%s < $cutoff, false)", at))
			}
			pattern := "EXISTS { " + fmt.Sprintf(end.pattern, cypher.Name(r.Type), q.Options.Label(end.other))
			if len(where) > 0 {
				pattern += " WHERE " + strings.Join(where, " AND ")
			}
			list = append(list, pattern+" }")
		}
	}
	return list
}

// timeOf returns the expression of the time that a log reports of a relationship r from a to b: its own, or that of the event
// among its ends. Empty where there is none.
func (q *Query) timeOf(t *graph.Table, r, a, b string) string {
	if has(t, eventTime) {
		return r + "." + eventTime
	}
	for i, l := range []graph.Label{t.Relationship.From, t.Relationship.To} {
		if end, ok := q.Model.Table(string(l)); ok && len(end.Node.Scopes) == 0 && !end.Node.Foreign && has(end, eventTime) {
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

func (q *Query) key(l graph.Label) string {
	t, _ := q.Model.Table(string(l))
	return cypher.Name(t.Node.Key())
}

// values returns the columns of a table from the given one on, where they are asked for.
func (q *Query) values(variable string, t *graph.Table, from int) string {
	if !q.All {
		return ""
	}
	var list []string
	for _, c := range t.Columns[from : len(t.Columns)-graph.Times] {
		list = append(list, variable+"."+cypher.Name(c.Name))
	}
	return ", [" + strings.Join(list, ", ") + "]"
}

// choice returns a CASE of its branches, or the only one.
func choice(when []string) string {
	if len(when) == 1 {
		return strings.TrimPrefix(when[0], "ELSE ")
	}
	return "CASE " + strings.Join(when, " ") + " END"
}

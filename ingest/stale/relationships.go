package stale

import (
	"fmt"
	"strings"

	"liftgraph/graph"
	"liftgraph/graph/cypher"
)

func (q *Query) relationships(t *graph.Table) string {
	r := t.Relationship
	if IsClaim(t) {
		return "" // it is created and deleted with its node
	}
	history := len(r.Scopes) == 0
	old := ""
	if q.Expire {
		if at := q.timeOf(t, "r", "a", "b"); at != "" {
			old = at + " < $cutoff"
		}
	}
	var when []string
	log := ""
	if r.Log != "" {
		log = "r." + cypher.Name(r.Log) + " IS NOT NULL"
	}
	switch {
	case history && old == "" && !q.All:
		return ""
	case history:
		when = append(when, fmt.Sprintf("ELSE %d", Historical))
		if old != "" {
			when = append([]string{fmt.Sprintf("WHEN %s THEN %d", old, Expired)}, when...)
		}
	default:
		if log != "" && old != "" {
			when = append(when, fmt.Sprintf("WHEN %s AND %s THEN %d", log, old, Expired))
		}
		if log != "" {
			when = append(when, fmt.Sprintf("WHEN %s THEN %d", log, Historical))
		}
		if keep := q.spares(t); len(keep) > 0 {
			when = append(when, fmt.Sprintf("WHEN %s THEN %d", strings.Join(keep, " OR "), Unknown))
		}
		when = append(when, fmt.Sprintf("ELSE %d", Removable))
	}
	where := q.ours(t)
	if !q.All {
		where += fmt.Sprintf(" AND r.%s < $tag", graph.LastUpdated)
		switch {
		case history:
			where += " AND " + old
		case log != "" && old != "":
			where += fmt.Sprintf(" AND (NOT %s OR %s)", log, old)
		case log != "":
			where += fmt.Sprintf(" AND NOT %s", log)
		}
	}
	return fmt.Sprintf("MATCH (a:%s)-[r:%s]->(b:%s)\nWHERE %s\nRETURN elementId(r), %s, false, a.%s, b.%s%s", q.Options.Label(r.From), cypher.Name(r.Type), q.Options.Label(r.To),
		where, choice(when), q.key(r.From), q.key(r.To), q.values("r", t, t.IDs()))
}

// spares returns conditions by which a relationship r from a to b is kept although its scopes are complete.
func (q *Query) spares(t *graph.Table) (list []string) {
	r := t.Relationship
	if has(t, resolvedBy) && !q.Cover.Resolved(t) {
		list = append(list, "coalesce(r."+resolvedBy+", '') STARTS WITH 'digest'")
	}
	if len(q.Cover.Of(t).Except) == 0 {
		return list
	}
	if r.Owner == "" && r.From != graph.SpaceliftStack {
		return list
	}
	switch {
	case r.From == graph.SpaceliftRun:
		return append(list, "a."+stackID+" IN $stacks")
	case r.To == graph.SpaceliftRun:
		return append(list, "b."+stackID+" IN $stacks")
	case r.From == graph.SpaceliftStack:
		return append(list, "a.id IN $stacks")
	case r.From == graph.SpaceliftGitCommit:
		return append(list, commitOfStacks("a"))
	case r.To == graph.SpaceliftGitCommit:
		return append(list, commitOfStacks("b"))
	}
	return append(list, "true")
}

func commitOfStacks(commit string) string {
	return fmt.Sprintf("EXISTS { (%s)-[:%s]->(run:%s) WHERE run.%s IN $stacks }", commit, graph.Committed, graph.SpaceliftRun, stackID)
}

// ours returns the condition by which a relationship from a to b is of this account: by an end that names it, else by one that no
// other account has a claim to.
func (q *Query) ours(t *graph.Table) string {
	var claims []string
	for i, l := range []graph.Label{t.Relationship.From, t.Relationship.To} {
		end, ok := q.Model.Table(string(l))
		x := "ab"[i : i+1]
		switch {
		case !ok || end.Node.Foreign:
		case l == graph.SpaceliftAccount:
			return x + ".id = $account"
		case l != graph.SpaceliftWorker && has(end, ownerID): // a public worker may serve several accounts
			return x + "." + ownerID + " = $account"
		case end.Node.Local:
			claims = append([]string{claimed(x)}, claims...)
		default:
			claims = append(claims, claimed(x)+" AND NOT "+claimedByOther(x))
		}
	}
	if len(claims) == 0 {
		return "false"
	}
	return claims[0]
}

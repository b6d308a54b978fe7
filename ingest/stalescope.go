package ingest

import (
	"slices"
	"strings"

	"liftgraph/graph"
	"liftgraph/internal/dataset"
)

// coverage tells by a manifest of which tables a row is gone that the directory doesn't have.
type coverage struct {
	scopes   map[string]extent
	digests  bool   // every sanitized id was resolved: an edge that comes of one isn't missing for want of a known instance
	stackIDs string // what stands before the ids of stacks
}

// extent is how far scopes were read: all there is, all but some stacks, or nobody knows.
type extent struct {
	complete bool     // but for the stacks
	except   []string // ids of stacks
	blame    []string // the scopes that are not complete
}

func coverageOf(m *dataset.Manifest, account string) coverage {
	c := coverage{scopes: map[string]extent{}}
	if m.QualifiedIDs {
		c.stackIDs = graph.AccountPrefix(account)
	}
	if s := m.SanitizedIDs; s != nil {
		c.digests = s.Unresolved == 0 && s.Ambiguous == 0
	}
	stacks := map[string][]string{}
	for _, s := range m.Scopes {
		e, seen := c.scopes[s.Scope]
		switch {
		case s.Complete:
			e.complete = e.complete || !seen
		case s.Stack != "":
			stacks[s.Scope] = append(stacks[s.Scope], c.stackIDs+s.Stack)
			continue // the scope of all stacks tells the rest
		default:
			e.complete = s.ByStack && (e.complete || !seen)
		}
		c.scopes[s.Scope] = e
	}
	for name, list := range stacks {
		e := c.scopes[name]
		e.except = list
		c.scopes[name] = e
	}
	return c
}

// of gives what is known of a table that these scopes list. A scope that the manifest doesn't name was not read.
func (c coverage) of(scopes []string) extent {
	all := extent{complete: true}
	for _, name := range scopes {
		e := c.scopes[name]
		if !e.complete || len(e.except) > 0 {
			all.blame = append(all.blame, name)
		}
		all.complete = all.complete && e.complete
		all.except = append(all.except, e.except...)
	}
	slices.Sort(all.except)
	all.except = slices.Compact(all.except)
	return all
}

// scopesOf gives the scopes that list a table; none of one that a log tells.
func scopesOf(t *graph.Table) []string {
	if t.Node != nil {
		return t.Node.Scopes
	}
	return t.Relationship.Scopes
}

// isClaim tells whether the relationships of a table say that a node is an account's.
func isClaim(t *graph.Table) bool {
	return t.Relationship != nil && t.Relationship.Type == graph.Resource && t.Relationship.From == graph.SpaceliftAccount
}

// tellers are the labels whose nodes the relationships of the past are about, the most particular first: such a
// relationship belongs to the first of them among its ends, and stays as long as that one stays when nothing lists it any more.
var tellers = []graph.Label{graph.SpaceliftRun, graph.SpaceliftGitCommit, graph.SpaceliftWorker}

// tellerOf gives the column of the end that a relationship belongs to, or false.
func tellerOf(t *graph.Table) (column int, label graph.Label, ok bool) {
	r := t.Relationship
	if !r.Past || len(r.Scopes) == 0 {
		return 0, "", false
	}
	for _, l := range tellers {
		if l == r.From {
			return 0, l, true
		}
		if l == r.To {
			return 1, l, true
		}
	}
	return 0, "", false
}

// has tells whether a table has a column of that name.
func has(t *graph.Table, name string) bool {
	return slices.ContainsFunc(t.Columns, func(p graph.Property) bool { return p.Name == name })
}

// why says what keeps the rows of a table.
func (e extent) why() string {
	text := strings.Join(e.blame, ", ")
	if e.complete && len(e.except) > 0 {
		return text + ": not read completely of " + shorten(e.except)
	}
	return text + ": not read completely"
}

// shorten names the first of a list.
func shorten(list []string) string {
	const most = 3
	if len(list) <= most {
		return strings.Join(list, ", ")
	}
	return strings.Join(list[:most], ", ") + " and others"
}

package stale

import (
	"fmt"
	"slices"
	"strings"

	"liftgraph/graph"
	"liftgraph/internal/dataset"
)

// Coverage is how completely an extraction read what each table comes from.
type Coverage struct {
	byName   map[string]Extent
	digests  bool   // every sanitized id was resolved: an edge that comes of one isn't missing because of a missing instance id
	stackIDs string // what stands before the ids of stacks
}

// Extent is how far the scopes of a table were read: all there is, all but some stacks, or an unknown part.
type Extent struct {
	complete bool     // but for the stacks
	except   []string // ids of stacks
	blame    []string // the scopes that are not complete
}

// CoverageOf returns what the manifest of an account's directory says of its scopes.
func CoverageOf(m *dataset.Manifest, account string) Coverage {
	c := Coverage{byName: map[string]Extent{}}
	if m.QualifiedIDs {
		c.stackIDs = graph.AccountPrefix(account)
	}
	if s := m.SanitizedIDs; s != nil {
		c.digests = s.Unresolved == 0 && s.Ambiguous == 0
	}
	stacks := map[string][]string{}
	for _, s := range m.Scopes {
		e, seen := c.byName[s.Scope]
		switch {
		case s.Complete:
			e.complete = e.complete || !seen
		case s.Stack != "":
			stacks[s.Scope] = append(stacks[s.Scope], c.stackIDs+s.Stack)
			continue // the scope of all stacks says the rest
		default:
			e.complete = s.ByStack && (e.complete || !seen)
		}
		c.byName[s.Scope] = e
	}
	for name, list := range stacks {
		e := c.byName[name]
		e.except = list
		c.byName[name] = e
	}
	return c
}

// Of returns how completely the scopes of a table were read. A scope that the manifest doesn't name was not read.
func (c Coverage) Of(t *graph.Table) Extent { return c.of(scopesOf(t)) }

func (c Coverage) of(scopes []string) Extent {
	all := Extent{complete: true}
	for _, name := range scopes {
		e := c.byName[name]
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

// scopesOf returns the scopes that list a table; none of one that a log reports.
func scopesOf(t *graph.Table) []string {
	if t.Node != nil {
		return t.Node.Scopes
	}
	return t.Relationship.Scopes
}

// IsClaim reports whether the relationships of a table say that a node is an account's.
func IsClaim(t *graph.Table) bool {
	return t.Relationship != nil && t.Relationship.Type == graph.Resource && t.Relationship.From == graph.SpaceliftAccount
}

// has reports whether a table has a column of that name.
func has(t *graph.Table, name string) bool {
	return slices.ContainsFunc(t.Columns, func(p graph.Property) bool { return p.Name == name })
}

// why returns what keeps the rows of a table.
func (e Extent) why() string {
	text := strings.Join(e.blame, ", ")
	if e.complete && len(e.except) > 0 {
		return text + ": not read completely of " + shorten(e.except)
	}
	return text + ": not read completely"
}

// shorten returns the first of a list.
func shorten(list []string) string {
	const most = 3
	if len(list) <= most {
		return strings.Join(list, ", ")
	}
	return strings.Join(list[:most], ", ") + " and others"
}

// Except returns the ids of the stacks that were not read, of those that were read stack by stack. It is never nil.
func (e Extent) Except() []string {
	if e.except == nil {
		return []string{}
	}
	return e.except
}

// Kept returns which tables' rows are kept because of incomplete scopes, those with the same cause together, one a line.
func (c Coverage) Kept(m *graph.Model) (list []string) {
	var causes []string
	tables := map[string][]string{}
	for _, t := range m.Tables() {
		e := c.Of(t)
		if len(scopesOf(t)) == 0 || e.complete && len(e.except) == 0 {
			continue
		}
		why := e.why()
		if tables[why] == nil {
			causes = append(causes, why)
		}
		tables[why] = append(tables[why], t.Name)
	}
	for _, why := range causes {
		list = append(list, fmt.Sprintf("what is missing of %s (%s)", strings.Join(tables[why], ", "), why))
	}
	return list
}

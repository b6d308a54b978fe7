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
	scopes dataset.Coverage
	// Every sanitized id was resolved, of instances and of other resources: an edge that comes of one isn't missing because of a
	// missing id.
	instances, resources bool
}

// Extent is how far the scopes of a table were read.
type Extent struct{ dataset.Extent }

// CoverageOf returns what the manifest of an account's directory says of its scopes.
func CoverageOf(m *dataset.Manifest, account string) Coverage {
	prefix := ""
	if m.QualifiedIDs {
		prefix = graph.AccountPrefix(account)
	}
	c := Coverage{scopes: dataset.CoverageOf(m, prefix)}
	if s := m.SanitizedIDs; s != nil {
		c.instances = s.Unresolved == 0 && s.Ambiguous == 0
		c.resources = true
	}
	for _, r := range m.Resources {
		c.resources = c.resources && r.Unresolved == 0 && r.Ambiguous == 0 && r.Disagreed == 0
	}
	return c
}

// Resolved reports whether every sanitized id was resolved that a relationship of a table may come of.
func (c Coverage) Resolved(t *graph.Table) bool {
	if t.Relationship.To == graph.AWSResource {
		return c.resources
	}
	return c.instances
}

// Of returns how completely the scopes of a table were read. A scope that the manifest doesn't name was not read.
func (c Coverage) Of(t *graph.Table) Extent { return Extent{c.scopes.Of(scopesOf(t))} }

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
	text := strings.Join(e.Blame, ", ")
	if e.Complete && len(e.Except) > 0 {
		return text + ": not read completely of " + shorten(e.Except)
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

// Kept returns which tables' rows are kept because of incomplete scopes, those with the same cause together, one a line.
func (c Coverage) Kept(m *graph.Model) (list []string) {
	var causes []string
	tables := map[string][]string{}
	for _, t := range m.Tables() {
		e := c.Of(t)
		if len(scopesOf(t)) == 0 || e.All() {
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

package dataset

import (
	"slices"
	"strings"
)

// Coverage reports, by the scopes of a manifest, how completely parts of the sources were read.
type Coverage struct {
	scopes map[string]Extent
	broken bool // so much of Spacelift was quarantined that a record that is missing may be one of those
}

// Extent is how far scopes were read: completely, completely but for some stacks, or not.
type Extent struct {
	Complete bool     // but for the stacks in Except
	Except   []string // ids of the stacks that were not read completely
	Blame    []string // the names of the scopes that are not complete
}

// All reports whether everything was read, of every stack.
func (e Extent) All() bool { return e.Complete && len(e.Except) == 0 }

// CoverageOf reads the scopes of a manifest. Ids of stacks get the prefix, which qualifies them.
func CoverageOf(m *Manifest, stackPrefix string) Coverage {
	c := Coverage{scopes: map[string]Extent{}}
	stacks := map[string][]string{}
	for _, s := range m.Scopes {
		e, seen := c.scopes[s.Scope]
		switch {
		case s.Scope == QuarantineScope:
			c.broken = c.broken || !s.Complete && s.Object == SpaceliftSource
			continue
		case s.Complete:
			e.Complete = e.Complete || !seen
		case s.Stack != "":
			stacks[s.Scope] = append(stacks[s.Scope], stackPrefix+s.Stack)
			continue // the scope of all stacks describes the rest
		default:
			e.Complete = s.ByStack && (e.Complete || !seen)
		}
		c.scopes[s.Scope] = e
	}
	for name, list := range stacks {
		e := c.scopes[name]
		e.Except = list
		c.scopes[name] = e
	}
	return c
}

// Of returns the extent of several scopes together. A scope that the manifest doesn't name was not read.
func (c Coverage) Of(scopes []string) Extent {
	all := Extent{Complete: true}
	for _, name := range scopes {
		e := c.scopes[name]
		if !e.All() {
			all.Blame = append(all.Blame, name)
		}
		all.Complete = all.Complete && e.Complete
		all.Except = append(all.Except, e.Except...)
	}
	if c.broken && len(scopes) > 0 {
		all.Complete, all.Blame = false, append(all.Blame, QuarantineScope)
	}
	slices.Sort(all.Except)
	all.Except = slices.Compact(all.Except)
	return all
}

// IncompleteLog returns the name of the scope of a log (its prefix, e.g. cloudtrail) that was read, but not completely; "" where
// there is none.
func (m *Manifest) IncompleteLog(prefix string) string {
	for _, s := range m.Scopes {
		if !s.Complete && strings.HasPrefix(s.Scope, prefix) {
			return s.Scope
		}
	}
	return ""
}

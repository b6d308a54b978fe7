package graph

import (
	"slices"
	"testing"
)

// A relationship about the past and that scopes list has an owner, which is one of its ends; what an owner keeps is decided after it.
func TestOwners(t *testing.T) {
	for _, m := range Models() {
		for _, table := range m.Tables() {
			r := table.Relationship
			if r == nil {
				continue
			}
			if listed := r.Past && len(r.Scopes) > 0; listed != (r.Owner != "") {
				t.Errorf("%s of %s: owner %q, but past %t and scopes %v", table.Name, m.Name, r.Owner, r.Past, r.Scopes)
			}
			column, ok := table.OwnerColumn()
			if !ok {
				continue
			}
			ends := []Label{r.From, r.To}
			at, other := slices.Index(Owners, r.Owner), slices.Index(Owners, ends[1-column])
			if ends[column] != r.Owner || at < 0 || other >= 0 && other < at {
				t.Errorf("%s of %s: owner %q at the end %d, owners are %v", table.Name, m.Name, r.Owner, column, Owners)
			}
		}
	}
}

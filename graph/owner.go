package graph

// Owners are the labels whose nodes own relationships of the past, by [Relationship.Owner]. A label stands after those
// that may keep its nodes: a run that is kept keeps its commit, which keeps who pushed it.
var Owners = []Label{SpaceliftRun, SpaceliftGitCommit, SpaceliftWorker}

// OwnerColumn returns the id column, 0 or 1, of the end of a relationship that owns it; false where none does.
func (t *Table) OwnerColumn() (column int, ok bool) {
	r := t.Relationship
	switch {
	case r == nil || r.Owner == "":
		return 0, false
	case r.Owner == r.From:
		return 0, true
	default:
		return 1, true
	}
}

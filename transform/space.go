package transform

import (
	"liftgraph/graph"
	"liftgraph/internal/raw"
	"liftgraph/transform/resolve"
)

type space struct {
	ID, Name, Description, IsRoot, SpaceliftAccountID, ParentSpaceliftAccountID, ParentSpaceID graph.Value
}

var (
	spaces             = resolve.NodesOf[space](graph.SpaceliftSpace)
	spaceContainsSpace = resolve.EdgesOf[none](graph.SpaceliftSpace, graph.Contains, graph.SpaceliftSpace)
)

// space makes a SpaceliftSpace, and CONTAINS from its parent.
func (t *Transformer) space(s *raw.Space) {
	if !raw.IsID(s.ID) {
		t.quarantine(s, invalidID, raw.IDRule)
		return
	}
	t.r.KnowSpace(s.ID)
	parent := deref(s.ParentSpace)
	account := graph.Text(t.r.AccountID())
	var parentAccount, parentSpace graph.Value
	if parent == "" {
		parentAccount = account
	} else {
		parentSpace = graph.Text(parent)
		spaceContainsSpace.Add(t.r, parent, s.ID, none{})
	}
	spaces.Add(t.r, resolve.OwnRecord, 0, space{
		ID: graph.Text(s.ID), Name: graph.TextPtr(s.Name), Description: graph.TextPtr(s.Description), IsRoot: graph.Truth(parent == ""),
		SpaceliftAccountID: account, ParentSpaceliftAccountID: parentAccount, ParentSpaceID: parentSpace,
	})
}

package transform

import (
	"liftgraph/graph"
	"liftgraph/internal/raw"
	"liftgraph/transform/resolve"
)

var spaceContainsSpace = graph.RelationshipTable(graph.SpaceliftSpace, graph.Contains, graph.SpaceliftSpace)

// space gives a SpaceliftSpace, and CONTAINS from its parent.
func (t *Transformer) space(s *raw.Space) error {
	if !resolve.IsKey(s.ID) {
		return t.quarantine(s, invalidID, notAKey)
	}
	t.KnowSpace(s.ID)
	parent := deref(s.ParentSpace)
	account := graph.Text(t.AccountID())
	var parentAccount, parentSpace graph.Value
	if parent == "" {
		parentAccount = account
	} else {
		parentSpace = graph.Text(parent)
		if err := t.Edge(spaceContainsSpace, parent, s.ID); err != nil {
			return err
		}
	}
	return t.Node(graph.SpaceliftSpace, resolve.OwnRecord, 0,
		graph.Text(s.ID), graph.TextPtr(s.Name), graph.TextPtr(s.Description), graph.Truth(parent == ""), account, parentAccount, parentSpace)
}

package transform

import (
	"strings"

	"liftgraph/graph"
	"liftgraph/internal/raw"
	"liftgraph/transform/resolve"
)

var spaceContainsStack = graph.RelationshipTable(graph.SpaceliftSpace, graph.Contains, graph.SpaceliftStack)

// stack gives a SpaceliftStack, and CONTAINS from its space.
func (t *Transformer) stack(s *raw.Stack) error {
	if !resolve.IsKey(s.ID) {
		return t.quarantine(s, invalidID, notAKey)
	}
	t.KnowStack(s.ID, strings.HasPrefix(deref(s.Provider), "GITHUB"))
	if space := deref(s.Space); space != "" {
		if err := t.Edge(spaceContainsStack, space, s.ID); err != nil {
			return err
		}
	}
	repository := s.RepositoryURL
	if deref(repository) == "" {
		repository = s.Repository
	}
	return t.Node(graph.SpaceliftStack, resolve.OwnRecord, 0,
		graph.Text(s.ID), graph.TextPtr(s.Name), graph.TextPtr(s.Description), graph.TextPtr(s.State), graph.TruthPtr(s.Administrative),
		graph.TextPtr(repository), graph.TextPtr(s.Branch), graph.TextPtr(s.ProjectRoot), graph.TextPtr(s.Space), graph.Text(t.AccountID()))
}

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
		graph.TextPtr(repository), graph.TextPtr(s.Branch), graph.TextPtr(s.ProjectRoot), graph.TextPtr(s.Space), graph.Text(t.AccountID()),
		roleARN(s.Integrations))
}

// roleARN gives the role that a stack's runs assume, absent where none is told. That of the stack itself comes before those
// of account-wide integrations, and of these the first that may write before one that may only read.
func roleARN(i *raw.Integrations) graph.Value {
	if i == nil {
		return graph.Value{}
	}
	if i.AWS != nil && resolve.IsKey(deref(i.AWS.AssumedRoleARN)) {
		return graph.TextPtr(i.AWS.AssumedRoleARN)
	}
	var found graph.Value
	for _, a := range i.AWSV2 {
		switch writes := a.Write != nil && *a.Write; {
		case !resolve.IsKey(deref(a.RoleARN)):
		case writes:
			return graph.TextPtr(a.RoleARN)
		case !found.Present:
			found = graph.TextPtr(a.RoleARN)
		}
	}
	return found
}

package transform

import (
	"strings"

	"liftgraph/graph"
	"liftgraph/internal/raw"
	"liftgraph/transform/resolve"
)

type stack struct {
	ID, Name, Description, State, Administrative, Repository, Branch, ProjectRoot, SpaceID, SpaceliftAccountID, AWSRoleARN graph.Value
}

// stackRole is the properties of a stack's HAS_ROLE_IN.
type stackRole struct{ Role graph.Value }

var (
	stacks             = resolve.NodesOf[stack](graph.SpaceliftStack)
	stackHasRoleIn     = resolve.EdgesOf[stackRole](graph.SpaceliftStack, graph.HasRoleIn, graph.SpaceliftSpace)
	spaceContainsStack = resolve.EdgesOf[none](graph.SpaceliftSpace, graph.Contains, graph.SpaceliftStack)
)

// stack makes a SpaceliftStack, and CONTAINS from its space.
func (t *Transformer) stack(s *raw.Stack) {
	if !raw.IsID(s.ID) {
		t.quarantine(s, invalidID, raw.IDRule)
		return
	}
	t.r.KnowStack(s.ID, deref(s.Provider) != "", strings.HasPrefix(deref(s.Provider), "GITHUB"))
	if space := deref(s.Space); space != "" {
		spaceContainsStack.Add(t.r, space, s.ID, none{})
	}
	for _, b := range s.RoleBindings {
		if b.Space == nil || b.Space.ID == "" || b.Role == nil {
			t.r.RejectEdge(incompleteRule, graph.HasRoleIn, s.ID, "")
			continue
		}
		stackHasRoleIn.Add(t.r, s.ID, b.Space.ID, stackRole{graph.Text(roleName(b.Role))})
	}
	repository := s.RepositoryURL
	if deref(repository) == "" {
		repository = s.Repository
	}
	stacks.Add(t.r, resolve.OwnRecord, 0, stack{
		ID: graph.Text(s.ID), Name: graph.TextPtr(s.Name), Description: graph.TextPtr(s.Description), State: graph.TextPtr(s.State),
		Administrative: graph.TruthPtr(s.Administrative), Repository: graph.TextPtr(repository), Branch: graph.TextPtr(s.Branch),
		ProjectRoot: graph.TextPtr(s.ProjectRoot), SpaceID: graph.TextPtr(s.Space), SpaceliftAccountID: graph.Text(t.r.AccountID()),
		AWSRoleARN: roleARN(s.Integrations),
	})
}

// roleARN returns the role that a stack's runs assume, absent where there is none. That of the stack itself comes before those
// of account-wide integrations, and of these the first that may write before one that may only read.
func roleARN(i *raw.Integrations) graph.Value {
	if i == nil {
		return graph.Value{}
	}
	if i.AWS != nil && raw.IsID(deref(i.AWS.AssumedRoleARN)) {
		return graph.TextPtr(i.AWS.AssumedRoleARN)
	}
	var found graph.Value
	for _, a := range i.AWSV2 {
		switch writes := a.Write != nil && *a.Write; {
		case !raw.IsID(deref(a.RoleARN)):
		case writes:
			return graph.TextPtr(a.RoleARN)
		case !found.Present:
			found = graph.TextPtr(a.RoleARN)
		}
	}
	return found
}

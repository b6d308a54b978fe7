package transform

import (
	"strings"

	"liftgraph/graph"
	"liftgraph/internal/raw"
	"liftgraph/transform/resolve"
)

var hasRoleIn = graph.RelationshipTable(graph.SpaceliftUser, graph.HasRoleIn, graph.SpaceliftSpace)

// user gives a human SpaceliftUser, and HAS_ROLE_IN to spaces.
func (t *Transformer) user(u *raw.User) error {
	login, email := deref(u.Username), deref(u.InvitationEmail)
	if login == "" {
		login = email
	}
	id, ok := canonical(login)
	if !ok || !resolve.IsKey(id) {
		return t.quarantine(u, invalidID, "the user has neither a user name nor an e-mail address that can be an id")
	}
	if err := t.KnowUser(id, strings.ToLower(strings.TrimSpace(email)), strings.ToLower(u.ID)); err != nil {
		return err
	}
	if email == "" && strings.Contains(id, "@") {
		email = login
	}
	mail := graph.Value{}
	if email != "" {
		mail = graph.Text(email)
	}
	if err := t.Node(graph.SpaceliftUser, resolve.OwnRecord, 0, graph.Text(id), graph.Text(login), mail, graph.Value{}, graph.Text(resolve.Human)); err != nil {
		return err
	}
	return t.roles(id, u.AccessRules, u.RoleBindings)
}

// apiKey gives a machine SpaceliftUser, and HAS_ROLE_IN to spaces.
func (t *Transformer) apiKey(k *raw.APIKey) error {
	if !resolve.IsKey(k.ID) {
		return t.quarantine(k, invalidID, notAKey)
	}
	id := resolve.APIKeyPrefix + k.ID
	if err := t.KnowUser(id); err != nil {
		return err
	}
	if err := t.Node(graph.SpaceliftUser, resolve.OwnRecord, 0, graph.Text(id), graph.Text(id), graph.Value{}, graph.TextPtr(k.Name), graph.Text(resolve.Machine)); err != nil {
		return err
	}
	return t.roles(id, k.AccessRules, k.RoleBindings)
}

// roles gives HAS_ROLE_IN: one edge for each user, space and role.
func (t *Transformer) roles(user string, rules []raw.AccessRule, bindings []raw.RoleBinding) error {
	for _, rule := range rules {
		if deref(rule.Space) == "" || deref(rule.Level) == "" {
			if err := t.RejectEdge(incompleteRule, graph.HasRoleIn, user, deref(rule.Space)); err != nil {
				return err
			}
			continue
		}
		if err := t.Edge(hasRoleIn, user, *rule.Space, graph.Text(*rule.Level)); err != nil {
			return err
		}
	}
	for _, b := range bindings {
		if deref(b.SpaceID) == "" || b.Role == nil {
			if err := t.RejectEdge(incompleteRule, graph.HasRoleIn, user, deref(b.SpaceID)); err != nil {
				return err
			}
			continue
		}
		if err := t.Edge(hasRoleIn, user, *b.SpaceID, graph.Text(roleName(b.Role))); err != nil {
			return err
		}
	}
	return nil
}

// incompleteRule is for a rule or binding that names no space, level or role.
const incompleteRule = "incomplete_rule"

func roleName(r *raw.Role) string {
	for _, s := range []string{deref(r.Slug), deref(r.Name)} {
		if s != "" {
			return s
		}
	}
	return r.ID
}

// groupRules counts groups whose rules are lost because a group's members are not exposed.
const groupRules = "group_members_not_exposed"

// group gives nothing: the API does not tell who is in a group.
func (t *Transformer) group(g *raw.Group) error {
	if len(g.AccessRules) > 0 {
		t.Filter(groupRules)
	} else {
		t.Filter("group_without_rules")
	}
	return nil
}

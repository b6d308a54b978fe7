package transform

import (
	"strings"

	"liftgraph/graph"
	"liftgraph/internal/raw"
	"liftgraph/transform/resolve"
)

type roleProperties struct{ Role graph.Value }

var hasRoleIn = resolve.EdgesOf[roleProperties](graph.SpaceliftUser, graph.HasRoleIn, graph.SpaceliftSpace)

// user makes a human SpaceliftUser, and HAS_ROLE_IN to spaces.
func (t *Transformer) user(u *raw.User) {
	login, email := deref(u.Username), deref(u.InvitationEmail)
	if login == "" {
		login = email
	}
	id, ok := canonical(login)
	if !ok || !raw.IsID(id) {
		t.quarantine(u, invalidID, "the user has neither a user name nor an e-mail address that can be an id")
		return
	}
	t.r.KnowUser(id, strings.ToLower(strings.TrimSpace(email)), strings.ToLower(u.ID))
	if email == "" && strings.Contains(id, "@") {
		email = login
	}
	resolve.Users.Add(t.r, resolve.OwnRecord, 0, resolve.User{
		ID: graph.Text(id), Username: graph.Text(login), Email: resolve.TextOrNone(email), UserType: graph.Text(resolve.Human),
	})
	t.roles(id, u.AccessRules, u.RoleBindings)
}

// apiKey makes a machine SpaceliftUser, and HAS_ROLE_IN to spaces.
func (t *Transformer) apiKey(k *raw.APIKey) {
	if !raw.IsID(k.ID) {
		t.quarantine(k, invalidID, raw.IDRule)
		return
	}
	id := resolve.APIKeyPrefix + k.ID
	t.r.KnowUser(id)
	resolve.Users.Add(t.r, resolve.OwnRecord, 0, resolve.User{
		ID: graph.Text(id), Username: graph.Text(id), Name: graph.TextPtr(k.Name), UserType: graph.Text(resolve.Machine),
	})
	t.roles(id, k.AccessRules, k.RoleBindings)
}

// roles makes HAS_ROLE_IN: one edge for each user, space and role.
func (t *Transformer) roles(user string, rules []raw.AccessRule, bindings []raw.RoleBinding) {
	for _, rule := range rules {
		if deref(rule.Space) == "" || deref(rule.Level) == "" {
			t.r.RejectEdge(incompleteRule, graph.HasRoleIn, user, deref(rule.Space))
			continue
		}
		hasRoleIn.Add(t.r, user, *rule.Space, roleProperties{Role: graph.Text(*rule.Level)})
	}
	for _, b := range bindings {
		if deref(b.SpaceID) == "" || b.Role == nil {
			t.r.RejectEdge(incompleteRule, graph.HasRoleIn, user, deref(b.SpaceID))
			continue
		}
		hasRoleIn.Add(t.r, user, *b.SpaceID, roleProperties{Role: graph.Text(roleName(b.Role))})
	}
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

// group makes nothing: the API does not say who is in a group.
func (t *Transformer) group(g *raw.Group) {
	if len(g.AccessRules) > 0 {
		t.r.Filter(groupRules)
	} else {
		t.r.Filter("group_without_rules")
	}
}

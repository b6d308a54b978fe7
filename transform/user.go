package transform

import (
	"slices"
	"strings"

	"liftgraph/graph"
	"liftgraph/internal/raw"
	"liftgraph/transform/resolve"
)

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
	known := []string{u.ID, deref(u.Username), email}
	t.r.InGroup(id, slices.Compact(known), u.LatestGroups)
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
	t.r.InGroup(id, []string{k.ID, id}, k.Teams)
}

// roles makes HAS_ROLE_IN: one edge for each user, space and role.
func (t *Transformer) roles(user string, rules []raw.AccessRule, bindings []raw.RoleBinding) {
	for _, rule := range rules {
		if deref(rule.Space) == "" || deref(rule.Level) == "" {
			t.r.RejectEdge(incompleteRule, graph.HasRoleIn, user, deref(rule.Space))
			continue
		}
		resolve.HasRoleIn.Add(t.r, user, *rule.Space, resolve.RoleInSpace{Role: graph.Text(*rule.Level), Via: direct})
	}
	for _, b := range bindings {
		if deref(b.SpaceID) == "" || b.Role == nil {
			t.r.RejectEdge(incompleteRule, graph.HasRoleIn, user, deref(b.SpaceID))
			continue
		}
		resolve.HasRoleIn.Add(t.r, user, *b.SpaceID, resolve.RoleInSpace{Role: graph.Text(roleName(b.Role)), Via: direct})
	}
}

var direct = graph.Text(resolve.Direct)

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

// group makes HAS_ROLE_IN of the group's members, whom the group lists or who list the group.
func (t *Transformer) group(g *raw.Group) {
	name := deref(g.GroupName)
	t.r.Group(g.ID, name, g.Members)
	if len(g.AccessRules)+len(g.RoleBindings) == 0 {
		t.r.Filter("group_without_rules")
		return
	}
	for _, rule := range g.AccessRules {
		if deref(rule.Space) == "" || deref(rule.Level) == "" {
			t.r.RejectEdge(incompleteRule, graph.HasRoleIn, name, deref(rule.Space))
			continue
		}
		t.r.GroupRole(g.ID, name, *rule.Space, *rule.Level, false)
	}
	for _, b := range g.RoleBindings {
		if deref(b.SpaceID) == "" || deref(b.RoleID) == "" {
			t.r.RejectEdge(incompleteRule, graph.HasRoleIn, name, deref(b.SpaceID))
			continue
		}
		t.r.GroupRole(g.ID, name, *b.SpaceID, *b.RoleID, true)
	}
	t.r.Accept(g.Kind())
}

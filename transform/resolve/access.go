package resolve

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"liftgraph/graph"
	"liftgraph/internal/extsort"
	"liftgraph/internal/raw"
)

// RoleInSpace is the properties of a user's HAS_ROLE_IN.
type RoleInSpace struct{ Role, Via graph.Value }

// HasRoleIn are the roles of users and API keys. Several ways to one role are one edge, whose via names all of them.
var HasRoleIn = EdgesOf[RoleInSpace](graph.SpaceliftUser, graph.HasRoleIn, graph.SpaceliftSpace)

// Direct is the way to a role that no group leads.
const Direct = "direct"

// joined are the properties of which an edge that comes several times keeps every value.
var joined = map[*graph.Table]int{HasRoleIn.table: 1}

// The access pass: who stands for a reference comes before who refers to it.
const (
	accessUser  = 'u' // key: a user's id, name or address; a user, or a group that it is a member of
	accessGroup = 'n' // key: a group's id or name; a group, or a user that has it

	accessKnown   = 0
	accessRefers  = 1
	maxNamed      = 10 // references that match nothing and are named
	accessVia     = "group:"
	accessGranted = 0 // of the second sorter, by the group's id: what the group has
	accessMember  = 1 // and who is in it
)

// Role names a role, which a group's binding has the id of.
func (r *Resolver) Role(id, name string) { r.roles[id] = name }

// InGroup says by which references a user may be listed in groups, and which groups list it.
func (r *Resolver) InGroup(user string, known []string, groups []raw.Reference) {
	for _, name := range known {
		if name != "" {
			r.access(accessUser, name, accessKnown, user)
		}
	}
	for _, g := range groups {
		r.refer(accessGroup, g, user)
	}
}

// Group says which members a group has, and what it is called.
func (r *Resolver) Group(id, name string, members []raw.Reference) {
	r.access(accessGroup, id, accessKnown, id)
	if name != "" && name != id {
		r.access(accessGroup, name, accessKnown, id)
	}
	for _, m := range members {
		r.refer(accessUser, m, id)
	}
}

// GroupRole says that the members of a group hold a role in a space. byID is for the role's id instead of its name.
func (r *Resolver) GroupRole(id, name, space, role string, byID bool) {
	kind := "name"
	if byID {
		kind = "id"
	}
	r.begin('g', id)
	r.value = extsort.AppendTexts(append(r.value[:0], accessGranted), space, role, kind, accessVia+cmp.Or(name, id))
	r.add(r.members)
}

// refer adds a reference under each of its names. Only one that has a single name can be said to match nothing.
func (r *Resolver) refer(tag byte, ref raw.Reference, who string) {
	for _, name := range ref {
		named := ""
		if len(ref) == 1 {
			named = name
		}
		r.access(tag, name, accessRefers, who, named)
	}
}

func (r *Resolver) access(tag byte, name string, what byte, more ...string) {
	r.begin(tag, name)
	r.value = r.appendOrigin(extsort.AppendTexts(append(r.value[:0], what), more...))
	r.add(r.references)
}

// unmatched counts references that match nothing, and names the first.
type unmatched struct {
	n     int
	named []string
}

func (u *unmatched) add(name string) {
	if name == "" || slices.Contains(u.named, name) {
		return
	}
	if u.n++; len(u.named) < maxNamed {
		u.named = append(u.named, name)
	}
}

func (u *unmatched) String() string {
	text := strings.Join(u.named, ", ")
	if more := u.n - len(u.named); more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

// passAccess joins users with their groups, and adds the roles that the groups give them.
func (r *Resolver) passAccess() error {
	var last []byte
	var known []string // groups or users that a reference stands for: two of one name at most, in a sane account
	var users, groups unmatched
	err := r.scan(r.references, func(key, value []byte) error {
		if string(key) != string(last) {
			last, known = append(last[:0], key...), known[:0]
		}
		var who, named string
		if value[0] == accessKnown {
			r.cutOrigin(r.texts(value[1:], &who))
			if !slices.Contains(known, who) {
				known = append(known, strings.Clone(who))
			}
			return nil
		}
		r.cutOrigin(r.texts(value[1:], &who, &named))
		if len(known) == 0 && key[0] == accessUser {
			users.add(named)
		} else if len(known) == 0 {
			groups.add(named)
		}
		for _, k := range known {
			group, user := who, k
			if key[0] == accessGroup {
				group, user = k, who
			}
			r.begin('g', group)
			r.value = r.appendOrigin(extsort.AppendTexts(append(r.value[:0], accessMember), user))
			r.add(r.members)
		}
		return nil
	})
	if users.n > 0 {
		r.notes = append(r.notes, fmt.Sprintf("%d members of user groups match no user by id, name or address: %s", users.n, &users))
	}
	if groups.n > 0 {
		r.notes = append(r.notes, fmt.Sprintf("%d groups of users and teams of API keys match no group that has roles: %s", groups.n, &groups))
	}
	return errors.Join(err, r.passGroups())
}

// grant is what the members of a group have.
type grant struct{ space, role, kind, via string }

func (r *Resolver) passGroups() error {
	var last []byte
	var grants []grant
	return r.scan(r.members, func(key, value []byte) error {
		if string(key) != string(last) {
			last, grants = append(last[:0], key...), grants[:0]
		}
		if value[0] == accessGranted {
			var g grant
			r.texts(value[1:], &g.space, &g.role, &g.kind, &g.via)
			if g.kind == "id" {
				g.role = cmp.Or(r.roles[g.role], g.role)
			}
			grants = append(grants, grant{strings.Clone(g.space), strings.Clone(g.role), "", strings.Clone(g.via)})
			return nil
		}
		var user string
		r.cutOrigin(r.texts(value[1:], &user))
		for _, g := range grants {
			HasRoleIn.Add(r, user, g.space, RoleInSpace{Role: graph.Text(g.role), Via: graph.Text(g.via)})
		}
		return nil
	})
}

// join adds a further value of an edge's joined property to the row at hand, in the order of the values.
func (w *tableWriter) join(column int, v graph.Value) {
	have := &w.row[2+column]
	if len(w.parts) == 0 && have.Present {
		w.parts = append(w.parts, have.Text)
	}
	if !v.Present || slices.Contains(w.parts, v.Text) {
		return
	}
	w.parts = append(w.parts, strings.Clone(v.Text))
	slices.Sort(w.parts)
	*have = graph.Text(strings.Join(w.parts, ", "))
}

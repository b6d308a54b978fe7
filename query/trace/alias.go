package trace

import (
	"context"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"liftgraph/graph"
)

// Ids come in the forms in which people have them: a page's address, a name, an identity with its source.

var pageOf = regexp.MustCompile(`/(stack|run|commit|commits|user)/([^/]+)`)

// fromURL returns what the address of a page is of: a run, a stack, a commit; false for any other text.
func fromURL(id string) (bare string, kind Kind, ok bool) {
	u, err := url.Parse(id)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" {
		return "", "", false
	}
	for _, m := range pageOf.FindAllStringSubmatch(u.Path, -1) {
		switch m[1] {
		case "run":
			return m[2], KindRun, true
		case "stack":
			bare, kind, ok = m[2], KindStack, true
		case "commit", "commits":
			return m[2], KindCommit, true
		}
	}
	return bare, kind, ok
}

// identitySources begin an identity of the audit trail: SOURCE::NAME.
var identitySources = []string{"saml", "github", "gitlab", "google", "oidc", "azure", "bitbucket", "idp"}

// withoutSource returns the login of an identity with its source.
func withoutSource(id string) string {
	if source, login, ok := strings.Cut(id, "::"); ok && slices.Contains(identitySources, strings.ToLower(source)) {
		return login
	}
	return id
}

// named looks for things by their names, e-mail addresses, events and addresses, which no index has: their tables are read in full,
// only when nothing has the id: those of stacks, users, spaces and roles, or the large ones.
func (a *asker) named(ctx context.Context, id string, large bool) ([]Subject, error) {
	var found []Subject
	add := func(kind Kind, id string) {
		if !slices.ContainsFunc(found, func(s Subject) bool { return s.Kind == kind && s.ID == id }) {
			found = append(found, Subject{Kind: kind, ID: id, Runs: []Run{}})
		}
	}
	same := func(v graph.Value) bool { return v.Present && strings.EqualFold(v.Text, id) }
	scan := func(t *graph.Table, take func(get func(string) graph.Value, row graph.Row)) error {
		if len(found) > 0 {
			return nil
		}
		return a.dir.All(ctx, t, func(row graph.Row) error {
			take(func(name string) graph.Value { return row[column(t, name)] }, row)
			return nil
		})
	}
	node := graph.NodeTable
	_, noAddress := netip.ParseAddr(id)
	for _, s := range []struct {
		table       *graph.Table
		take        func(get func(string) graph.Value, row graph.Row)
		large, fits bool
	}{
		{node(graph.SpaceliftStack), func(get func(string) graph.Value, row graph.Row) {
			if same(get("name")) {
				add(KindStack, strings.Clone(row[0].Text))
			}
		}, false, true},
		{node(graph.SpaceliftUser), func(get func(string) graph.Value, row graph.Row) {
			if same(get("name")) || same(get("email")) || same(get("username")) {
				add(KindUser, strings.Clone(row[0].Text))
			}
		}, false, true},
		{node(graph.SpaceliftSpace), func(get func(string) graph.Value, row graph.Row) {
			if same(get("name")) {
				add(KindSpace, strings.Clone(row[0].Text))
			}
		}, false, true},
		{rolesTable, func(get func(string) graph.Value, _ graph.Row) {
			if same(get("role")) {
				add(KindRole, strings.Clone(get("role").Text))
			}
		}, false, true},
		{node(graph.AWSResource), func(get func(string) graph.Value, row graph.Row) {
			if same(get("name")) || same(get("arn")) {
				add(KindResource, strings.Clone(row[0].Text))
			}
		}, true, true},
		{node(graph.SpaceliftAuditEvent), func(get func(string) graph.Value, _ graph.Row) {
			if get("remote_ip").Text == id {
				add(KindAddress, id)
			}
		}, true, noAddress == nil},
		{node(graph.SpaceliftGitCommit), func(get func(string) graph.Value, _ graph.Row) {
			if same(get("author_name")) && get("author_login").Text != "" {
				add(KindGitHub, strings.Clone(get("author_login").Text))
			}
		}, true, true},
		{affectedTable, func(get func(string) graph.Value, row graph.Row) {
			if get("event_id").Text == id {
				add(KindRun, strings.Clone(row[0].Text))
			}
		}, true, eventID.MatchString(id)},
	} {
		if s.large != large || !s.fits {
			continue
		}
		if err := scan(s.table, s.take); err != nil {
			return nil, err
		}
	}
	return a.existing(ctx, found)
}

var eventID = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)

// existing leaves GitHub users out that are no nodes.
func (a *asker) existing(ctx context.Context, found []Subject) ([]Subject, error) {
	var ids []string
	for _, s := range found {
		if s.Kind == KindGitHub {
			ids = append(ids, s.ID)
		}
	}
	there, err := a.nodes(ctx, graph.GitHubUser, ids)
	return slices.DeleteFunc(found, func(s Subject) bool { return s.Kind == KindGitHub && there[s.ID].row == nil }), err
}

package trace

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"liftgraph/graph"
	"liftgraph/query/lookup"
)

var rolesTable = graph.RelationshipTable(graph.SpaceliftUser, graph.HasRoleIn, graph.SpaceliftSpace)

// roles fills in the roles that a user holds, or that are held in a space.
func (a *asker) roles(ctx context.Context, s *Subject, by lookup.By) error {
	return a.held(ctx, s, func(take func(graph.Row) error) error { return a.dir.Rows(ctx, rolesTable, by, []string{s.ID}, take) })
}

// role fills in who holds a role, and where. No index has roles: all that are held are read.
func (a *asker) role(ctx context.Context, s *Subject) error {
	name := column(rolesTable, "role")
	return a.held(ctx, s, func(take func(graph.Row) error) error {
		return a.dir.All(ctx, rolesTable, func(row graph.Row) error {
			if row[name].Text != s.ID {
				return nil
			}
			return take(row)
		})
	})
}

// held fills in the roles of the rows that each hands over.
func (a *asker) held(ctx context.Context, s *Subject, each func(take func(graph.Row) error) error) error {
	t := rolesTable
	role, via := column(t, "role"), column(t, "via")
	var held [][4]string // user, space, role, via
	err := each(func(row graph.Row) error {
		if len(held) == a.limit {
			s.MoreRoles++
			return nil
		}
		held = append(held, [4]string{strings.Clone(row[0].Text), strings.Clone(row[1].Text), strings.Clone(row[role].Text), strings.Clone(row[via].Text)})
		return nil
	})
	if err != nil {
		return err
	}
	var ids, spaces []string
	for _, h := range held {
		ids, spaces = append(ids, h[0]), append(spaces, h[1])
	}
	users, err := a.users(ctx, ids)
	if err != nil {
		return err
	}
	paths, err := a.paths(ctx, spaces)
	if err != nil {
		return err
	}
	for _, h := range held {
		s.Roles = append(s.Roles, Role{Role: h[2], Via: h[3], User: users[h[0]], Space: paths[h[1]]})
	}
	return nil
}

// commitBatch is how many commits are looked up at once to learn their times.
const commitBatch = 4096

// newestCommits fills in the newest commits at the subject's edges. Commits are in the order of their hashes: every one
// must be looked at.
func (a *asker) newestCommits(ctx context.Context, s *Subject, t *graph.Table, by lookup.By) error {
	type dated struct{ sha, at string }
	var newest []dated
	var batch []string
	keep := func(limit int) {
		slices.SortFunc(newest, func(a, b dated) int { return cmp.Or(cmp.Compare(b.at, a.at), cmp.Compare(a.sha, b.sha)) })
		if n := len(newest) - limit; n > 0 {
			newest = newest[:limit]
			s.MoreCommits += int64(n)
		}
	}
	date := func() error {
		nodes, err := a.nodes(ctx, graph.SpaceliftGitCommit, batch)
		for _, sha := range batch {
			newest = append(newest, dated{sha, nodes[sha].text("timestamp")})
		}
		batch = batch[:0]
		keep(a.limit)
		return err
	}
	err := a.dir.Rows(ctx, t, by, []string{s.ID}, func(row graph.Row) error {
		batch = append(batch, strings.Clone(row[lookup.ByEnd-by].Text))
		if len(batch) < commitBatch {
			return nil
		}
		return date()
	})
	if err = cmp.Or(err, date()); err != nil {
		return err
	}
	var ids []string
	for _, c := range newest {
		ids = append(ids, c.sha)
	}
	commits, err := a.commits(ctx, ids)
	if err != nil {
		return err
	}
	s.Commits = pick(ids, commits)
	return nil
}

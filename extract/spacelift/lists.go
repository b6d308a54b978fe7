package spacelift

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"liftgraph/internal/raw"
)

// list reads a root field that gives all its rows in one answer. A server whose schema lacks the field has no such
// rows: the scope is complete, and the field is named in the report.
func (x *extraction) list(ctx context.Context, name, query, root string, kind raw.Kind, decoder decoder) error {
	sc := x.begin(name)
	p := x.readList(ctx, question{query: query}, root)
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if _, lacks := errors.AsType[*missingError](p.err); lacks {
		p.err = nil
	}
	if err := x.deliver(sc, decode(kind, p, decoder)); err != nil {
		return err
	}
	x.end(sc)
	return nil
}

// readList asks for a list at a path of the answer. An object on the way that is null, as of a stack that is gone,
// gives an empty list.
func (x *extraction) readList(ctx context.Context, q question, path ...string) page {
	answer, _, err := x.client.ask(ctx, q)
	if answer == nil {
		if len(path) > 1 && notFound(err) {
			err = nil
		}
		return page{err: inOneAnswer(err)}
	}
	x.cfg.Stats.pages.Add(1)
	value := answer[path[0]]
	for _, field := range path[1:] {
		if isNull(value) {
			return page{err: err}
		}
		var object map[string]json.RawMessage
		if bad := json.Unmarshal(value, &object); bad != nil {
			return page{err: orElse(err, fmt.Errorf("the answer can't be read: %w", bad))}
		}
		value = object[field]
	}
	if isNull(value) {
		return page{err: orElse(err, errNullAnswer)}
	}
	var rows []json.RawMessage
	if bad := json.Unmarshal(value, &rows); bad != nil {
		return page{err: orElse(err, fmt.Errorf("the list can't be read: %w", bad))}
	}
	return newPage(rows, err)
}

// inOneAnswer says what to do about a list that is too long: no part of it can be asked for.
func inOneAnswer(err error) error {
	if _, long := errors.AsType[*oversizeError](err); !long {
		return err
	}
	return fmt.Errorf("%w, which is the limit of one answer, and the API doesn't give this list by pages: "+
		"raise it by --max-answer", err)
}

func (x *extraction) spaces(ctx context.Context) error {
	return x.list(ctx, scopeSpaces, "spaces", "spaces", raw.KindSpace, as(func(s *raw.Space) string { return s.ID }))
}

func (x *extraction) users(ctx context.Context) error {
	return x.list(ctx, scopeUsers, "managed_users", "managedUsers", raw.KindUser, as(func(u *raw.User) string { return u.ID }))
}

func (x *extraction) groups(ctx context.Context) error {
	return x.list(ctx, scopeGroups, "managed_user_groups", "managedUserGroups", raw.KindGroup, as(func(g *raw.Group) string { return g.ID }))
}

func (x *extraction) apiKeys(ctx context.Context) error {
	return x.list(ctx, scopeKeys, "api_keys", "apiKeys", raw.KindAPIKey, as(func(k *raw.APIKey) string { return k.ID }))
}

func (x *extraction) roles(ctx context.Context) error {
	return x.list(ctx, scopeRoles, "roles", "roles", raw.KindRole, as(func(r *raw.Role) string { return r.ID }))
}

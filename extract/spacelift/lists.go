package spacelift

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"liftgraph/extract/spacelift/api"
)

// list reads a root field that returns all its rows in one response. A server whose schema lacks the field has no such
// rows: the scope is complete, and the field is named in the report.
func (x *extraction) list(ctx context.Context, l *listing) error {
	sc := x.begin(l.scope)
	p := x.readList(ctx, api.Question{Query: l.query}, l.root)
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if _, lacks := errors.AsType[*api.MissingError](p.err); lacks {
		p.err = nil
	}
	if p.err == nil && len(p.rows) == 0 && l.scope == scopeSpaces {
		p.err = errNoSpace
	}
	if err := x.deliver(sc, decode(l.kind, p, l.decoder)); err != nil {
		return err
	}
	x.end(sc)
	return nil
}

// errNoSpace is for a list of spaces without one, which is that of a token that sees none, or of no session.
var errNoSpace = errors.New("the server lists no space, though every account has a root space")

// errGone is for a null where a stack belongs that was listed a moment ago.
var errGone = errors.New("the server answers null for a stack that it listed")

// readList asks for a list at a path of the answer. An object on the way that is null has no list:
// whether a stack that was listed a moment ago is gone or hidden isn't known.
func (x *extraction) readList(ctx context.Context, q api.Question, path ...string) page {
	answer, _, err := x.client.Ask(ctx, q)
	if answer == nil {
		if len(path) > 1 && api.NotFound(err) { // said in so many words
			err = nil
		}
		return page{err: inOneAnswer(err)}
	}
	x.cfg.Stats.pages.Add(1)
	value := answer[path[0]]
	for _, field := range path[1:] {
		if isNull(value) {
			return page{err: api.OrElse(err, errGone)}
		}
		var object map[string]json.RawMessage
		if bad := json.Unmarshal(value, &object); bad != nil {
			return page{err: api.OrElse(err, fmt.Errorf("the answer can't be read: %w", bad))}
		}
		value = object[field]
	}
	if isNull(value) {
		return page{err: api.OrElse(err, errNullAnswer)}
	}
	var rows []json.RawMessage
	if bad := json.Unmarshal(value, &rows); bad != nil {
		return page{err: api.OrElse(err, fmt.Errorf("the list can't be read: %w", bad))}
	}
	return newPage(rows, err)
}

// inOneAnswer says what to do about a list that is too long: no part of it can be asked for.
func inOneAnswer(err error) error {
	if _, long := errors.AsType[*api.OversizeError](err); !long {
		return err
	}
	return fmt.Errorf("%w, which is the limit of one answer, and the API doesn't give this list by pages: "+
		"raise it by --max-answer", err)
}

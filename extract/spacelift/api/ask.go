package api

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/vektah/gqlparser/v2/ast"
)

// Question is a request by the name of its query.
type Question struct {
	Query     string
	Variables map[string]any
	Text      func(*ast.OperationDefinition) string // what is sent of the query; nil: format
	Shrinks   bool                                  // the asker asks for less where [LessHelps]
	Attempts  int                                   // at most; 0: as many as is usual
}

// maxRefusals bounds how often one question meets "unauthorized".
const maxRefusals = 3

// Ask returns the answer to a question and its size in bytes, or an error after which the same need not be asked
// again. A partial [AnswerError] comes with data.
func (c *Client) Ask(ctx context.Context, q Question) (Data, int, error) {
	for refusals := 0; ; {
		if over := c.over.Load(); over != nil {
			return nil, 0, over
		}
		op, err := c.Queries.get(q.Query)
		if err != nil {
			return nil, 0, err
		}
		if q.Text == nil {
			q.Text = Format
		}
		text, call := q.Text(op), &call{shrinks: q.Shrinks, attempts: q.Attempts}
		answer, err := c.send(ctx, c.signed, text, q.Variables, call)
		if ctx.Err() != nil {
			return answer, call.bytes, err
		}
		if answer, err = proven(op, call, answer, err); err == nil {
			return answer, call.bytes, nil
		}
		again := false
		e, isAnswer := errors.AsType[*AnswerError](err)
		_, lost := errors.AsType[*lostError](err)
		_, expired := errors.AsType[*expiredError](err)
		switch {
		case expired:
			err = c.expired(ctx)
		case lost:
			refusals++
			again, err = c.lost(ctx, call.generation, refusals)
		case unauthorized(err) && call.viewer:
			err = &ForbiddenError{err}
		case unauthorized(err) && refusals < maxRefusals:
			refusals++
			again, err = c.refused(ctx, call.generation, err)
		case isAnswer && !e.partial:
			again = c.Queries.adapt(q.Query, op, text, e)
		case !isAnswer:
			err = c.failed(ctx, err)
		}
		if !again {
			return answer, call.bytes, err
		}
	}
}

// proven returns a response as it is where it has a viewer or need not have one. Without it, it is worth nothing: neither
// an empty list nor a null counts.
func proven(op *ast.OperationDefinition, made *call, answer Data, err error) (Data, error) {
	e, _ := errors.AsType[*AnswerError](err)
	asked := slices.ContainsFunc(op.SelectionSet, func(s ast.Selection) bool { return selectionName(s) == viewerField })
	if !asked || made.viewer || err != nil && (e == nil || !e.partial) {
		return answer, err
	}
	if about := e.onPath(viewerField); about != nil { // trouble on the server's side
		return nil, about
	}
	return nil, &lostError{}
}

// lost renews the session that a response without a viewer shows to be over, and reports whether to ask again.
func (c *Client) lost(ctx context.Context, generation, times int) (again bool, err error) {
	if err := c.judging.take(ctx); err != nil {
		return false, err
	}
	defer c.judging.leave()
	if over := c.over.Load(); over != nil {
		return false, over
	}
	if c.session.since(ctx, generation) {
		return true, nil
	}
	if times >= maxRefusals {
		return false, c.end(lostNow("the server answers without a viewer, though it takes the credentials"), "run again later, and report it to Spacelift if it goes on")
	}
	if again, err := c.session.replace(ctx); again {
		return err == nil, c.settle(ctx, err)
	}
	if good, err := c.Viewer(ctx); err != nil || good {
		return err == nil, err
	}
	return false, c.gone(ctx)
}

// lostNow says that the session was lost, when and how.
func lostNow(how string) error {
	return fmt.Errorf("the session was lost at %s: %s", time.Now().UTC().Format(time.RFC3339), how)
}

// gone ends the conversation of a ready token that the server doesn't take any more.
func (c *Client) gone(ctx context.Context) error {
	if end := c.session.expiry(ctx); !end.IsZero() && time.Now().After(end) {
		return c.expired(ctx)
	}
	return c.end(lostNow("the token is no longer accepted"), "run again with a new token, or with an API key, whose token is renewed")
}

// expired ends the conversation of a ready token whose own end has come.
func (c *Client) expired(ctx context.Context) error {
	end := c.session.expiry(ctx).Format(time.RFC3339)
	return c.end(fmt.Errorf("the session was lost at %s: the token expired at %s", end, end),
		"run again with a token that is good for longer, or with an API key, whose token is renewed")
}

// refused finds out what an "unauthorized" means, the word for a bad token as for a missing permission. It says
// whether to ask again, with a new token.
func (c *Client) refused(ctx context.Context, generation int, cause error) (again bool, err error) {
	if err := c.judging.take(ctx); err != nil {
		return false, err
	}
	defer c.judging.leave()
	if over := c.over.Load(); over != nil {
		return false, over
	}
	if c.session.since(ctx, generation) {
		return true, nil
	}
	if !c.wary { // once only: an exchange counts as a login, and a missing permission is missing every night
		c.wary = true
		if again, err := c.session.replace(ctx); again {
			return err == nil, c.settle(ctx, err)
		}
	}
	good, err := c.Viewer(ctx)
	if err != nil {
		return false, err
	}
	if good {
		return false, &ForbiddenError{cause}
	}
	if again, err := c.session.replace(ctx); again {
		return err == nil, c.settle(ctx, err)
	}
	return false, c.gone(ctx)
}

// failed ends the conversation where nothing gets through any more: not when one request failed often, but when the
// smallest one there is fails too.
func (c *Client) failed(ctx context.Context, err error) error {
	if stop := c.judging.take(ctx); stop != nil {
		return stop
	}
	defer c.judging.leave()
	return c.settle(ctx, err)
}

func (c *Client) settle(ctx context.Context, err error) error {
	if over := c.over.Load(); over != nil {
		return over
	}
	if refused, ok := errors.AsType[*KeyRefusedError](err); ok {
		advice := "check that the API key still exists and that its secret is the right one"
		if refused.GitHub() {
			advice = "check that the GitHub token still exists, and that GitHub is the account's identity provider"
		}
		return c.end(refused, advice)
	}
	if _, ok := errors.AsType[*GaveUpError](err); !ok {
		return err
	}
	_, probe := c.send(ctx, c.signed, "{ __typename }", nil, new(call))
	if _, gaveUp := errors.AsType[*GaveUpError](probe); !gaveUp {
		return err
	}
	return c.end(fmt.Errorf("%s doesn't answer any more: %w", c.endpoint, err), "run again when it does")
}

// IsOver reports whether every further question would fail.
func (c *Client) IsOver() bool { return c.over.Load() != nil }

// Ended returns why every further request would fail; nil where none has to.
func (c *Client) Ended() *OverError { return c.over.Load() }

// end lets every later question fail with the same error.
func (c *Client) end(cause error, advice string) error {
	c.over.CompareAndSwap(nil, &OverError{cause, advice})
	return c.over.Load()
}

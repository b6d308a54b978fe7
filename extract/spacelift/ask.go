package spacelift

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/vektah/gqlparser/v2/ast"
)

// question is a request by the name of its query.
type question struct {
	query     string
	variables map[string]any
	text      func(*ast.OperationDefinition) string // what is sent of the query; nil: format
	shrinks   bool                                  // the asker asks for less where [lessHelps]
	attempts  int                                   // at most; 0: as many as is usual
}

// maxRefusals bounds how often one question meets "unauthorized".
const maxRefusals = 3

// ask gives the answer to a question and its size in bytes, or an error after which the same need not be asked
// again. A partial [answerError] comes with data.
func (c *client) ask(ctx context.Context, q question) (data, int, error) {
	for refusals := 0; ; {
		if over := c.over.Load(); over != nil {
			return nil, 0, over
		}
		op, err := c.queries.get(q.query)
		if err != nil {
			return nil, 0, err
		}
		if q.text == nil {
			q.text = format
		}
		text, call := q.text(op), &call{shrinks: q.shrinks, attempts: q.attempts}
		answer, err := c.send(ctx, c.signed, text, q.variables, call)
		if err == nil || ctx.Err() != nil {
			return answer, call.bytes, err
		}
		again := false
		e, isAnswer := errors.AsType[*answerError](err)
		switch {
		case unauthorized(err) && refusals < maxRefusals:
			refusals++
			again, err = c.refused(ctx, call.generation, err)
		case isAnswer && !e.partial:
			again = c.queries.adapt(q.query, op, text, e)
		case !isAnswer:
			err = c.failed(ctx, err)
		}
		if !again {
			return answer, call.bytes, err
		}
	}
}

// refused finds out what an "unauthorized" means, the word for a bad token as for a missing permission. It tells
// whether to ask again, with a new token.
func (c *client) refused(ctx context.Context, generation int, cause error) (again bool, err error) {
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
	good, err := c.viewer(ctx)
	if err != nil {
		return false, err
	}
	if good {
		return false, &forbiddenError{cause}
	}
	if again, err := c.session.replace(ctx); again {
		return err == nil, c.settle(ctx, err)
	}
	if end := readClaims(c.ready).expiry(); !end.IsZero() && time.Now().After(end) {
		return false, c.end(fmt.Errorf("the token expired at %s", end.Format(time.RFC3339)),
			"run again with a token that lives longer, or with an API key, whose token is renewed")
	}
	return false, c.end(errors.New("the token is no longer accepted"), "run again with a new token")
}

// failed ends the conversation where nothing gets through any more: not when one request failed often, but when the
// smallest one there is fails too.
func (c *client) failed(ctx context.Context, err error) error {
	if stop := c.judging.take(ctx); stop != nil {
		return stop
	}
	defer c.judging.leave()
	return c.settle(ctx, err)
}

func (c *client) settle(ctx context.Context, err error) error {
	if over := c.over.Load(); over != nil {
		return over
	}
	if refused, ok := errors.AsType[*keyRefusedError](err); ok {
		return c.end(refused, "check that the API key still exists and that its secret is the right one")
	}
	if _, ok := errors.AsType[*gaveUpError](err); !ok {
		return err
	}
	_, probe := c.send(ctx, c.signed, "{ __typename }", nil, new(call))
	if _, gaveUp := errors.AsType[*gaveUpError](probe); !gaveUp {
		return err
	}
	return c.end(fmt.Errorf("%s doesn't answer any more: %w", c.endpoint, err), "run again when it does")
}

// isOver tells whether every further question would fail.
func (c *client) isOver() bool { return c.over.Load() != nil }

// end lets every later question fail with the same error.
func (c *client) end(cause error, advice string) error {
	c.over.CompareAndSwap(nil, &overError{cause, advice})
	return c.over.Load()
}

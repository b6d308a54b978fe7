package spacelift

import (
	"context"
	"encoding/json"
	"errors"
	"slices"

	"liftgraph/extract/spacelift/api"
	"liftgraph/internal/raw"
)

// rerun is a run that is read again by its id.
type rerun struct {
	was, now *raw.Run // now is nil where it isn't there any more
	err      error    // why it couldn't be read
}

// outcome returns the run as it is to be kept; nil for none. What is unavailable of it now stays as it was.
func (r *rerun) outcome() *raw.Run {
	switch {
	case r.err != nil:
		return r.was
	case r.now == nil:
		return nil
	}
	if slices.Contains(r.now.Unread, raw.UnreadHistory) && r.now.History == nil {
		r.now.History = r.was.History
	}
	for _, w := range r.was.Workers { // whose logs may have expired meanwhile
		handover{w.ID, w.Public}.addTo(r.now, w.Phase)
	}
	return r.now
}

// reread asks for runs at once, or for each half where that is too much.
func (x *extraction) reread(ctx context.Context, runs []*rerun) {
	if len(runs) == 0 {
		return
	}
	ids := make([]*raw.Run, len(runs))
	for i, r := range runs {
		ids[i] = r.was
	}
	q := api.Question{Query: "run_rows", Variables: detailVariables(ids), Text: api.Repeated(len(runs)), Shrinks: len(runs) > 1}
	if q.Shrinks {
		q.Attempts = detailAttempts
	}
	answer, _, err := x.client.Ask(ctx, q)
	_, over := errors.AsType[*api.OverError](err)
	switch {
	case answer != nil:
		partial, _ := errors.AsType[*api.AnswerError](err)
		for i, r := range runs {
			r.read(answer[api.Alias(i)], partial.Of(api.Alias(i)))
		}
	case len(runs) == 1 && api.NotFound(err):
	case len(runs) > 1 && !over && ctx.Err() == nil:
		half := len(runs) / 2
		x.reread(ctx, runs[:half])
		x.reread(ctx, runs[half:])
	default:
		for _, r := range runs {
			r.err = err
		}
	}
}

// read takes the answer for one run.
func (r *rerun) read(answer json.RawMessage, problem error) {
	var stack *struct {
		Run *runNode `json:"run"`
	}
	err := json.Unmarshal(answer, &stack)
	switch {
	case problem != nil && !api.NotFound(problem):
		r.err = problem
	case err != nil:
		r.err = err
	case stack != nil && stack.Run != nil:
		stack.Run.StackID = r.was.StackID
		if _, err := stack.Run.record(); err != nil {
			r.err = err
			return
		}
		r.now = &stack.Run.Run
	}
}

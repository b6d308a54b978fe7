package objects

import (
	"context"
	"errors"
	"time"
)

// watch cancels a request that brings nothing for longer than its limit.
type watch struct {
	ctx    context.Context
	cancel context.CancelCauseFunc
	timer  *time.Timer
	limit  time.Duration
}

// newWatch begins to watch the request of the context it returns.
func newWatch(ctx context.Context, limit time.Duration) (context.Context, *watch) {
	ctx, cancel := context.WithCancelCause(ctx)
	return ctx, &watch{ctx, cancel, time.AfterFunc(limit, func() { cancel(errStalled) }), limit}
}

// pause stops watching while no caller waits for the request.
func (w *watch) pause() { w.timer.Stop() }

func (w *watch) resume() { w.timer.Reset(w.limit) }

// end ends the request.
func (w *watch) end() {
	w.timer.Stop()
	w.cancel(nil)
}

// because returns the error that stood at the beginning of one: the SDK and net/http say "context canceled" of a stalled request.
func (w *watch) because(err error) error {
	if err != nil && errors.Is(context.Cause(w.ctx), errStalled) {
		return errStalled
	}
	return err
}

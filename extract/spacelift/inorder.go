package spacelift

import (
	"context"
	"iter"
	"sync"
)

// inOrder does n jobs at a time. Each emits any number of results; deliver gets them one at a time, in the order of
// the jobs, on the caller's goroutine. Of each job two results at most lie waiting, so that memory doesn't grow with
// their number. It ends, with all its goroutines, when the jobs are done, deliver fails or ctx is cancelled: the context
// that jobs and do get ends with any of these, so that none of them waits for a request that is no longer needed.
func inOrder[J, R any](ctx context.Context, n int, jobs func(context.Context) iter.Seq[J], do func(ctx context.Context, job J, emit func(R) bool), deliver func(R) error) error {
	inner, cancel := context.WithCancel(ctx)
	var all sync.WaitGroup
	defer all.Wait()
	defer cancel()

	slots := make(chan struct{}, n)
	queue := make(chan chan R, n)
	all.Go(func() {
		defer close(queue)
		for job := range jobs(inner) {
			results := make(chan R, 1)
			if !put(inner, slots, struct{}{}) || !put(inner, queue, results) {
				return
			}
			all.Go(func() {
				defer func() { <-slots }()
				defer close(results)
				do(inner, job, func(r R) bool { return put(inner, results, r) })
			})
		}
	})
	for results := range queue {
		for r := range results {
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			if err := deliver(r); err != nil {
				return err
			}
		}
	}
	return context.Cause(ctx)
}

func put[T any](ctx context.Context, c chan<- T, v T) bool {
	select {
	case c <- v:
		return true
	case <-ctx.Done():
		return false
	}
}

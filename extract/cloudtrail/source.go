package cloudtrail

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"golang.org/x/sync/semaphore"

	"liftgraph/internal/dataset"
	"liftgraph/internal/objects"
)

// task is an object on its way from the list to the output.
type task struct {
	object  objects.Object
	body    chan body // of a small object; else nil
	batches chan batch

	// What follows is to be looked at when batches is closed.
	records, bytes int64
	empty          bool
	err            error // why it could not be read to its end
}

// source reads one source. Its objects are listed, read ahead and scanned at the same time, by goroutines that end with
// it; what they deliver is taken in the order of the list. Of each object two batches at most lie waiting, so that the
// objects behind the one that is taken wait.
func (x *extraction) source(ctx context.Context, src Source) error {
	inner, cancel := context.WithCancel(ctx)
	var all sync.WaitGroup
	defer all.Wait()
	defer cancel()

	l := lister{src: src, pruner: newPruner(x.cfg.From, x.cfg.To), memory: semaphore.NewWeighted(aheadBytes)}
	l.pruner.root = rootOf(src.URI)
	listed, queue := make(chan *task, aheadObjects), make(chan *task, aheadObjects)
	all.Go(func() {
		defer close(queue)
		defer close(listed)
		l.list(inner, func(t *task) bool { return put(inner, listed, t) && put(inner, queue, t) }, all.Go)
	})
	for range x.cfg.Workers {
		all.Go(func() {
			w := worker{cfg: &x.cfg, store: src.Store}
			defer w.close()
			for t := range listed { // in the order of the list, so that the first one not yet taken is always under way
				w.scan(inner, t)
				close(t.batches)
				if t.body != nil {
					l.memory.Release(t.object.Size)
				}
			}
		})
	}

	sc := scope{uri: src.URI, room: maxScopes - x.scopes}
	for t := range queue {
		for b := range t.batches {
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			if err := x.deliver(b); err != nil {
				return err
			}
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if _, fatal := errors.AsType[*diskError](t.err); fatal {
			return t.err
		}
		sc.add(t)
		x.cfg.Stats.Objects.Add(1)
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	x.finishSource(&sc, &l)
	return nil
}

func (x *extraction) finishSource(sc *scope, l *lister) {
	scopes := sc.scopes(l.err)
	x.scopes += len(scopes) - 1
	x.report.Scopes = append(x.report.Scopes, scopes...)
	x.report.Sources = append(x.report.Sources, dataset.Source{Name: sourceName, Endpoint: sc.uri, Objects: sc.objects, Bytes: sc.bytes})
	for _, n := range []struct {
		count int64
		what  string
	}{
		{sc.empty, "are empty"},
		{l.pruner.companions, "are no more than what Athena or Spark writes beside its results, and were left out"},
		{l.pruner.undated, "have no date in their keys, and were read whatever dates were asked for"},
	} {
		if n.count > 0 {
			x.report.Notes = append(x.report.Notes, fmt.Sprintf("%s: %d objects %s", sc.uri, n.count, n.what))
		}
	}
}

// lister lists the objects of a source, and begins to read the small ones.
type lister struct {
	src    Source
	pruner *pruner
	memory *semaphore.Weighted
	err    error // of the list; to be looked at when it has ended
}

func (l *lister) list(ctx context.Context, give func(*task) bool, start func(func())) {
	for o, err := range l.src.Store.List(ctx, l.pruner.prune) {
		if err != nil {
			l.err = err
			return
		}
		t := &task{object: o, batches: make(chan batch, 2)}
		if isSmall(o) {
			if l.memory.Acquire(ctx, o.Size) != nil {
				return
			}
			t.body = make(chan body, 1)
			start(func() { t.body <- fetch(ctx, l.src.Store, o) })
		}
		if !give(t) {
			return
		}
	}
}

func put[T any](ctx context.Context, c chan<- T, v T) bool {
	select {
	case c <- v:
		return true
	case <-ctx.Done():
		return false
	}
}

package cloudtrail

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"golang.org/x/sync/semaphore"

	"liftgraph/extract/cloudtrail/scan"
	"liftgraph/internal/dataset"
	"liftgraph/internal/objects"
	"liftgraph/internal/raw"
)

// task is an object on its way from the list to the output.
type task struct {
	source  int
	object  objects.Object
	was     *raw.Object     // as the previous extraction knew it; nil: it didn't
	gone    bool            // it isn't among those to read any more
	body    chan body       // of a small object; else nil
	batches chan scan.Batch // nil: it isn't read

	// What follows is to be looked at when batches is closed.
	records, bytes int64
	empty          bool
	err            error // why it could not be read to its end

	gave     raw.Yield // so far
	rejected bool      // some of its events
	keys     shortKeys // that calls in it were made with, where it isn't known whose they are
	kept     bool      // what the previous extraction had of it is delivered too
}

// source reads one source. Its objects are listed, read ahead and scanned at the same time, by goroutines that end with
// it; what they deliver is taken in the order of the list. Of each object two batches at most lie waiting, so that the
// objects behind the one that is taken wait.
func (x *extraction) source(ctx context.Context, number int, src Source) error {
	inner, cancel := context.WithCancel(ctx)
	var all sync.WaitGroup
	defer all.Wait()
	defer cancel()

	l := lister{
		src: src, stats: x.cfg.Stats, number: number, sources: len(x.cfg.Sources), last: x.last, memory: semaphore.NewWeighted(aheadBytes),
		pruner: newPruner(x.cfg.From, x.cfg.To), wanted: newPruner(x.cfg.From, x.cfg.To),
	}
	l.pruner.root = rootOf(src.URI)
	l.wanted.root = l.pruner.root
	listed, queue := make(chan *task, aheadObjects), make(chan *task, aheadObjects)
	all.Go(func() {
		defer close(queue)
		defer close(listed)
		l.list(inner, func(t *task) bool { return (t.batches == nil || put(inner, listed, t)) && put(inner, queue, t) }, all.Go)
	})
	for range x.cfg.Workers {
		all.Go(func() {
			w := x.worker(src)
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
		if t.batches != nil {
			for b := range t.batches {
				if ctx.Err() != nil {
					return context.Cause(ctx)
				}
				if err := x.take(t, b); err != nil {
					return err
				}
			}
			x.cfg.Stats.Objects.Add(1)
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err := asFatal(t.err); err != nil {
			return err
		}
		if err := x.end(t, &sc); err != nil {
			return err
		}
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if l.broken != nil {
		return l.broken
	}
	if x.hold != nil {
		return x.hold.finish(func(sc *scope) { x.finishSource(sc, &l) }, sc)
	}
	x.finishSource(&sc, &l)
	return nil
}

// asFatal returns an error that is no object's fault.
func asFatal(err error) error {
	if _, fatal := errors.AsType[*scan.DiskError](err); fatal {
		return err
	}
	return nil
}

// worker returns one that reads objects of a source.
func (x *extraction) worker(src Source) worker {
	w := worker{cfg: &x.cfg, store: src.Store, reader: scan.Reader{Options: x.cfg.options()}}
	w.reader.Only = src.Lines
	return w
}

// take delivers a batch of an object, or holds it back.
func (x *extraction) take(t *task, b scan.Batch) error {
	if x.hold != nil {
		return x.hold.batch(t, b)
	}
	return x.deliver(t, b)
}

// end settles an object, or holds back that it ended.
func (x *extraction) end(t *task, sc *scope) error {
	if x.hold != nil {
		return x.hold.task(t)
	}
	return x.settle(t, sc)
}

// finishSource reports how the reading of a source went.
// finishSource reports how the reading of a source went.
func (x *extraction) finishSource(sc *scope, l *lister) {
	scopes := sc.scopes(l.err)
	x.scopes += len(scopes) - 1
	x.report.Scopes = append(x.report.Scopes, scopes...)
	x.report.Sources = append(x.report.Sources, dataset.Source{Name: scan.SourceName, Endpoint: sc.uri, Objects: sc.objects, Bytes: sc.bytes})
	for _, n := range []struct {
		count int64
		what  string
	}{
		{sc.empty, "are empty"},
		{sc.known, "were taken over from the last extraction"},
		{l.pruner.companions, "are no more than what Athena or Spark writes beside its results, and were left out"},
		{l.pruner.others, "of other services are stored under AWSLogs, and were left out"},
		{l.pruner.notes, "are notes or test files, and were left out"},
		{l.pruner.undated, "have no date in their keys, and were read whatever dates were asked for"},
	} {
		if n.count > 0 {
			x.report.Notes = append(x.report.Notes, fmt.Sprintf("%s: %d objects %s", sc.uri, n.count, n.what))
		}
	}
}

// lister lists the objects of a source, and begins to read the small ones.
type lister struct {
	src     Source
	stats   *Stats
	number  int
	sources int // how many there are
	last    *last
	pruner  *pruner
	wanted  *pruner // the same, for objects that aren't listed any more
	memory  *semaphore.Weighted
	err     error // of the list; to be looked at when it has ended
	broken  error // of the previous extraction, likewise
}

func (l *lister) list(ctx context.Context, give func(*task) bool, start func(func())) {
	for o, err := range l.src.Store.List(ctx, l.pruner.prune) {
		if err != nil {
			l.err = err
			break
		}
		if !l.unlisted(o.Key, give) {
			return
		}
		t := &task{source: l.number, object: o}
		if was, _ := l.last.peek(l.number); was != nil && was.Key == o.Key {
			l.last.pop()
			if t.was = was; unchanged(was, o) {
				if !give(t) {
					return
				}
				continue
			}
		}
		l.stats.Listed.Add(1)
		t.batches = make(chan scan.Batch, 2)
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
	l.stats.AllListed.Store(l.number == l.sources-1)
	l.unlisted("", give)
}

// unlisted returns the objects that the previous extraction knew and that aren't listed any more, up to a key, which may be ""
// for all. What is in them stays known, as events are history; but not of days that aren't asked for.
func (l *lister) unlisted(upTo string, give func(*task) bool) bool {
	for {
		was, err := l.last.peek(l.number)
		if err != nil {
			l.broken = fmt.Errorf("the last extraction: %w", err)
			return false
		}
		if was == nil || upTo != "" && was.Key >= upTo {
			return true
		}
		l.last.pop()
		if !give(&task{source: l.number, was: was, gone: l.wanted.prune(was.Key) != ""}) {
			return false
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

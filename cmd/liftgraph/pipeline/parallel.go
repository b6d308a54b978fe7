package pipeline

import (
	"context"
	"errors"
	"sync"

	"liftgraph/internal/dataset"
	"liftgraph/internal/raw"
	"liftgraph/transform"
)

// inParallel does n jobs at the same time and returns when all have ended. One that fails ends those after it, and those before it
// too where all is given. The error has all that failed by themselves, or is the context's.
func inParallel(ctx context.Context, n int, all bool, do func(ctx context.Context, i int) error) error {
	cancels := make([]context.CancelFunc, n)
	contexts := make([]context.Context, n)
	for i := range n {
		contexts[i], cancels[i] = context.WithCancel(ctx)
		defer cancels[i]()
	}
	var mu sync.Mutex
	failed := make([]error, n)
	var jobs sync.WaitGroup
	for i := range n {
		jobs.Go(func() {
			err := do(contexts[i], i) //nolint:contextcheck // derived from ctx above
			if err == nil {
				return
			}
			mu.Lock()
			defer mu.Unlock()
			if contexts[i].Err() != nil && ctx.Err() == nil { // it was ended by another's failure
				return
			}
			failed[i] = err
			for other, cancel := range cancels {
				if all || other > i {
					cancel()
				}
			}
		})
	}
	jobs.Wait()
	if err := context.Cause(ctx); err != nil {
		return err
	}
	return errors.Join(failed...)
}

// turn is closed when the account has been read: what else the same server is requested for comes after it, so that the limit of
// requests a second holds for both together.
type turn chan struct{}

// first returns a source whose end closes the turn.
func (t turn) first(src source) source {
	extract := src.extract
	src.extract = func(ctx context.Context, m *dataset.Manifest, out *records) error {
		defer close(t)
		return extract(ctx, m, out)
	}
	return src
}

func (t turn) wait(ctx context.Context) error {
	select {
	case <-t:
		return context.Cause(ctx)
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// intake hands the records of several sources to the transformer, one at a time, and none before the account. The graph doesn't
// depend on how they mix.
type intake struct {
	mu      sync.Mutex
	to      *transform.Transformer
	checks  []func(accounts []string) error
	account turn // closed when the account is known, or can't become known any more
	once    sync.Once
}

func (in *intake) known() { in.once.Do(func() { close(in.account) }) }

// take returns what takes a source's records. Names says that the account comes from it.
func (in *intake) take(ctx context.Context, names bool) func(raw.Record) error {
	waited := names
	return func(r raw.Record) error {
		if !waited {
			if err := in.account.wait(ctx); err != nil {
				return err
			}
			waited = true
		}
		a, isAccount := r.(*raw.Account)
		if isAccount { // the first record: better now than after hours
			for _, check := range in.checks {
				if err := check([]string{a.ID}); err != nil {
					return err
				}
			}
			defer in.known()
		}
		in.mu.Lock()
		defer in.mu.Unlock()
		return in.to.Add(r)
	}
}

// extractInto reads the sources, side by side, into the transformer, and each into DATA/raw where that is to be kept. It returns
// their manifests.
func (j *job) extractInto(t *transform.Transformer, from []source) ([]*dataset.Manifest, error) {
	in := &intake{to: t, checks: j.checks, account: make(turn)}
	manifests := make([]*dataset.Manifest, len(from))
	reads := make([]func(context.Context) error, len(from))
	for i, src := range from {
		var keep *rawOutput
		if j.cfg.Keep {
			var err error
			if keep, err = j.rawDir(src.name); err != nil {
				return nil, err
			}
		}
		q, err := j.quarantine("extract-" + src.name)
		if err != nil {
			return nil, err
		}
		names := src.name == spaceliftSource
		if i == 0 && !names { // no source names the account
			in.known()
		}
		reads[i] = func(ctx context.Context) (err error) {
			if names {
				defer in.known()
			}
			add, seen := in.take(ctx, names), (func(*raw.Object) error)(nil)
			if keep != nil {
				seen = keep.seen
				take := add
				add = func(r raw.Record) error { return errors.Join(keep.Record(r), take(r)) }
			}
			manifests[i], err = j.extract(ctx, src, q, add, seen)
			if keep != nil {
				keep.manifest = manifests[i]
			}
			return err
		}
	}
	err := inParallel(j.ctx, len(from), true, func(ctx context.Context, i int) error { return reads[i](ctx) })
	return manifests, err
}

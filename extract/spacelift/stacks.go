package spacelift

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"

	"liftgraph/extract/spacelift/api"
	"liftgraph/internal/raw"
)

// stacks delivers the stacks: by searchStacks, else by the list of all of them.
func (x *extraction) stacks(ctx context.Context, l *listing) error {
	sc := x.begin(l.scope)
	count, p := x.count(ctx, l), x.newPager(l)
	first := p.next(ctx)
	pages := func(ctx context.Context) iter.Seq[page] { return p.from(ctx, first) }
	rows := func() int64 { return p.rows }
	if x.wantsFallback(ctx, first) {
		all := x.readList(ctx, api.Question{Query: "stacks"}, "stacks")
		if all.err != nil {
			all.err = fmt.Errorf("searchStacks: %w; stacks: %w", first.err, all.err)
		}
		x.noteFallback("searchStacks", first.err, "the stacks were read by the list of all of them")
		rows = func() int64 { return int64(len(all.rows)) + all.nulls }
		pages = func(context.Context) iter.Seq[page] { return slices.Values([]page{all}) }
	}
	seen := map[string]bool{} // a stack may come twice because data moved between two pages
	err := x.deliverPages(ctx, sc, l.kind, pages, l.decoder, func(b batch) {
		for _, r := range b.rows {
			if s, ok := r.record.(*raw.Stack); ok && !seen[s.ID] {
				seen[s.ID] = true
				x.known = append(x.known, stackRef{s.ID, s.EntityCount != nil && *s.EntityCount == 0})
			}
		}
	})
	if err != nil {
		return err
	}
	count.check(ctx, sc, rows())
	x.end(sc)
	return nil
}

// deliverPages delivers pages while the next one is under way. note sees each batch first; it may be nil.
func (x *extraction) deliverPages(ctx context.Context, sc *scope, kind raw.Kind, pages func(context.Context) iter.Seq[page], decoder decoder, note func(batch)) error {
	do := func(_ context.Context, p page, emit func(batch) bool) { emit(decode(kind, p, decoder)) }
	return inOrder(ctx, 1, pages, do, func(b batch) error {
		if note != nil {
			note(b)
		}
		return x.deliver(sc, b)
	})
}

// noteFallback says why a list was read in another way; nothing where the schema lacks it, which is named anyway.
func (x *extraction) noteFallback(root string, err error, instead string) {
	if _, lacks := errors.AsType[*api.MissingError](err); lacks {
		x.note("the server has no %s: %s", root, instead)
		return
	}
	x.note("%s was refused (%v): %s", root, err, instead)
}

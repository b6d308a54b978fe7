package spacelift

import (
	"context"
	"encoding/json"
	"iter"
	"slices"

	"liftgraph/internal/raw"
)

// pick takes some rows out of a page, and reports whether further pages may have others. It may be nil.
type pick func(page) (_ page, more bool)

// sinceLast returns the pages down to the runs that the previous extraction knows, without those. Where the list breaks off,
// those below are taken over as they were known. i may be nil.
func (i *increment) sinceLast(pages iter.Seq[page]) iter.Seq[page] {
	if i == nil {
		return pages
	}
	return func(yield func(page) bool) {
		lowest := "\xff" // of the ids so far
		broken := false
		for p := range pages {
			if p.err != nil && !broken {
				broken = true
				i.keep = max(i.keep, lowest)
			}
			for _, r := range p.rows {
				if id := searchedID(r); id != "" {
					lowest = min(lowest, id)
				}
			}
			p, more := i.newer(p, searchedID)
			if !yield(p) || !more {
				return
			}
		}
	}
}

// newer takes the runs out of a page that the previous extraction knows.
func (i *increment) newer(p page, idOf func(json.RawMessage) string) (_ page, more bool) {
	more = !slices.ContainsFunc(p.rows, func(r json.RawMessage) bool { id := idOf(r); return id != "" && id <= i.end })
	return p.without(func(r json.RawMessage) bool { id := idOf(r); return id != "" && id <= i.since }), more
}

// without takes rows out of a page that the previous extraction has, or will have from elsewhere.
func (p page) without(known func(json.RawMessage) bool) page {
	rows := slices.DeleteFunc(slices.Clone(p.rows), known)
	p.known += int64(len(p.rows) - len(rows))
	p.rows = rows
	return p
}

// pickOf returns what is read of a stack's lists, stack by stack. i may be nil.
func (i *increment) pickOf(stack string) pick {
	if i == nil || i.isWhole[stack] {
		return nil
	}
	return func(p page) (page, bool) { return i.newer(p, idOf) }
}

// searchSince goes on after the runs that began since the previous extraction: with those of stacks that weren't listed then,
// by their own lists, and with those that are known.
func (x *extraction) searchSince(ctx context.Context, sc *scope, i *increment) error {
	older := func(ctx context.Context, stack string, emit func(batch) bool) {
		x.runLists(ctx, stack, func(p page) (page, bool) {
			return p.without(func(r json.RawMessage) bool { return idOf(r) > i.since }), true
		}, emit)
	}
	stacks := i.whole
	if i.since == "" { // then the search had them too
		stacks = nil
	}
	if err := x.byStack(ctx, sc, slices.Values(stacks), i.lost, older); err != nil {
		return err
	}
	return x.carryOver(ctx, sc, i, func(r *raw.Run) bool {
		return r.ID >= i.keep || i.isWhole[r.StackID] && (!i.lost.has(r.StackID) || i.lost.read(r.StackID, r.ID))
	})
}

// listsSince does the same where the runs are read stack by stack.
func (x *extraction) listsSince(ctx context.Context, sc *scope, i *increment) error {
	lists := func(ctx context.Context, stack string, emit func(batch) bool) {
		x.runLists(ctx, stack, i.pickOf(stack), emit)
	}
	if i == nil {
		return x.byStack(ctx, sc, slices.Values(x.known), nil, lists)
	}
	if err := x.byStack(ctx, sc, slices.Values(x.known), i.lost, lists); err != nil {
		return err
	}
	return x.carryOver(ctx, sc, i, func(r *raw.Run) bool {
		switch {
		case r.IsModule || r.StackID == "": // which are in no stack's lists
			return true
		case i.lost.has(r.StackID):
			return i.lost.read(r.StackID, r.ID)
		default:
			return r.ID > i.since && i.list[r.StackID] || i.isWhole[r.StackID]
		}
	})
}

package spacelift

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"

	"liftgraph/internal/dataset"
	"liftgraph/internal/raw"
)

// chunk is how many runs are taken over at once.
const chunk = 1000

// finalStates are those that a run doesn't leave (https://docs.spacelift.io/concepts/run).
var finalStates = []string{"FINISHED", "FAILED", "CANCELED", "DISCARDED", "STOPPED", "SKIPPED"}

// mayChange reports whether a run has to be read again, and can be: those of modules can't be asked for one by one.
func mayChange(r *raw.Run) bool {
	done := r.State != nil && slices.Contains(finalStates, *r.State) && len(r.Unread) == 0
	return !done && !r.IsModule && r.StackID != ""
}

// carryOver delivers the runs that the previous extraction knows, in their order: those that were unfinished then as they are
// now, the others as they were. Those for which read answers true were read already, or would not be there.
func (x *extraction) carryOver(ctx context.Context, sc *scope, i *increment, read func(*raw.Run) bool) error {
	allStacks := !slices.ContainsFunc(x.report.Scopes, func(s dataset.Scope) bool { return s.Scope == scopeStacks && !s.Complete })
	var broken error // of what was published; to be looked at when all is done
	taken := func(ctx context.Context) iter.Seq[[]*raw.Run] {
		return func(yield func([]*raw.Run) bool) {
			var runs []*raw.Run
			again := 0
			for rec, err := range i.previous.Records(raw.KindRun) {
				if err != nil {
					broken = fmt.Errorf("the runs of the last extraction: %w", err)
					return
				}
				r := rec.(*raw.Run)
				if read(r) || i.gone(r, allStacks) {
					continue
				}
				if runs = append(runs, r); mayChange(r) {
					again++
				}
				if len(runs) == chunk || again == detailRuns {
					if !yield(runs) || ctx.Err() != nil {
						return
					}
					runs, again = nil, 0
				}
			}
			if len(runs) > 0 {
				yield(runs)
			}
		}
	}
	kept, stale, asked := int64(0), failures{}, int64(0)
	err := inOrder(ctx, x.cfg.Workers, taken, x.asNow, func(c carried) error {
		asked += c.asked
		stale.add(c.failed.runs, c.failed.cause)
		x.counted.add(c.details)
		for _, r := range c.runs {
			x.report.Ledger.In++
			if err := x.take(sc, r); err != nil {
				return err
			}
		}
		kept += int64(len(c.runs))
		return nil
	})
	if err = errors.Join(broken, err); err != nil {
		return err
	}
	if stale.runs > 0 {
		sc.fail(fmt.Errorf("%d of %d runs that weren't finished yet could not be read again, at first: %w", stale.runs, asked, stale.cause))
		sc.elsewhere++ // they will be tried again whatever the watermark says
	}
	sc.kept = sc.problems > 0
	x.note("%d runs were taken over from the last extraction, %d of which weren't finished then and were read again", kept, asked)
	return nil
}

// carried is runs that are taken over.
type carried struct {
	runs    []*raw.Run
	asked   int64
	failed  failures
	details detailCount
}

// asNow reads the unfinished ones of some runs again.
func (x *extraction) asNow(ctx context.Context, runs []*raw.Run, emit func(carried) bool) {
	c := carried{}
	var again []*rerun
	for _, r := range runs {
		if mayChange(r) {
			again = append(again, &rerun{was: r})
		}
	}
	c.asked = int64(len(again))
	x.reread(ctx, again)
	var rows []row
	for _, a := range again {
		if a.err != nil {
			c.failed.add(1, a.err)
		} else if a.now != nil {
			rows = append(rows, row{record: a.now})
		}
	}
	c.details = x.details.fill(ctx, rows)
	for _, r := range runs {
		if !mayChange(r) {
			c.runs = append(c.runs, r)
			continue
		}
		if now := again[0].outcome(); now != nil {
			c.runs = append(c.runs, now)
		}
		again = again[1:]
	}
	emit(c)
}

package spacelift

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"

	"liftgraph/extract/spacelift/api"
	"liftgraph/internal/raw"
)

const (
	detailRuns     = 25      // runs of which details are asked for at once
	detailBytes    = 8 << 20 // an answer longer than this asks for fewer
	detailAttempts = 3       // before fewer are asked for
	detailFailures = 100     // runs in a row after which no more are tried
	logPages       = 5       // pages of a log in which the handover is looked for
)

// detailReader reads what the list doesn't tell of a run: who confirmed it, and which workers executed it.
type detailReader struct {
	client  *api.Client
	query   string // "" for no details
	runs    atomic.Int32
	failing atomic.Int32 // runs in a row
	cause   atomic.Value // error of those
}

func newDetailReader(c *api.Client, want RunDetails) *detailReader {
	d := &detailReader{client: c}
	d.runs.Store(detailRuns)
	switch want {
	case AllDetails:
		d.query = "run_details"
	case HistoryDetails:
		d.query = "run_history"
	case NoDetails:
	}
	return d
}

// fill adds the details to the runs among the rows. Modules and hidden stacks can't be asked for theirs.
func (d *detailReader) fill(ctx context.Context, rows []row) detailCount {
	var count detailCount
	if d.query == "" {
		return count
	}
	var runs []*raw.Run
	for _, r := range rows {
		run, ok := r.record.(*raw.Run)
		switch {
		case !ok || run.IsModule:
		case run.StackID == "":
			count.hidden++
		default:
			runs = append(runs, run)
		}
	}
	for len(runs) > 0 {
		n := min(int(d.runs.Load()), len(runs))
		d.ask(ctx, runs[:n], &count)
		runs = runs[n:]
	}
	return count
}

// ask reads the details of some runs at once, or of each half where that is too much.
func (d *detailReader) ask(ctx context.Context, runs []*raw.Run, count *detailCount) {
	if d.failing.Load() >= detailFailures {
		d.unread(runs, true, true)
		count.fail(len(runs), fmt.Errorf("given up after %d runs in a row: %w", detailFailures, d.cause.Load().(failure).error))
		return
	}
	q := api.Question{Query: d.query, Variables: detailVariables(runs), Text: api.Repeated(len(runs)), Shrinks: len(runs) > 1}
	if q.Shrinks {
		q.Attempts = detailAttempts
	}
	answer, size, err := d.client.Ask(ctx, q)
	if answer != nil {
		d.adjust(len(runs), size)
		d.read(ctx, runs, answer, err, count)
		return
	}
	_, over := errors.AsType[*api.OverError](err)
	_, forbidden := errors.AsType[*api.ForbiddenError](err)
	_, byStatus := errors.AsType[*api.StatusError](err) // of a proxy, say, that doesn't like long requests
	_, lacks := errors.AsType[*api.MissingError](err)
	switch {
	case len(runs) == 1 && api.NotFound(err):
		count.asked++
		count.gone++
	case lacks:
		count.asked += int64(len(runs))
	case len(runs) > 1 && !over && (!forbidden || byStatus) && ctx.Err() == nil:
		half := len(runs) / 2
		d.runs.Store(int32(half))
		d.ask(ctx, runs[:half], count)
		d.ask(ctx, runs[half:], count)
	default:
		d.failed(len(runs), err)
		d.unread(runs, true, true)
		count.fail(len(runs), err)
	}
}

// unread marks runs of which something could not be read.
func (d *detailReader) unread(runs []*raw.Run, history, logs bool) {
	for _, r := range runs {
		if history {
			r.Unread = append(r.Unread, raw.UnreadHistory)
		}
		if logs && d.query == "run_details" {
			r.Unread = append(r.Unread, raw.UnreadLogs)
		}
	}
}

// failure wraps an error for an [atomic.Value], which wants one type.
type failure struct{ error }

func (d *detailReader) failed(runs int, cause error) {
	d.cause.Store(failure{cause})
	d.failing.Add(int32(runs))
}

// adjust asks for fewer runs at once after a long answer, and for one more after a short one.
func (d *detailReader) adjust(runs, size int) {
	now := d.runs.Load()
	switch {
	case size > detailBytes:
		d.runs.CompareAndSwap(now, int32(max(1, runs/2)))
	case now < detailRuns && size < detailBytes/2:
		d.runs.CompareAndSwap(now, now+1)
	}
}

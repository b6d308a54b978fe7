package spacelift

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync/atomic"

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
	client  *client
	query   string // "" for no details
	runs    atomic.Int32
	failing atomic.Int32 // runs in a row
	cause   atomic.Value // error of those
}

func newDetailReader(c *client, want RunDetails) *detailReader {
	d := &detailReader{client: c}
	d.runs.Store(detailRuns)
	switch want {
	case AllDetails:
		d.query = "run_details"
	case HistoryDetails:
		d.query = "run_history"
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
		count.fail(len(runs), fmt.Errorf("given up after %d runs in a row: %w", detailFailures, d.cause.Load().(failure).error))
		return
	}
	q := question{query: d.query, variables: detailVariables(runs), text: repeated(len(runs)), shrinks: len(runs) > 1}
	if q.shrinks {
		q.attempts = detailAttempts
	}
	answer, size, err := d.client.ask(ctx, q)
	if answer != nil {
		d.adjust(len(runs), size)
		d.read(ctx, runs, answer, err, count)
		return
	}
	_, over := errors.AsType[*overError](err)
	_, forbidden := errors.AsType[*forbiddenError](err)
	_, lacks := errors.AsType[*missingError](err)
	switch {
	case lacks:
		count.asked += int64(len(runs))
	case len(runs) > 1 && !over && !forbidden && ctx.Err() == nil:
		half := len(runs) / 2
		d.runs.Store(int32(half))
		d.ask(ctx, runs[:half], count)
		d.ask(ctx, runs[half:], count)
	default:
		d.failed(len(runs), err)
		count.fail(len(runs), err)
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

// runDetail is the answer for one run.
type runDetail struct {
	Run *struct {
		History   []*transition `json:"history"`
		Preparing *runLogs      `json:"preparing"`
		Applying  *runLogs      `json:"applying"`
	} `json:"run"`
}

type transition struct {
	State     string  `json:"state"`
	Timestamp *int64  `json:"timestamp"`
	Username  *string `json:"username"`
}

func (d *detailReader) read(ctx context.Context, runs []*raw.Run, answer data, err error, count *detailCount) {
	partial, _ := errors.AsType[*answerError](err)
	for i, run := range runs {
		count.asked++
		var detail *runDetail
		problem := partial.of(alias(i))
		if bad := json.Unmarshal(answer[alias(i)], &detail); bad != nil {
			problem = orElse(problem, bad)
		}
		if detail != nil && detail.Run != nil {
			problem = orElse(problem, d.keep(ctx, run, detail, count))
		} else if problem == nil {
			count.gone++
		}
		if problem != nil {
			d.failed(1, problem)
			count.failed++
			count.cause = orElse(count.cause, problem)
		} else {
			d.failing.Store(0)
		}
	}
}

// keep adds to a run what its details tell.
func (d *detailReader) keep(ctx context.Context, run *raw.Run, detail *runDetail, count *detailCount) error {
	for _, t := range detail.Run.History {
		if t != nil && t.Username != nil && *t.Username != "" {
			run.History = append(run.History, raw.Transition{State: t.State, Timestamp: t.Timestamp, Username: *t.Username})
		}
	}
	var problem error
	expired, exists := false, false
	for _, phase := range []struct {
		state string
		logs  *runLogs
	}{{"PREPARING", detail.Run.Preparing}, {"PREPARING_APPLY", detail.Run.Applying}} {
		if phase.logs == nil {
			continue
		}
		exists = exists || phase.logs.Exists == nil || *phase.logs.Exists
		expired = expired || phase.logs.Expired != nil && *phase.logs.Expired
		worker, err := d.followed(ctx, run, phase.state, phase.logs)
		worker.addTo(run)
		problem = orElse(problem, err)
	}
	if len(run.Workers) == 0 && problem == nil && d.query == "run_details" {
		count.workerless(expired, exists)
	}
	return problem
}

// followed gives the worker that a log names, on its first pages if not on the one at hand.
func (d *detailReader) followed(ctx context.Context, run *raw.Run, state string, logs *runLogs) (handover, error) {
	for range logPages - 1 {
		if logs.Worker.id != "" || !logs.HasMore || logs.NextToken == nil || *logs.NextToken == "" {
			break
		}
		answer, _, err := d.client.ask(ctx, question{query: "run_logs", variables: map[string]any{
			"stack": run.StackID, "run": run.ID, "state": state, "token": *logs.NextToken,
		}})
		if answer == nil {
			return logs.Worker, err
		}
		var next struct {
			Run *struct {
				Logs *runLogs `json:"logs"`
			} `json:"run"`
		}
		if bad := json.Unmarshal(answer["stack"], &next); bad != nil || err != nil {
			return logs.Worker, orElse(err, bad)
		}
		if next.Run == nil || next.Run.Logs == nil {
			break
		}
		logs = next.Run.Logs
	}
	return logs.Worker, nil
}

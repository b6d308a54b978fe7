package spacelift

import (
	"context"
	"encoding/json"
	"errors"

	"liftgraph/extract/spacelift/api"
	"liftgraph/internal/raw"
)

// runDetail is the answer for one run.
type runDetail struct {
	Run *runDetails `json:"run"`
}

type runDetails struct {
	History []*transition `json:"history"`
	runPhases
}

// runPhases are the logs that name a run's workers.
type runPhases struct {
	Preparing *runLogs `json:"preparing"`
	Applying  *runLogs `json:"applying"`
}

type transition struct {
	State     string  `json:"state"`
	Timestamp *int64  `json:"timestamp"`
	Until     *int64  `json:"until"`
	Username  *string `json:"username"`
}

func (d *detailReader) read(ctx context.Context, runs []*raw.Run, answer api.Data, err error, count *detailCount) {
	partial, _ := errors.AsType[*api.AnswerError](err)
	for i, run := range runs {
		count.asked++
		var detail *runDetail
		problem := partial.Of(api.Alias(i))
		if bad := json.Unmarshal(answer[api.Alias(i)], &detail); bad != nil {
			problem = api.OrElse(problem, bad)
		}
		if detail != nil && detail.Run != nil {
			problem = api.OrElse(problem, d.keep(ctx, run, detail, count))
		} else if problem == nil || api.NotFound(problem) {
			problem = nil
			count.gone++
		}
		if problem == nil {
			d.failing.Store(0)
			continue
		}
		d.failed(1, problem)
		history, logs := concerns(problem)
		if detail == nil || detail.Run == nil {
			history, logs = true, true
		}
		d.unread(runs[i:i+1], history, logs)
		if history {
			count.history.add(1, problem)
		}
		if logs {
			count.logs.add(1, problem)
		}
	}
}

// concerns reports whether a problem with a run's details is one with its history, its logs, or both.
func concerns(problem error) (history, logs bool) {
	if _, ok := errors.AsType[*logError](problem); ok {
		return false, true
	}
	e, ok := errors.AsType[*api.AnswerError](problem)
	if !ok {
		return true, true
	}
	const field = 2 // of the path: alias, run, field
	for _, m := range e.Messages {
		whole := len(m.Path) <= field
		history = history || whole || m.Path[field] == "history"
		logs = logs || whole || m.Path[field] != "history"
	}
	return history, logs
}

// logError is one that came when a log was read on.
type logError struct{ cause error }

func (e *logError) Error() string { return e.cause.Error() }
func (e *logError) Unwrap() error { return e.cause }

// keep adds to a run what its details tell.
func (d *detailReader) keep(ctx context.Context, run *raw.Run, detail *runDetail, count *detailCount) error {
	var times raw.RunTimes
	for _, t := range detail.Run.History {
		if t != nil && t.Timestamp != nil {
			times.Came(t.State, *t.Timestamp)
		}
		if t != nil && t.Username != nil && *t.Username != "" {
			run.History = append(run.History, raw.Transition{State: t.State, Timestamp: t.Timestamp, Until: t.Until, Username: *t.Username})
		}
	}
	if times != (raw.RunTimes{}) {
		run.Times = &times
	}
	var problem error
	expired, exists := false, false
	for _, phase := range []struct {
		state, name string
		logs        *runLogs
	}{{"PREPARING", raw.PhasePlan, detail.Run.Preparing}, {"PREPARING_APPLY", raw.PhaseApply, detail.Run.Applying}} {
		if phase.logs == nil {
			continue
		}
		exists = exists || phase.logs.Exists == nil || *phase.logs.Exists
		expired = expired || phase.logs.Expired != nil && *phase.logs.Expired
		worker, err := d.followed(ctx, run, phase.state, phase.logs)
		worker.addTo(run, phase.name)
		if err != nil {
			problem = api.OrElse(problem, &logError{err})
		}
	}
	if len(run.Workers) == 0 && problem == nil && d.query == "run_details" {
		count.workerless(expired, exists)
	}
	return problem
}

// followed returns the worker that a log names, on its first pages if not on the one at hand.
func (d *detailReader) followed(ctx context.Context, run *raw.Run, state string, logs *runLogs) (handover, error) {
	for range logPages - 1 {
		if logs.Worker.id != "" || !logs.HasMore || logs.NextToken == nil || *logs.NextToken == "" {
			break
		}
		answer, _, err := d.client.Ask(ctx, api.Question{Query: "run_logs", Variables: map[string]any{
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
			return logs.Worker, api.OrElse(err, bad)
		}
		if next.Run == nil || next.Run.Logs == nil {
			break
		}
		logs = next.Run.Logs
	}
	return logs.Worker, nil
}

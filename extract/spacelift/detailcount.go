package spacelift

import (
	"errors"
	"fmt"

	"liftgraph/extract/spacelift/api"
)

// detailCount says how the reading of details went.
type detailCount struct {
	asked         int64
	history, logs failures
	gone          int64 // runs that aren't there one by one, though they were listed
	hidden        int64 // runs of stacks that the token may not see
	expired       int64 // runs whose worker isn't known because the logs have expired
	silent        int64 // runs whose logs name no worker
}

// failures counts the runs of which something could not be read.
type failures struct {
	runs  int64
	cause error // of the first
}

func (f *failures) add(runs int64, cause error) {
	f.runs += runs
	f.cause = api.OrElse(f.cause, cause)
}

// fail counts runs that were asked for their details in vain.
func (c *detailCount) fail(runs int, cause error) {
	c.asked += int64(runs)
	c.history.add(int64(runs), cause)
	c.logs.add(int64(runs), cause)
}

// workerless counts a run of which no log names a worker. One that has no logs never came to a worker.
func (c *detailCount) workerless(expired, exists bool) {
	if expired {
		c.expired++
	} else if exists {
		c.silent++
	}
}

func (c *detailCount) add(other detailCount) {
	c.asked += other.asked
	c.history.add(other.history.runs, other.history.cause)
	c.logs.add(other.logs.runs, other.logs.cause)
	c.gone += other.gone
	c.hidden += other.hidden
	c.expired += other.expired
	c.silent += other.silent
}

// endDetails enters the details in the report, histories and logs each for themselves. What was not asked for has no scope:
// nothing can be said about the edges that come of it. Details can't be complete where the runs aren't.
func (x *extraction) endDetails(allRuns bool) {
	c := x.counted
	if x.cfg.RunDetails == NoDetails {
		x.note("runs were read without their details: the graph lacks EXECUTED edges, and CONFIRMED edges come of who triggered a run only")
		return
	}
	if x.cfg.RunDetails == HistoryDetails {
		x.note("runs were read without their logs: the graph lacks EXECUTED edges")
	}
	for _, n := range []struct {
		runs int64
		text string
	}{
		{c.expired, "runs whose logs have expired, so that the workers that executed them aren't known: %d"},
		{c.silent, "runs whose logs name no worker: %d"},
		{c.gone, "runs without details, as they were listed but could not be found one by one: %d"},
		{c.hidden, "runs without details, as the token may not see their stack: %d"},
	} {
		if n.runs > 0 {
			x.note(n.text, n.runs)
		}
	}
	x.endDetail(scopeDetails, "histories", c.history, allRuns)
	if x.cfg.RunDetails == AllDetails {
		x.endDetail(scopeLogs, "logs", c.logs, allRuns)
	}
}

func (x *extraction) endDetail(name, what string, f failures, allRuns bool) {
	sc := &scope{name: name, records: x.counted.asked - f.runs}
	if f.runs > 0 {
		sc.fail(fmt.Errorf("the %s of %d of %d runs could not be read, at first: %w", what, f.runs, x.counted.asked, f.cause))
	}
	if !allRuns {
		sc.fail(errors.New("the list of runs is incomplete"))
	}
	x.end(sc)
}

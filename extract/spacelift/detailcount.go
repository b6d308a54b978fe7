package spacelift

import (
	"errors"
	"fmt"
)

// detailCount says how the reading of details went.
type detailCount struct {
	asked, failed int64
	cause         error // of the first that failed
	gone          int64 // runs that aren't there one by one, though they were listed
	hidden        int64 // runs of stacks that the token may not see
	expired       int64 // runs whose worker isn't known because the logs have expired
	silent        int64 // runs whose logs name no worker
}

func (c *detailCount) fail(runs int, cause error) {
	c.asked += int64(runs)
	c.failed += int64(runs)
	c.cause = orElse(c.cause, cause)
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
	c.failed += other.failed
	c.cause = orElse(c.cause, other.cause)
	c.gone += other.gone
	c.hidden += other.hidden
	c.expired += other.expired
	c.silent += other.silent
}

// endDetails enters the details in the report. Where none were asked for there is no scope: nothing can be said about
// the edges that come of them. Details can't be complete where the runs aren't.
func (x *extraction) endDetails(allRuns bool) {
	c := x.counted
	if x.cfg.RunDetails == NoDetails {
		x.note("runs were read without their details: the graph lacks EXECUTED edges, and CONFIRMED edges come of who triggered a run only")
		return
	}
	sc := &scope{name: scopeDetails, records: c.asked - c.failed}
	if c.failed > 0 {
		sc.fail(fmt.Errorf("the details of %d of %d runs could not be read, at first: %w", c.failed, c.asked, c.cause))
	}
	if !allRuns {
		sc.fail(errors.New("the list of runs is incomplete"))
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
	x.end(sc)
}

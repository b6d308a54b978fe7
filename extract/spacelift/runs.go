package spacelift

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"slices"

	"liftgraph/internal/raw"
)

// runs delivers the runs, each with its details: by searchRuns, newest first, else stack by stack.
func (x *extraction) runs(ctx context.Context, l *listing) error {
	sc := x.begin(l.scope)
	known, err := x.goOn(ctx)
	if err != nil {
		return err
	}
	count, p := &rowCount{before: -1}, x.newRunPager(l)
	if known == nil {
		count = x.count(ctx, l)
	}
	p.newestFirst = x.client.Queries.Orders()
	first := p.next(ctx)
	if x.wantsFallback(ctx, first) {
		x.noteFallback("searchRuns", first.err, "the runs were read stack by stack")
		err = x.listsSince(ctx, sc, known)
	} else {
		if known != nil && !p.newestFirst {
			x.note("nothing was taken over from the last extraction, as the server doesn't order runs: all were read")
			known = nil
		}
		if err = x.searchRuns(ctx, sc, l, p, first, known); err == nil {
			count.check(ctx, sc, p.rows)
		}
	}
	if err != nil {
		return err
	}
	if x.pageSize = p.most; p.grows || p.tried { // it was never found out
		x.pageSize = 0
	}
	until := int64(0)
	if sc.problems == sc.elsewhere {
		until = x.runsUntil()
	} else if known != nil {
		until = x.cfg.Previous.Manifest.Watermarks[runsWatermark+x.cfg.Endpoint]
	}
	x.report.Watermarks = map[string]int64{runsWatermark + x.cfg.Endpoint: until}
	x.end(sc)
	x.endDetails(sc.problems == 0)
	return nil
}

// searchRuns delivers the runs by pages, and then those that began in the meantime: entities were read before, and
// events are read after, so that they name runs that the first page didn't have yet. What is known may be nil.
func (x *extraction) searchRuns(ctx context.Context, sc *scope, l *listing, p *pager, first page, known *increment) error {
	if err := x.deliverRuns(ctx, sc, func(ctx context.Context) iter.Seq[page] { return known.sinceLast(p.from(ctx, first)) }); err != nil {
		return err
	}
	if known != nil {
		if err := x.searchSince(ctx, sc, known); err != nil {
			return err
		}
	}
	if !p.newestFirst {
		x.note("the server doesn't order runs: those that began during the extraction may be missing")
		return nil
	}
	if x.client.IsOver() {
		return nil
	}
	head := x.newPager(l)
	head.newestFirst = true
	return x.deliverRuns(ctx, sc, func(ctx context.Context) iter.Seq[page] {
		return newerThan(first.rows, head.from(ctx, head.next(ctx)))
	})
}

func (x *extraction) deliverRuns(ctx context.Context, sc *scope, pages func(context.Context) iter.Seq[page]) error {
	do := func(ctx context.Context, p page, emit func(batch) bool) {
		b := decode(raw.KindRun, p, searchedRun)
		b.details = x.details.fillFrom(ctx, p, b.rows)
		emit(b)
	}
	return inOrder(ctx, x.cfg.Workers, pages, do, func(b batch) error { return x.deliver(sc, b) })
}

// newerThan returns the pages down to the first row that first, the first page of before, has. A run that is older than
// the newest there ends them too: that one may be gone.
func newerThan(first []json.RawMessage, pages iter.Seq[page]) iter.Seq[page] {
	id, had := newest(first), map[string]bool{}
	for _, r := range first {
		had[rowKey(r)] = true
	}
	return func(yield func(page) bool) {
		for p := range pages {
			known := slices.IndexFunc(p.rows, func(r json.RawMessage) bool {
				run := searchedID(r)
				return had[rowKey(r)] || run != "" && id != "" && began(run) < began(id)
			})
			if known >= 0 {
				p.rows, p.nulls = p.rows[:known], 0
			}
			if !yield(p) || known >= 0 {
				return
			}
		}
	}
}

// rowKey returns what a row is recognized by when it comes again: the run's id, usable or not, else all of it.
func rowKey(r json.RawMessage) string {
	var node struct {
		Run struct {
			ID string `json:"id"`
		} `json:"run"`
	}
	if json.Unmarshal(r, &node) != nil || node.Run.ID == "" {
		return string(r)
	}
	return node.Run.ID
}

// newest returns the newest run's id on a page, "" on one that has no usable id.
func newest(rows []json.RawMessage) string {
	id := ""
	for _, r := range rows {
		id = max(id, searchedID(r))
	}
	return id
}

func searchedID(r json.RawMessage) string {
	var node struct {
		Run ref `json:"run"`
	}
	if json.Unmarshal(r, &node) != nil || !raw.IsRunID(node.Run.ID) {
		return ""
	}
	return node.Run.ID
}

// runNode is a run as the API returns it.
type runNode struct {
	raw.Run
	Worker    *ref `json:"worker"` // where the schema has it
	DependsOn []*struct {
		ID  string `json:"id"`
		Run *ref   `json:"run"`
	} `json:"dependsOn"`
}

func (n *runNode) record() (raw.Record, error) {
	r := &n.Run
	if !raw.IsRunID(r.ID) {
		return nil, &unusable{"invalid_id", fmt.Sprintf("%.60q is no run's id", r.ID), r}
	}
	if r.Commit != nil && r.Commit.Hash == "" {
		r.Commit = nil
	}
	if worker := n.Worker.id(); worker != nil {
		r.Workers = []raw.RunWorker{{ID: *worker}}
	}
	r.DependsOn = nil
	for _, d := range n.DependsOn {
		if d == nil {
			continue
		}
		if id := d.Run.id(); id != nil {
			r.DependsOn = append(r.DependsOn, *id)
		} else if raw.IsRunID(d.ID) { // the run's, as far as is known
			r.DependsOn = append(r.DependsOn, d.ID)
		}
	}
	return r, nil
}

// searchedRun decodes a row of searchRuns. The stack of a module's test run is the module; it is null where it is hidden.
func searchedRun(r json.RawMessage) (raw.Record, error) {
	var node struct {
		IsModule bool     `json:"isModule"`
		Stack    *ref     `json:"stack"`
		Run      *runNode `json:"run"`
	}
	if err := json.Unmarshal(r, &node); err != nil {
		return nil, err
	}
	if node.Run == nil {
		return nil, errNullRow
	}
	node.Run.IsModule = node.IsModule
	if stack := node.Stack.id(); stack != nil {
		node.Run.StackID = *stack
	}
	return node.Run.record()
}

// runOf returns the decoder of a stack's lists.
func runOf(stack string) decoder {
	return func(r json.RawMessage) (raw.Record, error) {
		node := new(runNode)
		if err := json.Unmarshal(r, node); err != nil {
			return nil, err
		}
		node.StackID = stack
		return node.record()
	}
}

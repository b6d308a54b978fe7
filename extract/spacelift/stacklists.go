package spacelift

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"slices"

	"liftgraph/extract/spacelift/api"
	"liftgraph/internal/dataset"
	"liftgraph/internal/raw"
)

// maxStackScopes bounds how many stacks that failed are named one by one.
const maxStackScopes = 1000

// byStack reads lists of each stack, several stacks at a time, and delivers them in the order of the stacks. Each stack
// that fails is a scope of its own, and is reported to lost, which may be nil; sum is that of all of them.
func (x *extraction) byStack(ctx context.Context, sum *scope, stacks iter.Seq[stackRef], lost *lostStacks, read func(ctx context.Context, stack string, emit func(batch) bool)) error {
	asked := 0
	jobs := func(context.Context) iter.Seq[stackRef] {
		return func(yield func(stackRef) bool) {
			for s := range stacks {
				asked++
				if !yield(s) {
					return
				}
			}
		}
	}
	do := func(ctx context.Context, s stackRef, emit func(batch) bool) { read(ctx, s.id, emit) }
	var failed []*scope
	err := inOrder(ctx, x.cfg.Workers, jobs, do, func(b batch) error {
		problem := b.err
		b.err = nil
		lost.saw(b, problem != nil)
		_, over := errors.AsType[*api.OverError](problem)
		_, lacks := errors.AsType[*api.MissingError](problem) // for every stack alike
		if over || lacks {
			if sum.problems == 0 {
				sum.fail(problem)
			}
		} else if problem != nil {
			if len(failed) == 0 || failed[len(failed)-1].stack != b.stack {
				failed = append(failed, &scope{name: sum.name, stack: b.stack})
			}
			failed[len(failed)-1].fail(problem)
		}
		return x.deliver(sum, b)
	})
	if err != nil {
		return err
	}
	for _, f := range failed[:min(len(failed), maxStackScopes)] {
		x.end(f)
	}
	if len(failed) > 0 {
		sum.fail(fmt.Errorf("%d of %d stacks could not be read completely, first %s: %s", len(failed), asked, failed[0].stack, failed[0].first.Error()))
		if len(failed) <= maxStackScopes {
			sum.byStack++
			sum.elsewhere++
		}
	}
	if slices.ContainsFunc(x.report.Scopes, func(s dataset.Scope) bool { return s.Scope == scopeStacks && !s.Complete }) {
		sum.fail(errors.New("the list of stacks is incomplete, and this was read stack by stack"))
		sum.elsewhere++
	}
	return nil
}

// entityLists reads a stack's entities, all in one response.
func (x *extraction) entityLists(ctx context.Context, stack string, emit func(batch) bool) {
	p := x.readList(ctx, api.Question{Query: "stack_entities", Variables: map[string]any{"stack": stack}}, "stack", "entities")
	b := decode(raw.KindEntity, p, entityOf(stack))
	b.stack = stack
	emit(b)
}

// runLists are a stack's lists of runs, which share none: tracked, proposed, tasks.
var runLists = []struct{ query, field string }{
	{"stack_runs", "runs"}, {"stack_proposed_runs", "proposedRuns"}, {"stack_tasks", "tasks"},
}

// runLists reads a stack's runs, list by list, each with its details: all of them, or those that chosen leaves.
func (x *extraction) runLists(ctx context.Context, stack string, chosen pick, emit func(batch) bool) {
	for _, list := range runLists {
		for p := range x.runPages(ctx, stack, list.query, list.field) {
			more := true
			if chosen != nil {
				p, more = chosen(p)
			}
			b := decode(raw.KindRun, p, runOf(stack))
			b.stack = stack
			b.details = x.details.fill(ctx, b.rows)
			if !emit(b) {
				return
			}
			if !more {
				break
			}
		}
	}
}

// runPages reads one of a stack's lists, newest first: a page's cursor is the id of its last run, and the page after
// the last one is empty.
func (x *extraction) runPages(ctx context.Context, stack, query, field string) iter.Seq[page] {
	return func(yield func(page) bool) {
		var seen loop
		for before := ""; ; {
			q := api.Question{Query: query, Variables: map[string]any{"stack": stack}, Text: api.After(before)}
			p := x.readList(ctx, q, "stack", field)
			if len(p.rows)+int(p.nulls) == 0 && p.err == nil {
				return
			}
			last := lastID(p.rows)
			stop := p.err != nil && len(p.rows) == 0
			switch {
			case stop:
			case !raw.IsRunID(last):
				p.err = api.OrElse(p.err, fmt.Errorf("a page of %s ends with the id %.60q, from which it can't go on", field, last))
				stop = true
			case seen.closed(last):
				p.err = api.OrElse(p.err, fmt.Errorf("%s gave the run %s as a page's last again: its pages go round in a circle", field, last))
				stop = true
			}
			if !yield(p) || stop || ctx.Err() != nil {
				return
			}
			before = last
		}
	}
}

// lastID returns the id of the last row, "" where it has none.
func lastID(rows []json.RawMessage) string {
	if len(rows) == 0 {
		return ""
	}
	return idOf(rows[len(rows)-1])
}

// idOf returns a row's id, "" where it has none.
func idOf(r json.RawMessage) string {
	var node ref
	if json.Unmarshal(r, &node) != nil {
		return ""
	}
	return node.ID
}

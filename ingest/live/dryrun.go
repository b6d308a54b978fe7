package live

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"liftgraph/graph"
	"liftgraph/graph/cypher"
	"liftgraph/ingest/stale"
	"liftgraph/query/diff"
)

// dryRun compares the graph with the directory and plans what a load would do, by the same rules as a load's. It reads from
// the graph all of this account, and changes nothing.
func (l *live) dryRun(ctx context.Context) (err error) {
	plan := l.newPlan()
	l.report.Plan = plan
	q := l.staleQuery()
	q.All = true
	temp, err := l.temp()
	if err != nil {
		return err
	}
	s := stale.NewSweep(l.model, q.Cover, temp)
	defer func() { err = errors.Join(err, s.Close()) }()
	for _, t := range l.model.Tables() {
		compare := l.compareByKeys
		if q.Candidates(t) != "" {
			compare = func(ctx context.Context, t *graph.Table, c *diff.Counts) error { return l.compareAll(ctx, q, s, t, c) }
		} else if stale.IsClaim(t) {
			continue // with its nodes
		}
		if err := compare(ctx, t, plan.Changes[t]); err != nil {
			return err
		}
	}
	for _, t := range l.model.Tables() {
		if stale.IsClaim(t) {
			node, _ := l.model.Table(string(t.Relationship.To))
			plan.Changes[t].Added = plan.Changes[node].Added
		}
	}
	if !l.cfg.KeepStale && !l.older {
		if err := s.Decide(); err != nil {
			return err
		}
		for t, n := range s.Counts {
			plan.Changes[t].Removed = n
		}
		plan.Kept = q.Cover.Kept(l.model)
	}
	if l.cfg.Plan != nil {
		return l.cfg.Plan(plan)
	}
	return nil
}

// compareAll merges the rows of a table that the graph has for this account with those of the directory. What the directory
// lacks goes to the sweep.
func (l *live) compareAll(ctx context.Context, q *stale.Query, s *stale.Sweep, t *graph.Table, counts *diff.Counts) (err error) {
	sorter := s.Sorter()
	defer func() { err = errors.Join(err, sorter.Close()) }()
	row := make(graph.Row, len(t.Columns))
	var key, value []byte
	err = l.candidates(ctx, q, t, func(c *stale.Candidate, values []any) error {
		fill(row, t, c.Keys[:t.IDs()], values)
		for i := range t.IDs() {
			row[i] = graph.Text(l.spelled.ours(t, i, c.Keys[i]))
		}
		key = t.AppendKey(key[:0], row)
		value = graph.AppendRow(c.Append(value[:0]), row, t.Columns)
		return sorter.Add(key, value)
	})
	if err != nil {
		return err
	}
	graphRows, err := sorter.Cursor()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, graphRows.Err(), graphRows.Close()) }()
	m := &comparison{table: t, counts: counts, absent: s.Add, there: graphRows, row: row}
	if t.Relationship != nil && l.mayMiss(t) {
		m.added = l.endsThere(ctx, t, counts)
	}
	for row, err := range l.dir.Rows(t) {
		if err := errors.Join(err, ctx.Err()); err != nil {
			return err
		}
		if err := m.take(row); err != nil {
			return err
		}
	}
	return m.finish()
}

// compareByKeys compares the rows of a node table that no account has a claim to, by looking them up: of those that other
// tools own it only counts what isn't there, and nothing where none is created.
func (l *live) compareByKeys(ctx context.Context, t *graph.Table, counts *diff.Counts) error {
	if t.Node == nil || t.Node.Foreign && l.options.MatchForeign {
		return nil
	}
	return l.keys(t, 0, func(keys []any) error {
		there, err := l.there(ctx, t, keys)
		counts.Added += int64(len(keys)) - there
		return err
	})
}

// there counts the keys of which the graph has a node.
func (l *live) there(ctx context.Context, t *graph.Table, keys []any) (int64, error) {
	query := fmt.Sprintf("UNWIND $keys AS key\nWITH key WHERE EXISTS { (:%s {%s: key}) }\nRETURN count(key)", l.options.Label(t.Node.Label), cypher.Name(t.Node.Key()))
	found, err := l.query(ctx, query, map[string]any{"keys": l.spelled.theirs(t, keys)})
	if err != nil {
		return 0, err
	}
	n, _ := found[0].Values[0].(int64)
	return n, nil
}

// endsThere returns what takes the rows that the graph lacks and counts those as added whose foreign ends it has; nil ends them.
func (l *live) endsThere(ctx context.Context, t *graph.Table, counts *diff.Counts) func(graph.Row) error {
	column, end := 0, (*graph.Table)(nil)
	for i, label := range []graph.Label{t.Relationship.From, t.Relationship.To} {
		if table, ok := l.model.Table(string(label)); ok && table.Node.Foreign {
			column, end = i, table
		}
	}
	var batch []any
	return func(row graph.Row) error {
		if row != nil {
			batch = append(batch, strings.Clone(row[column].Text))
		}
		if len(batch) == 0 || row != nil && len(batch) < lookupBatch {
			return nil
		}
		n, err := l.there(ctx, end, batch)
		counts.Added += n
		batch = slices.Delete(batch, 0, len(batch))
		return err
	}
}

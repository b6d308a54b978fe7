package live

import (
	"context"
	"errors"

	"liftgraph/graph"
	"liftgraph/ingest/stale"
)

// absent hands the rows of a table that no load of this update tag wrote, and that the directory lacks, to the sweep. Where emission
// kept rows of an earlier graph these differ: what is kept has an earlier tag, and is compared with the directory, by its key.
func (l *live) absent(ctx context.Context, q *stale.Query, t *graph.Table, s *stale.Sweep) (err error) {
	if l.dir.Manifest.Kept() == 0 || t.Node == nil && !t.Relationship.Past {
		return l.candidates(ctx, q, t, func(c *stale.Candidate, _ []any) error { return s.Add(c) })
	}
	sorter := s.Sorter()
	defer func() { err = errors.Join(err, sorter.Close()) }()
	row := make(graph.Row, len(t.Columns)) // with the ends alone: what is kept of a log is no candidate
	var key, value []byte
	err = l.candidates(ctx, q, t, func(c *stale.Candidate, _ []any) error {
		if c.Verdict == stale.Expired {
			return s.Add(c)
		}
		for i := range t.IDs() {
			row[i] = graph.Text(l.spelled.ours(t, i, c.Keys[i]))
		}
		key = t.AppendKey(key[:0], row)
		value = c.Append(value[:0])
		return sorter.Add(key, value)
	})
	if err != nil {
		return err
	}
	old, err := sorter.Cursor()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, old.Err(), old.Close()) }()
	if !old.More() {
		return nil
	}
	add := func() error {
		c, _, err := stale.Decode(t, old.Value())
		if err != nil {
			return err
		}
		old.Advance()
		return s.Add(&c)
	}
	for row, err := range l.dir.Rows(t) {
		if err != nil {
			return err
		}
		key = t.AppendKey(key[:0], row)
		for old.Before(key) {
			if err := add(); err != nil {
				return err
			}
		}
		for old.At(key) {
			old.Advance()
		}
	}
	for old.More() {
		if err := add(); err != nil {
			return err
		}
	}
	return nil
}

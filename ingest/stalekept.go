package ingest

import (
	"bytes"
	"context"
	"errors"

	"liftgraph/graph"
	"liftgraph/internal/extsort"
)

// absent hands the rows of a table that no load of this update tag wrote, and that the directory lacks, to the sweep. Where emission
// kept rows of an earlier graph these differ: what is kept has an earlier tag, and is compared with the directory, by its key.
func (l *live) absent(ctx context.Context, q *asking, t *graph.Table, s *sweep) (err error) {
	if l.dir.Manifest.Kept() == 0 || t.Node == nil && !t.Relationship.Past {
		return l.candidates(ctx, q, t, func(c *candidate, _ []any) error { return s.add(c) })
	}
	sorter := extsort.New(extsort.Config{Dir: s.temp, Memory: 2 * sweepMemory})
	defer func() { err = errors.Join(err, sorter.Close()) }()
	row := make(graph.Row, len(t.Columns)) // with the ends alone: what is kept of a log is no candidate
	var key, value []byte
	err = l.candidates(ctx, q, t, func(c *candidate, _ []any) error {
		if c.word == retired {
			return s.add(c)
		}
		for i := range t.IDs() {
			row[i] = graph.Text(c.keys[i])
		}
		key = t.AppendKey(key[:0], row)
		value = append(value[:0], c.word, 0)
		if c.shared {
			value[1] = 1
		}
		for i := range t.IDs() {
			value = appendText(value, c.keys[i])
		}
		return sorter.Add(key, append(value, c.element...))
	})
	if err != nil {
		return err
	}
	old, err := begin(sorter)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, old.Err(), old.Close()) }()
	if old.key == nil {
		return nil
	}
	for row, err := range l.dir.Rows(t) {
		if err != nil {
			return err
		}
		key = t.AppendKey(key[:0], row)
		for old.key != nil && bytes.Compare(old.key, key) < 0 {
			if err := addStored(s, t, old.Value()); err != nil {
				return err
			}
			old.next()
		}
		for old.at(key) {
			old.next()
		}
	}
	for ; old.key != nil; old.next() {
		if err := addStored(s, t, old.Value()); err != nil {
			return err
		}
	}
	return nil
}

// addStored hands a candidate to the sweep that was stored in a sorter.
func addStored(s *sweep, t *graph.Table, value []byte) error {
	if len(value) < 2 {
		return errSpill
	}
	c := candidate{table: t, word: value[0], shared: value[1] == 1}
	rest := value[2:]
	for i := range t.IDs() {
		text, after, err := cutText(rest)
		if err != nil {
			return err
		}
		c.keys[i], rest = string(text), after
	}
	c.element = string(rest)
	return s.add(&c)
}

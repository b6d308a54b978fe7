package carryover

import (
	"liftgraph/emit/published"
	"liftgraph/graph"
)

// table merges the rows of a table with those of the previous graph.
type table struct {
	sink      *Sink
	table     *graph.Table
	rules     *rules
	next      graph.TableWriter
	before    *published.Cursor
	ids       *setWriter // of the nodes that are handed on; nil: they aren't kept in mind
	fallbacks *fallbacks // nil where none are judged
	row       graph.Row
	rows      int64
}

// Write implements [graph.TableWriter].
func (w *table) Write(row graph.Row) error {
	for w.before.Row != nil {
		order := w.table.Compare(w.before.Row, row)
		if order > 0 {
			break
		}
		now := row
		if order < 0 {
			now = nil
		}
		if err := w.join(w.before.Row, now); err != nil {
			return err
		}
		if err := w.advance(); err != nil || order == 0 {
			return err
		}
	}
	return w.join(nil, row)
}

// join takes the previous row and the row written now that have the same key; either may be nil.
func (w *table) join(before, now graph.Row) error {
	if w.fallbacks != nil {
		return w.judge(before, now)
	}
	return w.settle(before, now)
}

// settle writes what comes of rows of the same key.
func (w *table) settle(before, now graph.Row) error {
	switch {
	case now == nil:
		return w.alone(before)
	case before == nil:
		return w.hand(now)
	}
	copy(w.row, now)
	w.complete(before)
	seen := len(now) - graph.Times // the column of firstseen
	if first := before[seen]; first.Present && (!now[seen].Present || first.Num < now[seen].Num) {
		w.row[seen] = first
	}
	w.sink.ledger.Deduplicated++
	return w.hand(w.row)
}

// alone hands on a previous row that isn't written now, or drops it.
func (w *table) alone(before graph.Row) error {
	cause, err := w.sink.cause(w.rules, before)
	if err != nil {
		return err
	}
	if cause == gone {
		w.sink.ledger.Filtered[NoLongerListed]++
		return nil
	}
	w.sink.ledger.Out++
	w.sink.count(cause, before)
	return w.hand(before)
}

// complete fills in what is absent of a node now because a scope that lists it could not be read.
func (w *table) complete(before graph.Row) {
	if w.table.Node == nil || !w.sink.cfg.Keep || len(w.table.Node.Scopes) == 0 || w.rules.unread(w.row) == "" {
		return
	}
	for i := range w.row[:len(w.row)-graph.Times] {
		if !w.row[i].Present {
			w.row[i] = before[i]
		}
	}
}

// hand hands a row on.
func (w *table) hand(row graph.Row) error {
	if w.ids != nil {
		if err := w.ids.add(row[0].Text); err != nil {
			return err
		}
	}
	return w.next.Write(row)
}

// advance moves on in the previous graph.
func (w *table) advance() error {
	w.sink.ledger.In++
	if w.rows++; w.rows%4096 == 0 {
		if err := w.sink.cfg.Stop(); err != nil {
			return err
		}
	}
	return w.before.Next()
}

// Close implements [graph.TableWriter].
func (w *table) Close() error {
	if err := w.finish(); err != nil {
		return err
	}
	return w.sink.resume()
}

// finish is Close without the tables that waited for this one.
func (w *table) finish() error {
	delete(w.sink.open, w)
	defer w.release()
	err := w.rest()
	if err == nil && w.ids != nil {
		err = w.ids.done()
	}
	if err != nil {
		_ = w.next.Close() // what it wrote is dropped
		return err
	}
	w.sink.closed[w.table] = true
	return w.next.Close()
}

// rest hands on what is left of the previous graph.
func (w *table) rest() error {
	for w.before.Row != nil {
		if err := w.join(w.before.Row, nil); err != nil {
			return err
		}
		if err := w.advance(); err != nil {
			return err
		}
	}
	if w.fallbacks != nil {
		return w.standIn()
	}
	return nil
}

// release ends the reading of the previous graph.
func (w *table) release() {
	w.before.Close()
	if w.fallbacks != nil {
		w.fallbacks.starts.Close()
	}
}

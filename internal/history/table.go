package history

import (
	"liftgraph/graph"
	"liftgraph/internal/published"
)

// table merges the rows of a table with those of the previous graph.
type table struct {
	sink   *Sink
	table  *graph.Table
	next   graph.TableWriter
	before *published.Cursor
	keep   func(graph.Row) (bool, error)
	row    graph.Row
	rows   int64
}

// Write implements [graph.TableWriter].
func (w *table) Write(row graph.Row) error {
	for w.before.Row != nil {
		order := w.table.Compare(w.before.Row, row)
		if order > 0 {
			break
		}
		if order < 0 {
			if err := w.alone(); err != nil {
				return err
			}
			continue
		}
		copy(w.row, row)
		seen := len(row) - graph.Times // the column of firstseen
		if first := w.before.Row[seen]; first.Present && (!row[seen].Present || first.Num < row[seen].Num) {
			w.row[seen] = first
		}
		w.sink.ledger.Deduplicated++
		if err := w.advance(); err != nil {
			return err
		}
		return w.next.Write(w.row)
	}
	return w.next.Write(row)
}

// alone hands on the current previous row, which isn't written now, or drops it.
func (w *table) alone() error {
	keep, err := w.keep(w.before.Row)
	switch {
	case err != nil:
		return err
	case keep:
		w.sink.ledger.Out++
		err = w.next.Write(w.before.Row)
	default:
		w.sink.ledger.Filtered[NoLongerListed]++
	}
	if err != nil {
		return err
	}
	return w.advance()
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
	delete(w.sink.open, w)
	defer w.before.Close()
	for w.before.Row != nil {
		if err := w.alone(); err != nil {
			_ = w.next.Close() // what it wrote is dropped
			return err
		}
	}
	return w.next.Close()
}

package emit

import (
	"cmp"
	"fmt"
	"unicode/utf8"

	"liftgraph/emit/lake"
	"liftgraph/graph"
)

// tableWriter writes a table in every format.
type tableWriter struct {
	emitter *Emitter
	table   *graph.Table
	check   *graph.Checker
	writers []graph.TableWriter
	row     graph.Row // a mended row
}

// Table implements [graph.Sink]. Several tables may be open at once; each costs memory.
func (e *Emitter) Table(t *graph.Table) (graph.TableWriter, error) {
	e.begun[t] = true
	w := &tableWriter{emitter: e, table: t, check: graph.NewChecker(t)}
	e.open[w] = true
	for _, o := range e.outputs {
		if t.LakeOnly && o.stage != lake.Stage {
			continue
		}
		tw, err := o.sink.Table(t)
		if err != nil {
			return nil, e.fail(err)
		}
		w.writers = append(w.writers, tw)
	}
	return w, nil
}

// Write implements [graph.TableWriter]. A row that isn't in order or has no id is an error: no reader could trust the files.
func (w *tableWriter) Write(row graph.Row) error {
	if w.emitter.failed != nil {
		return w.emitter.failed
	}
	row = w.mend(row)
	if err := w.check.Check(row); err != nil {
		return w.emitter.fail(fmt.Errorf("%s row %d: %w", w.table.Folder(), w.check.Rows()+1, err))
	}
	for _, tw := range w.writers {
		if err := tw.Write(row); err != nil {
			return w.emitter.fail(err)
		}
	}
	if w.table.LakeOnly {
		w.emitter.lake++
	} else {
		w.emitter.rows++
	}
	return nil
}

// mend returns the row with U+FFFD for each byte of a text that isn't UTF-8, as encoding/json has it, so that
// every format holds the same text.
func (w *tableWriter) mend(row graph.Row) graph.Row {
	mended := false
	for i := range row {
		if utf8.ValidString(row[i].Text) {
			continue
		}
		if !mended {
			w.row = append(w.row[:0], row...)
			mended = true
		}
		w.row[i].Text = string([]rune(row[i].Text))
	}
	if mended {
		return w.row
	}
	return row
}

// Close implements [graph.TableWriter].
func (w *tableWriter) Close() error {
	delete(w.emitter.open, w)
	var err error
	for _, tw := range w.writers {
		err = cmp.Or(err, tw.Close())
	}
	if err != nil {
		return w.emitter.fail(err)
	}
	return w.emitter.failed
}

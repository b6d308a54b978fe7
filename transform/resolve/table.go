package resolve

import (
	"fmt"

	"liftgraph/graph"
)

// tableWriter gathers the fragments of a node into its row, and writes rows into the sink, one table
// after the other. Beside a table of Spacelift's nodes it writes their RESOURCE edges.
type tableWriter struct {
	r        *Resolver
	sink     graph.Sink
	table    *graph.Table
	rows     graph.TableWriter
	resource graph.TableWriter // nil where the nodes have no account
	row      graph.Row
	other    graph.Row // a further fragment of the node
	texts    []byte    // holds the texts of row
	parts    []string  // of a joined property
	pending  bool
}

// begin starts a row of a table.
func (w *tableWriter) begin(t *graph.Table) error {
	if t != w.table {
		if err := w.close(); err != nil {
			return err
		}
		if err := w.open(t); err != nil {
			return err
		}
	}
	clear(w.row)
	w.texts, w.parts = w.texts[:0], w.parts[:0]
	w.pending = true
	return nil
}

func (w *tableWriter) open(t *graph.Table) (err error) {
	if w.rows, err = w.sink.Table(t); err != nil {
		return err
	}
	w.table = t
	w.row, w.other = make(graph.Row, len(t.Columns)), make(graph.Row, len(t.Columns)-2)
	if n := t.Node; n != nil && !n.Foreign && n.Label != graph.SpaceliftAccount {
		w.resource, err = w.sink.Table(graph.RelationshipTable(graph.SpaceliftAccount, graph.Resource, n.Label))
	}
	return err
}

// fragment adds what a fragment knows to the row begun: standing, time, properties.
func (w *tableWriter) fragment(value []byte) error {
	const head = 1 + 8
	if len(value) < head {
		return damaged("a node's fragment has %d bytes", len(value))
	}
	if Standing(value[0]) == OwnRecord {
		if w.pending && w.row[0].Present {
			w.r.records.Deduplicated++
		} else {
			w.r.records.Out++
		}
	}
	// The bytes of the fragment go with the next pair; grown in place, the row's texts may move but stay reachable.
	from := len(w.texts)
	w.texts = append(w.texts, value[head:]...)
	if err := graph.DecodeRow(w.other, w.texts[from:]); err != nil {
		return fmt.Errorf("%s: %w", w.table.Name, err)
	}
	for i := range w.other {
		if !w.row[i].Present {
			w.row[i] = w.other[i]
		}
	}
	return nil
}

// set sets a cell of the row that was begun.
func (w *tableWriter) set(column int, v graph.Value) { w.row[column] = v }

// flush writes the row begun, if any.
func (w *tableWriter) flush() error {
	if !w.pending {
		return nil
	}
	w.pending = false
	tag := w.r.cfg.UpdateTag
	n := len(w.row)
	w.row[n-2], w.row[n-1] = graph.Num(tag*1000), graph.Num(tag)
	if err := w.rows.Write(w.row); err != nil {
		return err
	}
	if w.table.Node == nil {
		w.r.edges.Out++
		w.r.relationshipRows++
		return nil
	}
	w.r.nodeRows++
	if w.resource == nil {
		return nil
	}
	w.r.edges.In++
	w.r.edges.Out++
	w.r.relationshipRows++
	return w.resource.Write(graph.Row{graph.Text(w.r.account), w.row[0], w.row[n-2], w.row[n-1]})
}

// close writes the last row and ends the table.
func (w *tableWriter) close() error {
	err := w.flush()
	return w.abort(err)
}

// abort ends the table after an error, which it returns: what closing says then is mostly the same again.
func (w *tableWriter) abort(err error) error {
	for _, t := range []graph.TableWriter{w.rows, w.resource} {
		if t == nil {
			continue
		}
		if closed := t.Close(); err == nil {
			err = closed
		}
	}
	w.table, w.rows, w.resource = nil, nil, nil
	return err
}

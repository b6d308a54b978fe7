// Package qualify makes ids that are unique only within an account unique among accounts, as two accounts in one graph
// need it: `account/id` for the id.
package qualify

import (
	"errors"

	"liftgraph/graph"
)

// Prefix gives what stands before the ids of an account.
func Prefix(account string) string { return account + "/" }

// Sink gives a sink that writes the rows of the default model into another, with the ids of every label that is Local
// qualified wherever they stand: in keys, ends and properties that refer to a node. As every id of a column gets
// the same prefix, rows stay in their order.
//
// account is asked when the first table begins; an empty answer is an error.
func Sink(sink graph.Sink, account func() string) graph.Sink {
	return &qualifier{sink: sink, account: account}
}

type qualifier struct {
	sink    graph.Sink
	account func() string
}

// Table implements [graph.Sink].
func (q *qualifier) Table(t *graph.Table) (graph.TableWriter, error) {
	account := q.account()
	if account == "" {
		return nil, errors.New("ids can't be qualified: nothing that was read names the account")
	}
	rows, err := q.sink.Table(t)
	if err != nil {
		return nil, err
	}
	list := columns(t)
	if len(list) == 0 {
		return rows, nil
	}
	return &writer{TableWriter: rows, prefix: Prefix(account), columns: list}, nil
}

// columns gives the indexes of those that hold an id of a label that is Local.
func columns(t *graph.Table) (list []int) {
	add := func(i int, l graph.Label) {
		if graph.NodeTable(l).Node.Local {
			list = append(list, i)
		}
	}
	if r := t.Relationship; r != nil {
		add(0, r.From)
		add(1, r.To)
		return list
	}
	add(0, t.Node.Label)
	for i, c := range t.Columns {
		if l, is := t.Node.Refs[c.Name]; is {
			add(i, l)
		}
	}
	return list
}

// writer qualifies the rows of a table.
type writer struct {
	graph.TableWriter
	prefix  string
	columns []int
	row     graph.Row
}

// Write implements [graph.TableWriter].
func (w *writer) Write(row graph.Row) error {
	w.row = append(w.row[:0], row...)
	for _, i := range w.columns {
		if v := &w.row[i]; v.Present && v.Text != "" { // an id that is empty is none, which the next writer says
			v.Text = w.prefix + v.Text
		}
	}
	return w.TableWriter.Write(w.row)
}

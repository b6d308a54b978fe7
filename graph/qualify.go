package graph

import "errors"

// AccountPrefix returns what [Qualify] writes before the ids of an account: `account/`.
func AccountPrefix(account string) string { return account + "/" }

// Qualify returns a sink that writes the rows of the default model into another sink, with ids that are unique only within an
// account made unique among accounts: `account/id` for the id of every label that is Local, in keys, ends and
// properties that refer to a node. As every id of a column gets the same prefix, rows stay in their order.
//
// account is called when a table begins; an empty result is an error.
func Qualify(sink Sink, account func() string) Sink {
	return &qualifier{sink: sink, account: account}
}

type qualifier struct {
	sink    Sink
	account func() string
}

// Table implements [Sink].
func (q *qualifier) Table(t *Table) (TableWriter, error) {
	account := q.account()
	if account == "" {
		return nil, errors.New("ids can't be qualified: nothing that was read names the account")
	}
	rows, err := q.sink.Table(t)
	if err != nil {
		return nil, err
	}
	list := localColumns(t)
	if len(list) == 0 {
		return rows, nil
	}
	return &qualifyingWriter{TableWriter: rows, prefix: AccountPrefix(account), columns: list}, nil
}

// localColumns returns the indexes of those that hold an id of a label that is Local.
func localColumns(t *Table) (list []int) {
	add := func(i int, l Label) {
		if NodeTable(l).Node.Local {
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

// qualifyingWriter qualifies the rows of a table.
type qualifyingWriter struct {
	TableWriter
	prefix  string
	columns []int
	row     Row
}

// Write implements [TableWriter].
func (w *qualifyingWriter) Write(row Row) error {
	w.row = append(w.row[:0], row...)
	for _, i := range w.columns {
		if v := &w.row[i]; v.Present && v.Text != "" { // an id that is empty is none, which the next writer says
			v.Text = w.prefix + v.Text
		}
	}
	return w.TableWriter.Write(w.row)
}

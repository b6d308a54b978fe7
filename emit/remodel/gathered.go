package remodel

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"

	"liftgraph/graph"
	"liftgraph/internal/extsort"
)

// gathered is a table whose rows are sorted, and joined where they have the same key, before they are written.
type gathered struct {
	table      *graph.Table
	first      graph.Derivation // the cells that are fixed are its
	sorter     *extsort.Sorter
	key, value []byte
}

func newGathered(t *graph.Table, first graph.Derivation, cfg extsort.Config) *gathered {
	return &gathered{table: t, first: first, sorter: extsort.New(cfg)}
}

// add takes a row. Of two with the same key, the one of the lower rank knows more.
func (g *gathered) add(row graph.Row, rank byte) error {
	g.key = g.key[:0]
	for i := range g.table.KeyColumns() {
		g.key = extsort.AppendKey(g.key, row[i].Text)
	}
	for i, c := range g.first.Cells {
		if c.Column < 0 && c.Value.Present || c.Column == graph.AccountCell {
			row[i] = graph.Value{} // it is known when the row is written
		}
	}
	g.value = graph.AppendRow(append(g.value[:0], rank), row, g.table.Columns)
	return g.sorter.Add(g.key, g.value)
}

// write writes the rows that were added.
func (g *gathered) write(to graph.Sink, account string, stop func() error) (err error) {
	it, err := g.sorter.Sort()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, it.Close()) }()
	w, err := to.Table(g.table)
	if err != nil {
		return err
	}
	j := joined{g: g, account: account, row: make(graph.Row, len(g.table.Columns)), other: make(graph.Row, len(g.table.Columns)), lists: make([][]string, len(g.table.Columns))}
	for n := 0; it.Next() && err == nil; n++ {
		if n%4096 == 0 {
			if err = stop(); err != nil {
				break
			}
		}
		if n == 0 || !bytes.Equal(it.Key(), j.key) {
			if n > 0 {
				if err = w.Write(j.done()); err != nil {
					break
				}
			}
			j.begin(it.Key())
		}
		err = j.add(it.Value())
	}
	if err == nil {
		err = it.Err()
	}
	if err == nil && j.key != nil {
		err = w.Write(j.done())
	}
	if closed := w.Close(); err == nil {
		err = closed
	}
	return err
}

// joined is a row in the making, of all that have one key.
type joined struct {
	g       *gathered
	account string
	key     []byte
	row     graph.Row
	other   graph.Row
	texts   []byte // holds the texts of row
	lists   [][]string
}

func (j *joined) begin(key []byte) {
	j.key = append(j.key[:0], key...)
	j.texts = j.texts[:0]
	clear(j.row)
	for i := range j.lists {
		j.lists[i] = j.lists[i][:0]
	}
}

func (j *joined) add(value []byte) error {
	if len(value) == 0 {
		return errors.New("remodel: damaged spill file")
	}
	// The bytes go with the next pair; grown in place, the row's texts may move but stay reachable.
	from := len(j.texts)
	j.texts = append(j.texts, value[1:]...)
	if err := graph.DecodeRow(j.other, j.texts[from:]); err != nil {
		return fmt.Errorf("remodel: %w", err)
	}
	fresh := false // whether the row adds anything that isn't there
	for i, v := range j.other {
		switch {
		case !v.Present:
		case j.g.table.Columns[i].Type == graph.List:
			j.row[i].Present = true
			j.lists[i] = append(j.lists[i], v.Text)
			fresh = true
		case !j.row[i].Present:
			j.row[i] = v
			fresh = true
		case j.g.table.Columns[i].Name == graph.FirstSeen:
			j.row[i].Num = min(j.row[i].Num, v.Num)
		}
	}
	if !fresh {
		j.texts = j.texts[:from]
	}
	return nil
}

// done returns the row.
func (j *joined) done() graph.Row {
	for i, c := range j.g.first.Cells {
		switch {
		case j.g.table.Columns[i].Type == graph.List:
			slices.Sort(j.lists[i])
			j.row[i].Text = strings.Join(slices.Compact(j.lists[i]), graph.ListSeparator)
		case c.Column == graph.AccountCell:
			j.row[i] = graph.Text(j.account)
		case c.Column == graph.FixedCell && c.Value.Present:
			j.row[i] = c.Value
		}
	}
	return j.row
}

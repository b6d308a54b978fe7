// Package remodel makes of the default model's rows, as they pass, those of another model, by what package graph declares
// about it. Rows that come in another order, or as several that become one, go through sorters on disk: memory doesn't
// grow with them.
package remodel

import (
	"errors"
	"fmt"

	"liftgraph/graph"
	"liftgraph/internal/extsort"
)

// sorterMemory is that of one gathered table: all of them are open at once.
const sorterMemory = 4 << 20

// Sink is a [graph.Sink] of the default model that writes the tables of another.
type Sink struct {
	to      graph.Sink
	streams map[*graph.Table][]recipe // by the table that rows come from
	gathers map[*graph.Table][]recipe
	tables  []*gathered // in the model's order
	account string      // the id; known when its table has passed
	stop    func() error
}

// recipe is how rows of a table are made.
type recipe struct {
	graph.Derivation
	table *graph.Table
	into  *gathered // where they are gathered
	rank  byte      // of the derivation among the table's
}

// New returns a sink that writes the tables of m into to. Spill files go to tmp; stop is asked now and then, and an error of it
// ends the work.
func New(m *graph.Model, to graph.Sink, tmp string, stop func() error) *Sink {
	s := &Sink{to: to, streams: map[*graph.Table][]recipe{}, gathers: map[*graph.Table][]recipe{}, stop: stop}
	for _, t := range m.Tables() {
		list := m.Derivations(t)
		if m.InOrder(t) {
			s.streams[list[0].From] = append(s.streams[list[0].From], recipe{Derivation: list[0], table: t})
			continue
		}
		g := newGathered(t, list[0], extsort.Config{Dir: tmp, Memory: sorterMemory, Stop: stop})
		s.tables = append(s.tables, g)
		for i, d := range list {
			s.gathers[d.From] = append(s.gathers[d.From], recipe{Derivation: d, table: t, into: g, rank: byte(i)})
		}
	}
	return s
}

// Table implements [graph.Sink].
func (s *Sink) Table(t *graph.Table) (graph.TableWriter, error) {
	w := &tableWriter{sink: s, table: t}
	for _, r := range s.streams[t] {
		rows, err := s.to.Table(r.table)
		if err != nil {
			return nil, errors.Join(err, w.Close())
		}
		w.streams = append(w.streams, stream{r, rows, make(graph.Row, len(r.table.Columns))})
	}
	for _, r := range s.gathers[t] {
		w.gathers = append(w.gathers, gather{r, make(graph.Row, len(r.table.Columns))})
	}
	return w, nil
}

// Finish writes the tables that were gathered, when every row has passed.
func (s *Sink) Finish() error {
	for _, g := range s.tables {
		if err := g.write(s.to, s.account, s.stop); err != nil {
			return fmt.Errorf("%s: %w", g.table.Name, err)
		}
	}
	return nil
}

// Close drops what was gathered and not written.
func (s *Sink) Close() error {
	var err error
	for _, g := range s.tables {
		err = errors.Join(err, g.sorter.Close())
	}
	return err
}

// tableWriter takes the rows of a table and makes those of others.
type tableWriter struct {
	sink    *Sink
	table   *graph.Table
	streams []stream
	gathers []gather
}

type stream struct {
	recipe
	rows graph.TableWriter
	row  graph.Row
}

type gather struct {
	recipe
	row graph.Row
}

// Write implements [graph.TableWriter].
func (w *tableWriter) Write(row graph.Row) error {
	if n := w.table.Node; n != nil && n.Label == graph.SpaceliftAccount {
		if w.sink.account != "" {
			return fmt.Errorf("there are two accounts, %q and %q: a graph of this model has one", w.sink.account, row[0].Text)
		}
		w.sink.account = string(append([]byte{}, row[0].Text...))
	}
	for i := range w.streams {
		s := &w.streams[i]
		made, err := s.make(s.row, row)
		if made && err == nil {
			err = s.rows.Write(s.row)
		}
		if err != nil {
			return err
		}
	}
	for i := range w.gathers {
		g := &w.gathers[i]
		made, err := g.make(g.row, row)
		if made && err == nil {
			err = g.into.add(g.row, g.rank)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// make makes a row, and reports whether there is one.
func (r *recipe) make(into, from graph.Row) (bool, error) {
	if r.Where != nil && from[r.Where.Column].Present != r.Where.Present {
		return false, nil
	}
	for i := range r.Cells {
		v, err := r.Cells[i].Of(from)
		if err != nil {
			return false, fmt.Errorf("%s %q: %w", r.From.Name, from[0].Text, err)
		}
		into[i] = v
	}
	return true, nil
}

// Close implements [graph.TableWriter].
func (w *tableWriter) Close() error {
	var err error
	for _, s := range w.streams {
		if closed := s.rows.Close(); err == nil {
			err = closed
		}
	}
	return err
}

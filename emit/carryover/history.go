// Package history carries over, from the last published graph into the next one, what sources don't tell again: when a row was
// first seen and, where asked for, what happened to things that they don't list any more.
package carryover

import (
	"errors"
	"fmt"

	"liftgraph/emit/published"
	"liftgraph/graph"
	"liftgraph/internal/dataset"
)

// Config says what is carried over.
type Config struct {
	Previous *published.Dir // the last graph, of the same model
	Keep     bool           // keep what happened, see [Sink]
	Temp     string         // where spill files go
	Stop     func() error   // asked now and then during long passes; an error of it ends them; may be nil

	// Check is asked before the first row is written whether the previous graph may be carried over; may be nil.
	Check func() error
}

// Sink is a [graph.Sink] before another one, which it hands every row to, with the firstseen of the row of the same key in
// the previous graph, if that is earlier. The previous rows are read beside those that are written: both are sorted.
//
// With Keep, the previous rows that nobody writes now are handed on as they are, if they tell the past: relationships that
// stay true (see [graph.Relationship]), the nodes at their ends, and what makes these nodes an account's. So no edge loses
// an end. Others end: what was the state of things isn't any more. Where an edge stands in for better ones, the previous graph may
// overrule a row that is written, which then isn't handed on.
type Sink struct {
	next    graph.Sink
	cfg     Config
	ends    map[graph.Label]*set // of relationships that tell the past; filled before the first table
	roots   map[graph.Label]bool // the labels of accounts
	begun   map[*graph.Table]bool
	open    map[*table]bool
	ready   bool
	ledger  dataset.Ledger // of the previous rows
	dropped dataset.Ledger // of the rows written now that aren't handed on
}

// NoLongerListed is why a previous row isn't in the graph any more, in the ledger.
const NoLongerListed = "no_longer_listed"

// New makes a sink before next. The caller closes it.
func New(next graph.Sink, cfg Config) *Sink {
	if cfg.Stop == nil {
		cfg.Stop = func() error { return nil }
	}
	return &Sink{
		next: next, cfg: cfg, ends: map[graph.Label]*set{}, roots: map[graph.Label]bool{}, begun: map[*graph.Table]bool{}, open: map[*table]bool{},
		ledger: dataset.NewLedger("emit", dataset.PreviousSource, "rows"), dropped: dataset.NewLedger("emit", dataset.GraphSource, "rows"),
	}
}

// Table implements [graph.Sink].
func (s *Sink) Table(t *graph.Table) (graph.TableWriter, error) {
	if err := s.prepare(); err != nil {
		return nil, err
	}
	s.begun[t] = true
	next, err := s.next.Table(t)
	if err != nil || t.LakeOnly {
		return next, err
	}
	w := &table{sink: s, table: t, next: next, row: make(graph.Row, len(t.Columns)), before: s.cfg.Previous.Cursor(t), fallbacks: s.fallbacksOf(t)}
	if w.keep, err = s.keeper(t); err == nil {
		err = w.before.Next()
	}
	if err != nil {
		w.release()
		return nil, errors.Join(err, next.Close())
	}
	s.open[w] = true
	return w, nil
}

// prepare does what must be done before the first table.
func (s *Sink) prepare() error {
	if s.ready {
		return nil
	}
	s.ready = true
	if s.cfg.Check != nil {
		if err := s.cfg.Check(); err != nil {
			return err
		}
	}
	if !s.cfg.Keep {
		return nil
	}
	return s.gather()
}

// keeper gives what tells whether a previous row of a table that nobody writes now is kept.
func (s *Sink) keeper(t *graph.Table) (func(graph.Row) (bool, error), error) {
	always := func(keep bool) func(graph.Row) (bool, error) {
		return func(graph.Row) (bool, error) { return keep, nil }
	}
	var label graph.Label
	column := 0
	switch r := t.Relationship; {
	case !s.cfg.Keep:
		return always(false), nil
	case r == nil && s.roots[t.Node.Label]:
		return always(true), nil
	case r == nil:
		label = t.Node.Label
	case r.Past:
		return always(true), nil
	case r.Type == graph.Resource:
		label, column = r.To, 1
	default:
		return always(false), nil
	}
	ends := s.ends[label]
	if ends == nil {
		return always(false), nil
	}
	r := ends.reader()
	return func(row graph.Row) (bool, error) { return r.has(row[column].Text) }, nil
}

// Finish writes what is kept of the tables that were never begun, and accounts for the previous rows: kept (out), still there
// (deduplicated), or gone. Where rows that were written now were dropped, a second ledger accounts for them, and for nothing else.
func (s *Sink) Finish() ([]dataset.Ledger, error) {
	for _, t := range s.cfg.Previous.Model.Tables() {
		if s.begun[t] {
			continue
		}
		w, err := s.Table(t)
		if err != nil {
			return nil, err
		}
		if err := w.Close(); err != nil {
			return nil, err
		}
	}
	if n := len(s.open); n > 0 {
		return nil, fmt.Errorf("%d tables are still open", n)
	}
	if s.dropped.In == 0 {
		return []dataset.Ledger{s.ledger}, nil
	}
	return []dataset.Ledger{s.ledger, s.dropped}, nil
}

// Close frees what is left, at any time.
func (s *Sink) Close() error {
	for w := range s.open {
		w.release()
	}
	clear(s.open)
	var err error
	for _, e := range s.ends {
		err = errors.Join(err, e.close())
	}
	clear(s.ends)
	return err
}

// Package carryover adds to a new graph what the previous published one has and the sources don't list again: when a row was first
// seen and, unless it is switched off, what logs recorded and what could not be read this time.
package carryover

import (
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
	"time"

	"liftgraph/emit/published"
	"liftgraph/graph"
	"liftgraph/internal/dataset"
)

// Config says what is carried over.
type Config struct {
	Previous  *published.Dir    // the last graph, of the same model
	Keep      bool              // keep history and what could not be read, see [Sink]; else only firstseen is carried over
	Now       *dataset.Manifest // of the graph that is written; its scopes are complete before the first row. nil: everything was read
	Lake      bool              // the graph that is written has the tables that only a lake has
	Qualified bool              // ids are written with their account
	Retention time.Duration     // how long what logs recorded is kept, before the update tag of Now; 0: for ever
	Temp      string            // where spill files are written
	Stop      func() error      // called now and then during long passes; an error of it ends them; may be nil

	// Check is called before the first row is written, and returns why the previous graph may not be carried over; may be nil.
	Check func() error
}

// Sink is a [graph.Sink] before another one, which it hands every row to, with the firstseen of the row of the same key in
// the previous graph, if that is earlier. The previous rows are read beside those that are written: both are sorted.
//
// With Keep, previous rows that aren't written now are handed on as they are:
//
//   - what a log recorded, as long as Retention says;
//   - runs that this hangs on, and what belongs to these: their stacks, commits, users, workers and instances;
//   - EXECUTED of runs that are still listed: Spacelift drops their logs; and CONFIRMED and digests that were resolved before;
//   - what a scope lists that could not be read completely.
//
// What a complete scope doesn't list any more is gone. No relationship is handed on without both its ends. Where an edge stands in
// for better ones, the previous graph may overrule a row that is written, which then isn't handed on.
//
// A table whose rows can't be judged before another table is complete waits on disk until then.
type Sink struct {
	next    graph.Sink
	cfg     Config
	cutoff  cutoff
	rules   map[*graph.Table]*rules
	labels  map[graph.Label]*labelled
	roots   map[graph.Label]bool // the labels of accounts
	begun   map[*graph.Table]bool
	closed  map[*graph.Table]bool
	open    map[*table]bool
	waiting []*waiting
	ready   bool
	ledger  dataset.Ledger // of the previous rows
	dropped dataset.Ledger // of the rows written now that aren't handed on
	carried map[string]*dataset.CarriedOver
}

// NoLongerListed is why a previous row isn't in the graph any more, in the ledger.
const NoLongerListed = "no_longer_listed"

// New makes a sink before next. The caller closes it.
func New(next graph.Sink, cfg Config) *Sink {
	if cfg.Stop == nil {
		cfg.Stop = func() error { return nil }
	}
	return &Sink{
		next: next, cfg: cfg, rules: map[*graph.Table]*rules{}, labels: map[graph.Label]*labelled{}, roots: map[graph.Label]bool{},
		begun: map[*graph.Table]bool{}, closed: map[*graph.Table]bool{}, open: map[*table]bool{}, carried: map[string]*dataset.CarriedOver{},
		ledger: dataset.NewLedger("emit", dataset.PreviousSource, "rows"), dropped: dataset.NewLedger("emit", dataset.GraphSource, "rows"),
	}
}

// Table implements [graph.Sink].
func (s *Sink) Table(t *graph.Table) (graph.TableWriter, error) {
	if err := s.prepare(); err != nil {
		return nil, err
	}
	s.begun[t] = true
	if t.LakeOnly && !s.cfg.Lake {
		return s.next.Table(t)
	}
	if s.cfg.Keep && !s.settled(t) {
		return s.wait(t)
	}
	return s.merge(t)
}

// merge begins a table whose rows can be judged.
func (s *Sink) merge(t *graph.Table) (_ *table, err error) {
	if t.Node != nil && s.cfg.Keep {
		if err := s.settleLasting(t.Node.Label); err != nil {
			return nil, err
		}
	}
	next, err := s.next.Table(t)
	if err != nil {
		return nil, err
	}
	w := &table{sink: s, table: t, rules: s.rules[t], next: next, row: make(graph.Row, len(t.Columns)), before: s.cfg.Previous.Cursor(t), fallbacks: s.fallbacksOf(t)}
	if t.Node != nil && s.cfg.Keep && !t.LakeOnly {
		w.ids, err = newSetWriter(s.cfg.Temp)
		if err == nil {
			s.labels[t.Node.Label].present = w.ids.set
		}
	}
	if err == nil {
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
	now := s.cfg.Now
	if now == nil {
		now = everything(s.cfg.Previous.Model)
	}
	prefix := ""
	if s.cfg.Qualified && len(now.Accounts) > 0 {
		prefix = graph.AccountPrefix(now.Accounts[0])
	}
	cover := dataset.CoverageOf(now, prefix)
	if now.UpdateTag > 0 {
		s.cutoff = cutoffOf(now.UpdateTag, s.cfg.Retention)
	}
	for _, t := range s.tables() {
		s.rules[t] = rulesOf(t, now, cover)
		if t.Node != nil {
			s.labels[t.Node.Label] = &labelled{}
		}
	}
	if !s.cfg.Keep {
		return nil
	}
	return s.gather()
}

// everything is the manifest of a graph of which every scope was read completely.
func everything(model *graph.Model) *dataset.Manifest {
	m := new(dataset.Manifest)
	for _, t := range model.Tables() {
		var scopes []string
		if t.Node != nil {
			scopes = t.Node.Scopes
		} else {
			scopes = t.Relationship.Scopes
		}
		for _, name := range scopes {
			m.Scopes = append(m.Scopes, dataset.Scope{Scope: name, Complete: true})
		}
	}
	return m
}

// tables returns the tables that are carried over.
func (s *Sink) tables() []*graph.Table {
	if s.cfg.Lake {
		return s.cfg.Previous.Model.LakeTables()
	}
	return s.cfg.Previous.Model.Tables()
}

// previousRows returns the rows of a table in the previous graph, and ends where the work is to stop.
func (s *Sink) previousRows(t *graph.Table) iter.Seq2[graph.Row, error] {
	return func(yield func(graph.Row, error) bool) {
		n := 0
		for row, err := range s.cfg.Previous.Rows(t) {
			if err == nil && n%4096 == 0 {
				err = s.cfg.Stop()
			}
			if n++; !yield(row, err) || err != nil {
				return
			}
		}
	}
}

// count counts a row that was carried over.
func (s *Sink) count(cause string, row graph.Row) {
	c := s.carried[cause]
	last := row[len(row)-1].Num
	if c == nil {
		c = &dataset.CarriedOver{Scope: cause, Oldest: last, Newest: last}
		s.carried[cause] = c
	}
	c.Rows++
	c.Oldest, c.Newest = min(c.Oldest, last), max(c.Newest, last)
}

// Result is what came of the previous rows.
type Result struct {
	Ledgers []dataset.Ledger      // of the previous rows: kept (out), still there (deduplicated) or gone; and of rows of now that were dropped, where there are any
	Carried []dataset.CarriedOver // the rows that were kept, by their cause
}

// Finish writes what is kept of the tables that were never begun, and accounts for the previous rows.
func (s *Sink) Finish() (*Result, error) {
	if err := s.prepare(); err != nil {
		return nil, err
	}
	if n := len(s.open); n > 0 {
		return nil, fmt.Errorf("%d tables are still open", n)
	}
	tables := s.tables()
	for {
		i := slices.IndexFunc(tables, func(t *graph.Table) bool { return !s.begun[t] && (!s.cfg.Keep || s.settled(t)) })
		if i < 0 {
			break
		}
		w, err := s.Table(tables[i])
		if err != nil {
			return nil, err
		}
		if err := w.Close(); err != nil {
			return nil, err
		}
	}
	if i := slices.IndexFunc(tables, func(t *graph.Table) bool { return !s.closed[t] }); i >= 0 {
		return nil, fmt.Errorf("the rows of %s can't be judged: they wait for each other", tables[i].Name)
	}
	r := &Result{Ledgers: []dataset.Ledger{s.ledger}}
	if s.dropped.In > 0 {
		r.Ledgers = append(r.Ledgers, s.dropped)
	}
	for _, name := range slices.SortedFunc(maps.Keys(s.carried), strings.Compare) {
		r.Carried = append(r.Carried, *s.carried[name])
	}
	return r, nil
}

// Close frees what is left, at any time.
func (s *Sink) Close() error {
	for w := range s.open {
		w.release()
	}
	clear(s.open)
	var err error
	for _, w := range s.waiting {
		err = errors.Join(err, w.close())
	}
	s.waiting = nil
	for _, n := range s.labels {
		err = errors.Join(err, n.close())
	}
	clear(s.labels)
	return err
}

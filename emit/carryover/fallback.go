package carryover

import (
	"slices"
	"strings"

	"liftgraph/emit/published"
	"liftgraph/graph"
)

// Overruled is why an edge that stands in for better ones isn't in the graph, in the ledger: there is a better one, or the previous
// graph, which knew of earlier things, had another one or none.
const Overruled = "overruled"

// fallbacks judges the edges of a relationship that stand in for better ones (see [graph.Fallback]), start by start. Where a start has
// a better edge, in the previous graph or now, it has none of them. Else those stay that the previous graph had, and others that come
// now are mistakes: they were judged by what is listed now, which is less. Only a start that the previous graph didn't have gets new ones.
type fallbacks struct {
	column  int    // of the property that marks them
	value   string // that they have there
	start   string // the one at hand
	begun   bool   // there is one
	better  bool   // it has a better edge
	pending []pair // its edges while it has no better one: few, as each graph has one at most

	starts  *published.Cursor // nodes of the previous graph
	reading bool              // the first of them was read
}

// pair is the edge of the same key in the previous graph and now; one of them may be nil.
type pair struct{ before, now graph.Row }

// fallbacksOf returns what judges a table, or nil where nothing is to be judged.
func (s *Sink) fallbacksOf(t *graph.Table) *fallbacks {
	r := t.Relationship
	if !s.cfg.Keep || r == nil || r.Fallback == nil {
		return nil
	}
	nodes, _ := s.cfg.Previous.Model.Table(string(r.From))
	return &fallbacks{
		column: slices.IndexFunc(t.Columns, func(p graph.Property) bool { return p.Name == r.Fallback.Property }),
		value:  r.Fallback.Value, starts: s.cfg.Previous.Cursor(nodes),
	}
}

// judge takes what join takes, in the order of starts, and settles it when it is known what stays of it.
func (w *table) judge(before, now graph.Row) error {
	f := w.fallbacks
	if before != nil && now == nil {
		cause, err := w.sink.cause(w.rules, before)
		if err != nil {
			return err
		}
		if cause == gone {
			w.sink.ledger.Filtered[NoLongerListed]++
			return nil
		}
	}
	row := before
	if row == nil {
		row = now
	}
	if id := row[0].Text; !f.begun || id != f.start {
		if err := w.standIn(); err != nil {
			return err
		}
		f.start, f.begun, f.better = strings.Clone(id), true, false
	}
	wasBetter, isBetter := f.isBetter(before), f.isBetter(now)
	switch {
	case wasBetter || isBetter:
		f.better = true
		for _, p := range f.pending {
			w.overrule(p.before, p.now)
		}
		f.pending = f.pending[:0]
	case f.better:
		w.overrule(before, now)
		return nil
	default:
		f.pending = append(f.pending, pair{clone(before), clone(now)})
		return nil
	}
	if wasBetter && now != nil && !isBetter { // what made it better isn't listed any more
		w.overrule(nil, now)
		now = nil
	}
	return w.settle(before, now)
}

// standIn settles the edges of a start that has no better ones.
func (w *table) standIn() error {
	f := w.fallbacks
	if len(f.pending) == 0 {
		return nil
	}
	known := slices.ContainsFunc(f.pending, func(p pair) bool { return p.before != nil })
	if !known {
		var err error
		if known, err = f.had(f.start); err != nil {
			return err
		}
	}
	for _, p := range f.pending {
		if known && p.before == nil {
			w.overrule(nil, p.now)
			continue
		}
		if err := w.settle(p.before, p.now); err != nil {
			return err
		}
	}
	f.pending = f.pending[:0]
	return nil
}

// overrule accounts for rows that are dropped.
func (w *table) overrule(before, now graph.Row) {
	if before != nil {
		w.sink.ledger.Filtered[Overruled]++
	}
	if now != nil {
		w.sink.dropped.In++
		w.sink.dropped.Filtered[Overruled]++
	}
}

// isBetter reports whether an edge is there and is no fallback.
func (f *fallbacks) isBetter(row graph.Row) bool { return row != nil && row[f.column].Text != f.value }

// had reports whether the previous graph had a start. They are asked for in order.
func (f *fallbacks) had(start string) (bool, error) {
	for !f.reading || f.starts.Row != nil && f.starts.Row[0].Text < start {
		f.reading = true
		if err := f.starts.Next(); err != nil {
			return false, err
		}
	}
	return f.starts.Row != nil && f.starts.Row[0].Text == start, nil
}

// clone returns a row that owns its texts.
func clone(row graph.Row) graph.Row {
	own := slices.Clone(row)
	for i := range own {
		own[i].Text = strings.Clone(own[i].Text)
	}
	return own
}

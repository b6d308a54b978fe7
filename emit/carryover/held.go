package carryover

import (
	"errors"

	"liftgraph/graph"
	"liftgraph/internal/extsort"
)

// sorterMemory is that of one sorter, in bytes: several are open at once.
const sorterMemory = 4 << 20

// labelled is what is known of the nodes of a label, by their ids on disk.
type labelled struct {
	retained *set // those of a log that are recent enough, where retention has an end
	held     *set // those that history needs, whatever is read now
	lasting  *set // those that relationships need that are kept with their owner, once it is known which owners are there
	present  *set // those of the graph that is written; complete when the label's table is closed
	all      bool // every one of the label may be there: they could not be read

	adding *extsort.Sorter                 // of held, while it is gathered
	pairs  map[graph.Label]*extsort.Sorter // of lasting: by the label of owners, an owner's id and one of this label
}

func (l *labelled) close() error {
	err := errors.Join(l.retained.close(), l.held.close(), l.lasting.close(), l.present.close())
	if l.adding != nil {
		err = errors.Join(err, l.adding.Close())
	}
	for _, s := range l.pairs {
		err = errors.Join(err, s.Close())
	}
	return err
}

func (s *Sink) sorter() *extsort.Sorter {
	return extsort.New(extsort.Config{Dir: s.cfg.Temp, Memory: sorterMemory, Stop: s.cfg.Stop})
}

// hold adds a node to those that history needs.
func (s *Sink) hold(l graph.Label, id string) error {
	n := s.labels[l]
	if n == nil {
		return nil // the model has no such nodes
	}
	if n.adding == nil {
		n.adding = s.sorter()
	}
	return n.adding.Add([]byte(id), nil)
}

// settleHeld completes the set of those of a label that history needs.
func (s *Sink) settleHeld(l graph.Label) (err error) {
	n := s.labels[l]
	if n == nil || n.adding == nil {
		return nil
	}
	n.held, err = newSet(s.cfg.Temp, n.adding)
	n.adding = nil
	return err
}

// gather reads the previous graph for what history needs: the nodes at the ends of what logs recorded, then what belongs to these runs,
// then what belongs to their commits and workers.
func (s *Sink) gather() error {
	tables := s.cfg.Previous.Model.Tables()
	for _, t := range tables {
		if t.Relationship != nil && t.Relationship.Type == graph.Resource {
			s.roots[t.Relationship.From] = true
		}
	}
	for _, t := range s.tables() {
		if t.LakeOnly {
			if err := s.gatherRefs(s.rules[t]); err != nil {
				return err
			}
		}
	}
	for _, t := range tables {
		if t.Node != nil {
			if err := s.gatherNodes(s.rules[t]); err != nil {
				return err
			}
		}
	}
	for _, t := range tables {
		if t.Relationship != nil && !s.rules[t].claim {
			if err := s.gatherLog(s.rules[t]); err != nil {
				return err
			}
		}
	}
	for _, owner := range owners {
		if err := s.settleHeld(owner); err != nil {
			return err
		}
		for _, t := range tables {
			if r := s.rules[t]; r.owner >= 0 && r.ownerLabel == owner {
				if err := s.gatherOwned(r); err != nil {
					return err
				}
			}
		}
	}
	for _, t := range tables {
		if r := s.rules[t]; r.known >= 0 && s.cutoff.text != "" {
			if err := s.gatherKnown(r); err != nil {
				return err
			}
		}
	}
	for l := range s.labels {
		if err := s.settleHeld(l); err != nil {
			return err
		}
	}
	return nil
}

// gatherRefs reads the rows of a table that only a lake has: what they name by its id is needed as long as they are kept.
func (s *Sink) gatherRefs(r *rules) error {
	for row, err := range s.previousRows(r.table) {
		if err != nil {
			return err
		}
		if !s.cutoff.keeps(row[r.time]) {
			continue
		}
		for i, c := range r.table.Columns {
			if label := r.table.Node.Refs[c.Name]; label != "" && row[i].Present {
				if err := s.hold(label, row[i].Text); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// gatherKnown reads the relationships of a log that have no time: they need their other end as long as the end that they are kept with
// is needed.
func (s *Sink) gatherKnown(r *rules) error {
	ends := []graph.Label{r.table.Relationship.From, r.table.Relationship.To}
	if err := s.settleHeld(ends[r.known]); err != nil {
		return err
	}
	for row, err := range s.previousRows(r.table) {
		if err != nil {
			return err
		}
		held, err := s.labels[ends[r.known]].held.has(row[r.known].Text)
		if err == nil && held {
			err = s.hold(ends[1-r.known], row[1-r.known].Text)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// gatherNodes reads the nodes that a log recorded, and those of stacks that could not be read completely.
func (s *Sink) gatherNodes(r *rules) (err error) {
	label := r.table.Node.Label
	n := s.labels[label]
	n.all = len(r.table.Node.Scopes) > 0 && !r.extent.Complete
	recorded := r.logged && r.time >= 0 && s.cutoff.text != ""
	unread := !n.all && r.stack >= 0 && len(r.extent.Except) > 0
	if !recorded && !unread {
		return nil
	}
	var w *setWriter
	if recorded {
		if w, err = newSetWriter(s.cfg.Temp); err != nil {
			return err
		}
		n.retained = w.set
	}
	for row, err := range s.previousRows(r.table) {
		switch {
		case err != nil:
			return err
		case recorded && s.cutoff.keeps(row[r.time]):
			err = w.add(row[0].Text)
		case unread && r.unread(row) != "":
			err = s.hold(label, row[0].Text)
		}
		if err != nil {
			return err
		}
	}
	if recorded {
		return w.done()
	}
	return nil
}

// gatherLog reads the relationships that a log recorded, and those that could not be read and need nodes that no scope lists.
func (s *Sink) gatherLog(r *rules) error {
	rel := r.table.Relationship
	unlisted := [2]bool{s.unlisted(rel.From), s.unlisted(rel.To)}
	switch {
	case r.known >= 0 && s.cutoff.text != "": // see gatherKnown
		return nil
	case rel.Past && (r.logged || r.log >= 0):
	case r.extent.All() && !r.hides(), !unlisted[0] && !unlisted[1]:
		return nil
	}
	for row, err := range s.previousRows(r.table) {
		if err != nil {
			return err
		}
		logged := r.isLogged(row)
		unread := !logged && r.unread(row) != ""
		if logged {
			if logged, err = s.recent(r, row); err != nil {
				return err
			}
		}
		for i, l := range []graph.Label{rel.From, rel.To} {
			if logged || unread && unlisted[i] {
				if err := s.hold(l, row[i].Text); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// unlisted reports whether no scope lists the nodes of a label.
func (s *Sink) unlisted(l graph.Label) bool {
	t, ok := s.cfg.Previous.Model.Table(string(l))
	return ok && len(t.Node.Scopes) == 0
}

// recent reports whether a row of a log is to be kept by its time, or by that of the event among its ends.
func (s *Sink) recent(r *rules, row graph.Row) (bool, error) {
	if s.cutoff.text == "" {
		return true, nil
	}
	if r.time >= 0 {
		return s.cutoff.keeps(row[r.time]), nil
	}
	if r.known >= 0 {
		return s.labels[[]graph.Label{r.table.Relationship.From, r.table.Relationship.To}[r.known]].held.has(row[r.known].Text)
	}
	for i, l := range []graph.Label{r.table.Relationship.From, r.table.Relationship.To} {
		if n := s.labels[l]; n != nil && n.retained != nil {
			return n.retained.has(row[i].Text)
		}
	}
	return true, nil
}

// gatherOwned reads the relationships that belong to nodes that history needs, and keeps those in mind that need only that their
// owner is there.
func (s *Sink) gatherOwned(r *rules) error {
	owner, other := s.labels[r.ownerLabel], 1-r.owner
	otherLabel := []graph.Label{r.table.Relationship.From, r.table.Relationship.To}[other]
	if owner == nil || owner.held == nil && !owner.all && !r.lasting && r.digest < 0 {
		return nil
	}
	for row, err := range s.previousRows(r.table) {
		if err != nil {
			return err
		}
		if r.isLogged(row) {
			continue
		}
		held, err := owner.held.has(row[r.owner].Text)
		switch {
		case err != nil:
			return err
		case held:
			err = s.hold(otherLabel, row[other].Text)
		case r.lasts(row):
			err = s.pair(r.ownerLabel, row[r.owner].Text, otherLabel, row[other].Text)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// pair keeps in mind that a node is needed if another one is there.
func (s *Sink) pair(owner graph.Label, id string, other graph.Label, needs string) error {
	n := s.labels[other]
	if n == nil {
		return nil
	}
	if n.pairs == nil {
		n.pairs = map[graph.Label]*extsort.Sorter{}
	}
	if n.pairs[owner] == nil {
		n.pairs[owner] = s.sorter()
	}
	return n.pairs[owner].Add([]byte(id), []byte(needs))
}

// settleLasting completes the set of those of a label that relationships need whose owners are there.
func (s *Sink) settleLasting(l graph.Label) (err error) {
	n := s.labels[l]
	if len(n.pairs) == 0 {
		return nil
	}
	needed := s.sorter()
	for owner, pairs := range n.pairs {
		it, err := pairs.Sort()
		if err != nil {
			return errors.Join(err, needed.Close())
		}
		present := s.labels[owner].present
		for err == nil && it.Next() {
			var there bool
			if there, err = present.has(string(it.Key())); err == nil && there {
				err = needed.Add(it.Value(), nil)
			}
		}
		if err = errors.Join(err, it.Err(), it.Close()); err != nil {
			return errors.Join(err, needed.Close())
		}
	}
	n.pairs = nil
	n.lasting, err = newSet(s.cfg.Temp, needed)
	return err
}

package stale

import (
	"errors"
	"slices"

	"liftgraph/graph"
	"liftgraph/internal/extsort"
)

// Sweep decides which candidates are deleted. It takes them in any order; what it keeps in memory doesn't grow with them.
// [Sweep.Add] takes candidates, [Sweep.Decide] ends the taking, [Sweep.Deletions] returns what is deleted.
type Sweep struct {
	model  *graph.Model
	cover  Coverage
	temp   string
	nodes  map[graph.Label]*extsort.Sorter // by key: a candidate
	edges  map[graph.Label]*extsort.Sorter // of the owner's label, by its key: table, candidate
	held   map[graph.Label]*extsort.Sorter // keys of nodes at which a relationship ends that is kept
	doomed *extsort.Sorter                 // what is deleted, in the order of deletion
	Counts map[*graph.Table]int64          // rows that are deleted
}

// sweepMemory is that of each of some twenty sorters, in bytes.
const sweepMemory = 2 << 20

// NewSweep returns a sweep with spill files in the directory temp. The caller closes it.
func NewSweep(m *graph.Model, c Coverage, temp string) *Sweep {
	s := &Sweep{
		model: m, cover: c, temp: temp,
		nodes: map[graph.Label]*extsort.Sorter{}, edges: map[graph.Label]*extsort.Sorter{}, held: map[graph.Label]*extsort.Sorter{},
		Counts: map[*graph.Table]int64{},
	}
	s.doomed = s.sorter()
	for _, t := range m.Tables() {
		if t.Node != nil && !t.Node.Foreign && t.Node.Label != graph.SpaceliftAccount {
			s.nodes[t.Node.Label], s.held[t.Node.Label] = s.sorter(), s.sorter()
		}
	}
	for _, l := range graph.Owners {
		s.edges[l] = s.sorter()
	}
	return s
}

func (s *Sweep) sorter() *extsort.Sorter {
	return extsort.New(extsort.Config{Dir: s.temp, Memory: sweepMemory})
}

// Sorter returns a sorter for candidates of one table on their way to Add. The caller closes it.
func (s *Sweep) Sorter() *extsort.Sorter {
	return extsort.New(extsort.Config{Dir: s.temp, Memory: 2 * sweepMemory})
}

// Add takes a candidate.
func (s *Sweep) Add(c *Candidate) error {
	t := c.Table
	if t.Node != nil {
		if c.Verdict == Historical {
			return nil
		}
		return s.nodes[t.Node.Label].Add([]byte(c.Keys[0]), c.Append(nil))
	}
	if column, owned := t.OwnerColumn(); owned && c.Verdict != Expired {
		return s.edges[t.Relationship.Owner].Add([]byte(c.Keys[column]), c.Append([]byte{byte(t.Number)}))
	}
	row := Row{Verdict: c.Verdict, Complete: s.cover.Of(t).Complete}
	if row.Deleted() {
		return s.delete(t, c.Element)
	}
	return errors.Join(s.hold(t.Relationship.From, c.Keys[0]), s.hold(t.Relationship.To, c.Keys[1]))
}

// hold records that a node is kept.
func (s *Sweep) hold(l graph.Label, key string) error {
	if s.held[l] == nil {
		return nil // nothing of ours
	}
	return s.held[l].Add([]byte(key), nil)
}

// delete records that a row is to be deleted. Relationships come before nodes, each kind in the order in which the database has them.
func (s *Sweep) delete(t *graph.Table, element string) error {
	s.Counts[t]++
	order := byte(0)
	if t.Node != nil {
		order = 1
	}
	return s.doomed.Add(append([]byte{order, byte(t.Number), byte(len(element))}, element...), nil)
}

// Decide decides on every candidate; none can be added afterwards.
func (s *Sweep) Decide() error {
	labels := slices.Clone(graph.Owners) // what keeps a node is known before its turn comes
	for _, t := range s.model.Tables() {
		if t.Node != nil && !slices.Contains(labels, t.Node.Label) {
			labels = append(labels, t.Node.Label)
		}
	}
	for _, l := range labels {
		if s.nodes[l] == nil {
			continue // not of this model, or not ours
		}
		if err := s.label(l); err != nil {
			return err
		}
	}
	return nil
}

// label decides on the nodes of a label and the relationships that they own.
func (s *Sweep) label(l graph.Label) (err error) {
	t, _ := s.model.Table(string(l))
	var walks [3]*extsort.Cursor
	for i, sorter := range []*extsort.Sorter{s.nodes[l], s.held[l], s.edges[l]} {
		if sorter == nil {
			sorter = s.sorter()
		}
		w, err := sorter.Cursor()
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, w.Err(), w.Close()) }()
		walks[i] = w
	}
	nodes, held, edges := walks[0], walks[1], walks[2]
	var key []byte
	for nodes.More() || edges.More() {
		next := nodes
		if !nodes.More() || edges.More() && edges.Before(nodes.Key()) {
			next = edges
		}
		key = append(key[:0], next.Key()...)
		for held.Before(key) {
			held.Advance()
		}
		owner := Listed
		for ; nodes.At(key); nodes.Advance() {
			deleted, err := s.node(t, nodes.Value(), held.At(key))
			if err != nil {
				return err
			}
			if owner != Deleted {
				owner = Kept
			}
			if deleted {
				owner = Deleted
			}
		}
		for ; edges.At(key); edges.Advance() {
			if err := s.edge(edges.Value(), owner); err != nil {
				return err
			}
		}
	}
	return nil
}

// node decides on a node. It is deleted with its claim, or the claim alone where another account has one too.
func (s *Sweep) node(t *graph.Table, value []byte, held bool) (deleted bool, err error) {
	c, _, err := Decode(t, value)
	if err != nil {
		return false, err
	}
	if !(Row{Verdict: c.Verdict, Complete: s.cover.Of(t).Complete, Held: held}).Deleted() {
		return false, nil
	}
	if claim, ok := s.model.Table(string(graph.SpaceliftAccount) + "_" + graph.Resource + "_" + t.Name); ok {
		s.Counts[claim]++
	}
	err = s.delete(t, c.Element)
	if c.Shared {
		s.Counts[t]-- // the node itself is kept
	}
	return true, err
}

// edge decides on a relationship that belongs to an owner.
func (s *Sweep) edge(value []byte, owner Owner) error {
	if len(value) == 0 {
		return extsort.ErrDamaged
	}
	t := s.model.Tables()[value[0]]
	c, _, err := Decode(t, value[1:])
	if err != nil {
		return err
	}
	if (Row{Verdict: c.Verdict, Complete: s.cover.Of(t).Complete, Owner: owner}).Deleted() {
		return s.delete(t, c.Element)
	}
	column, _ := t.OwnerColumn()
	ends := [2]graph.Label{t.Relationship.From, t.Relationship.To}
	return s.hold(ends[1-column], c.Keys[1-column])
}

// Close frees what is left, at any time.
func (s *Sweep) Close() (err error) {
	for _, m := range []map[graph.Label]*extsort.Sorter{s.nodes, s.edges, s.held} {
		for _, sorter := range m {
			err = errors.Join(err, sorter.Close())
		}
	}
	return errors.Join(err, s.doomed.Close())
}

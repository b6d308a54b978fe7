package ingest

import (
	"bytes"
	"errors"
	"slices"

	"liftgraph/graph"
	"liftgraph/internal/extsort"
)

// sweep decides what goes of the rows that the graph has and the directory lacks. It takes them in any order. What it keeps in
// memory doesn't grow with them.
//
// A relationship that a log told stays. Another one goes where its scopes are complete, or where the node that it belongs to
// goes. A node goes where its scopes are complete and nothing that stays hangs on it. One that stays although nothing lists it
// any more keeps what belongs to it, and with it the nodes at the other ends.
type sweep struct {
	model  *graph.Model
	cover  coverage
	temp   string
	nodes  map[graph.Label]*extsort.Sorter // by key: word, shared, element
	edges  map[graph.Label]*extsort.Sorter // of the label that they belong to, by its key: table, word, key at the other end, element
	held   map[graph.Label]*extsort.Sorter // keys of nodes on which something hangs that stays
	going  *extsort.Sorter                 // what goes, in the order it is to be removed
	counts map[*graph.Table]int64          // what goes
}

// sweepMemory is that of each of some twenty sorters, in bytes.
const sweepMemory = 2 << 20

func newSweep(m *graph.Model, c coverage, temp string) *sweep {
	s := &sweep{model: m, cover: c, temp: temp, nodes: map[graph.Label]*extsort.Sorter{}, edges: map[graph.Label]*extsort.Sorter{}, held: map[graph.Label]*extsort.Sorter{}, counts: map[*graph.Table]int64{}}
	s.going = s.sorter()
	for _, t := range m.Tables() {
		if t.Node != nil && !t.Node.Foreign && t.Node.Label != graph.SpaceliftAccount {
			s.nodes[t.Node.Label], s.held[t.Node.Label] = s.sorter(), s.sorter()
		}
	}
	for _, l := range tellers {
		s.edges[l] = s.sorter()
	}
	return s
}

func (s *sweep) sorter() *extsort.Sorter {
	return extsort.New(extsort.Config{Dir: s.temp, Memory: sweepMemory})
}

// add takes a candidate.
func (s *sweep) add(c *candidate) error {
	if c.table.Node != nil {
		return s.addNode(c)
	}
	if c.word == retired {
		return s.goes(c.table, []byte(c.element))
	}
	if column, teller, ok := tellerOf(c.table); ok {
		value := []byte{byte(c.table.Number), c.word}
		value = append(appendText(value, c.keys[1-column]), c.element...)
		return s.edges[teller].Add([]byte(c.keys[column]), value)
	}
	if c.word == plain && s.cover.of(scopesOf(c.table)).complete {
		return s.goes(c.table, []byte(c.element))
	}
	r := c.table.Relationship
	return errors.Join(s.hold(r.From, []byte(c.keys[0])), s.hold(r.To, []byte(c.keys[1])))
}

func (s *sweep) addNode(c *candidate) error {
	if c.word == told {
		return nil
	}
	shared := byte(0)
	if c.shared {
		shared = 1
	}
	return s.nodes[c.table.Node.Label].Add([]byte(c.keys[0]), append([]byte{c.word, shared}, c.element...))
}

// hold keeps a node.
func (s *sweep) hold(l graph.Label, key []byte) error {
	if s.held[l] == nil {
		return nil // nothing of ours
	}
	return s.held[l].Add(key, nil)
}

// goes takes down that a row goes. Relationships come before nodes, each kind in the order in which the database has them.
func (s *sweep) goes(t *graph.Table, element []byte) error {
	s.counts[t]++
	order := byte(0)
	if t.Node != nil {
		order = 1
	}
	return s.going.Add(append([]byte{order, byte(t.Number), byte(len(element))}, element...), nil)
}

// decide ends the taking, and leaves what goes in going.
func (s *sweep) decide() error {
	var rest []graph.Label
	for _, t := range s.model.Tables() {
		if t.Node != nil && s.nodes[t.Node.Label] != nil && !slices.Contains(tellers, t.Node.Label) {
			rest = append(rest, t.Node.Label)
		}
	}
	for _, l := range slices.Concat(tellers, rest) { // what holds a node is known before it comes
		if s.nodes[l] == nil {
			continue // not of this model
		}
		if err := s.label(l); err != nil {
			return err
		}
	}
	return nil
}

// label decides on the nodes of a label and what belongs to them.
func (s *sweep) label(l graph.Label) (err error) {
	t, _ := s.model.Table(string(l))
	var cursors []*sorted
	defer func() {
		for _, c := range cursors {
			err = errors.Join(err, c.Err(), c.Close())
		}
	}()
	for _, sorter := range []*extsort.Sorter{s.nodes[l], s.held[l], s.edges[l]} {
		if sorter == nil {
			sorter = s.sorter()
		}
		c, err := begin(sorter)
		if err != nil {
			return err
		}
		cursors = append(cursors, c)
	}
	nodes, held, edges := cursors[0], cursors[1], cursors[2]
	complete := s.cover.of(t.Node.Scopes).complete
	for nodes.key != nil || edges.key != nil {
		key := nodes.key
		if key == nil || edges.key != nil && bytes.Compare(edges.key, key) < 0 {
			key = edges.key
		}
		for held.key != nil && bytes.Compare(held.key, key) < 0 {
			held.next()
		}
		absent := nodes.at(key)
		gone := absent
		if absent {
			if word := nodes.Value()[0]; word != retired {
				gone = complete && word == plain && !held.at(key)
			}
			if gone {
				if err := s.nodeGoes(t, nodes.Value()); err != nil {
					return err
				}
			}
			for nodes.at(key) {
				nodes.next()
			}
		}
		for ; edges.at(key); edges.next() {
			if err := s.edge(t, edges.Value(), gone, absent); err != nil {
				return err
			}
		}
	}
	return nil
}

// nodeGoes takes down a node with its claim, or the claim alone where another account has one too.
func (s *sweep) nodeGoes(t *graph.Table, value []byte) error {
	claim, ok := s.model.Table(string(graph.SpaceliftAccount) + "_" + graph.Resource + "_" + t.Name)
	if ok {
		s.counts[claim]++
	}
	if err := s.goes(t, value[2:]); err != nil {
		return err
	}
	if value[1] == 1 {
		s.counts[t]-- // the node itself stays
	}
	return nil
}

// edge decides on a relationship that belongs to a node, which goes, or stays although nothing lists it any more, or is listed.
func (s *sweep) edge(owner *graph.Table, value []byte, gone, absent bool) error {
	if len(value) < 2 {
		return errSpill
	}
	t := s.model.Tables()[value[0]]
	other, element, err := cutText(value[2:])
	if err != nil {
		return err
	}
	if gone || !absent && value[1] == plain && s.cover.of(t.Relationship.Scopes).complete {
		return s.goes(t, element)
	}
	end := t.Relationship.To
	if end == owner.Node.Label {
		end = t.Relationship.From
	}
	return s.hold(end, other)
}

// close frees what is left, at any time.
func (s *sweep) close() (err error) {
	for _, m := range []map[graph.Label]*extsort.Sorter{s.nodes, s.edges, s.held} {
		for _, sorter := range m {
			err = errors.Join(err, sorter.Close())
		}
	}
	return errors.Join(err, s.going.Close())
}

package carryover

import (
	"liftgraph/graph"
	"liftgraph/internal/dataset"
)

// gone is the cause of a row that isn't kept.
const gone = ""

// cause returns why a previous row that isn't written now is kept: the scope that could not be read completely, or
// [dataset.HistoryScope]; or gone.
func (s *Sink) cause(r *rules, row graph.Row) (string, error) {
	if !s.cfg.Keep {
		return gone, nil
	}
	if r.table.Node != nil {
		return s.causeOfNode(r, row)
	}
	why, err := s.causeOfRelationship(r, row)
	if err != nil || why == gone {
		return gone, err
	}
	for i, l := range []graph.Label{r.table.Relationship.From, r.table.Relationship.To} {
		n := s.labels[l]
		if n == nil {
			return gone, nil
		}
		if there, err := n.present.has(row[i].Text); err != nil || !there {
			return gone, err
		}
	}
	return why, nil
}

func (s *Sink) causeOfNode(r *rules, row graph.Row) (string, error) {
	label := r.table.Node.Label
	n := s.labels[label]
	if s.roots[label] {
		return dataset.HistoryScope, nil
	}
	if why := r.unread(row); why != "" {
		if r.stack < 0 || !row[r.stack].Present {
			return why, nil
		}
		there, err := s.labels[r.table.Node.Refs[stackID]].present.has(row[r.stack].Text)
		if err != nil || there {
			return why, err
		}
	}
	for _, list := range []*set{n.held, n.lasting} {
		if needed, err := list.has(row[0].Text); err != nil || needed {
			return s.blame(r), err
		}
	}
	if r.logged && (!r.table.Node.Foreign || r.table.LakeOnly) && r.time >= 0 && s.cutoff.keeps(row[r.time]) {
		return r.source, nil
	}
	return gone, nil
}

// blame returns the cause of a row that history needs.
func (s *Sink) blame(r *rules) string {
	switch {
	case r.logged:
		return r.source
	case len(r.extent.Blame) > 0:
		return r.extent.Blame[0]
	}
	return dataset.HistoryScope
}

func (s *Sink) causeOfRelationship(r *rules, row graph.Row) (string, error) {
	if r.claim {
		return s.causeOfClaim(r, row)
	}
	if r.isLogged(row) {
		recent, err := s.recent(r, row)
		if err != nil || !recent {
			return gone, err
		}
		return r.source, nil
	}
	if why := r.unread(row); why != "" {
		return why, nil
	}
	if r.owner < 0 {
		return gone, nil
	}
	if held, err := s.labels[r.ownerLabel].held.has(row[r.owner].Text); err != nil || held {
		return s.blame(r), err
	}
	if r.lasts(row) {
		return s.blame(r), nil
	}
	return gone, nil
}

// causeOfClaim returns that of a relationship which says whose a node is: it comes and goes with the node.
func (s *Sink) causeOfClaim(r *rules, _ graph.Row) (string, error) {
	t, ok := s.cfg.Previous.Model.Table(string(r.table.Relationship.To))
	if !ok {
		return gone, nil
	}
	return s.blame(s.rules[t]), nil
}

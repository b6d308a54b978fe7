package transform

import (
	"liftgraph/graph"
	"liftgraph/internal/raw"
	"liftgraph/transform/resolve"
)

// account gives the SpaceliftAccount.
func (t *Transformer) account(a *raw.Account) error {
	if !resolve.IsKey(a.ID) {
		return t.quarantine(a, invalidID, notAKey)
	}
	t.Account(a.ID)
	name := graph.TextPtr(a.Name)
	if !name.Present {
		name = graph.Text(a.ID)
	}
	return t.Node(graph.SpaceliftAccount, resolve.OwnRecord, 0, graph.Text(a.ID), graph.Text(a.ID), name)
}

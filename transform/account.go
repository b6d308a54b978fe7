package transform

import (
	"liftgraph/graph"
	"liftgraph/internal/raw"
	"liftgraph/transform/resolve"
)

type account struct{ ID, SpaceliftAccountID, Name graph.Value }

var accounts = resolve.NodesOf[account](graph.SpaceliftAccount)

// account makes the SpaceliftAccount.
func (t *Transformer) account(a *raw.Account) {
	if !raw.IsID(a.ID) {
		t.quarantine(a, invalidID, raw.IDRule)
		return
	}
	t.r.Account(a.ID)
	name := graph.TextPtr(a.Name)
	if !name.Present {
		name = graph.Text(a.ID)
	}
	accounts.Add(t.r, resolve.OwnRecord, 0, account{ID: graph.Text(a.ID), SpaceliftAccountID: graph.Text(a.ID), Name: name})
}

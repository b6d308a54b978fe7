package live

import (
	"context"
	"fmt"

	"liftgraph/graph"
)

// TooManyRemovedError says that a load would remove a larger part of an account's nodes than is removed without a question.
// Nothing was removed; what was loaded is there.
type TooManyRemovedError struct {
	Account        string
	Removed, Nodes int64   // that would be removed, and that the graph had before the load
	Most           float64 // percent
}

// Error implements error.
func (e *TooManyRemovedError) Error() string {
	return fmt.Sprintf("the load would remove %d of the %d nodes that the graph had of account %s, more than --max-removed %v percent: nothing was removed; "+
		"if the plan is right, run the same with --yes, else with --keep-stale", e.Removed, e.Nodes, e.Account, e.Most)
}

// countNodes counts the account's nodes in the graph, unless a load that this one goes on with did before it wrote any.
func (l *live) countNodes(ctx context.Context) error {
	if l.account == "" || l.point.state.Nodes != nil {
		return nil
	}
	found, err := l.query(ctx, fmt.Sprintf("MATCH (a:%s {id: $account}) RETURN sum(COUNT { (a)-[:%s]->() })", graph.SpaceliftAccount, graph.Resource), map[string]any{"account": l.account})
	if err != nil {
		return err
	}
	nodes, _ := found[0].Values[0].(int64)
	l.point.state.Nodes = &nodes
	return l.point.save()
}

// allowed returns a [TooManyRemovedError] where a plan removes too much.
func (l *live) allowed(p *Plan) error {
	removed, _ := p.Removed()
	if l.cfg.MaxRemoved == nil || l.point.state.Nodes == nil {
		return nil
	}
	nodes := *l.point.state.Nodes
	if float64(removed)*100 <= *l.cfg.MaxRemoved*float64(nodes) {
		return nil
	}
	return &TooManyRemovedError{Account: l.account, Removed: removed, Nodes: nodes, Most: *l.cfg.MaxRemoved}
}

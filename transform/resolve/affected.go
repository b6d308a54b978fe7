package resolve

import (
	"fmt"

	"liftgraph/graph"
	"liftgraph/internal/raw"
)

var affected = graph.RelationshipTable(graph.SpaceliftRun, graph.Affected, graph.EC2Instance)

// The ways an instance's id was found, the best first.
var resolvedBy = [...]string{"plain", "digest+arn", "digest"}

// affected adds the edge to an instance that the list of entities knows. The best way its id was found gives it.
func (r *Resolver) affected(h *hub, instance string, rest []byte) error {
	var how string
	if _, err := texts(rest, &how); err != nil {
		return err
	}
	if !h.exists {
		return r.RejectEdge(unknown[graph.SpaceliftRun], graph.Affected, h.id, instance)
	}
	if err := r.Instance(instance); err != nil {
		return err
	}
	for rank, way := range resolvedBy {
		if way == how {
			none := graph.Value{}
			return r.rankedEdge(affected, byte(rank), h.id, instance, none, none, none, none, none, graph.Text(how), none)
		}
	}
	return fmt.Errorf("%w: resolved by %q", errDamaged, how)
}

// called adds the edge to an instance that an API call named.
func (r *Resolver) called(h *hub, out *tableWriter, instance string, rest []byte) error {
	var event, at, name, account, region, errorCode string
	if _, err := texts(rest, &event, &at, &name, &account, &region, &errorCode); err != nil {
		return err
	}
	if !h.exists && r.cfg.StubRuns && !h.foreign {
		if err := r.stubRun(h, out); err != nil {
			return err
		}
	}
	if !h.exists {
		reason := unknown[graph.SpaceliftRun]
		r.edges.In++
		r.edges.Quarantined[reason]++
		return r.reject(sourceCloudTrail, raw.Rejected{
			Kind: raw.KindAPICall, Reason: reason,
			Detail: fmt.Sprintf("(%s)-[%s]->(%s) by %s at %s, event %s", h.id, graph.Affected, instance, name, at, event),
		})
	}
	if err := r.Instance(instance); err != nil {
		return err
	}
	return r.Edge(affected, h.id, instance,
		graph.Text(event), graph.Text(at), graph.Text(name), TextOrNone(account), TextOrNone(region), graph.Value{}, TextOrNone(errorCode))
}

// stubRun makes a run that the API doesn't list a node.
func (r *Resolver) stubRun(h *hub, out *tableWriter) error {
	h.exists = true
	t := graph.NodeTable(graph.SpaceliftRun)
	if err := out.begin(t); err != nil {
		return err
	}
	out.set(0, graph.Text(h.id))
	out.set(len(t.Node.Properties)-1, graph.Text(r.account))
	if h.stack == "" {
		return nil
	}
	out.set(stackColumn, graph.Text(h.stack))
	return r.Edge(generated, h.stack, h.id)
}

// TextOrNone gives a text, absent where it is empty.
func TextOrNone(s string) graph.Value {
	if s == "" {
		return graph.Value{}
	}
	return graph.Text(s)
}

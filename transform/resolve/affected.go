package resolve

import (
	"fmt"

	"liftgraph/graph"
)

// affectedProperties is the properties of (SpaceliftRun)-[AFFECTED]->(EC2Instance).
type affectedProperties struct {
	EventID, EventTime, EventName, AWSAccount, AWSRegion, ResolvedBy, ErrorCode, ErrorMessage, Basis graph.Value
}

var (
	affected  = EdgesOf[affectedProperties](graph.SpaceliftRun, graph.Affected, graph.EC2Instance)
	generated = EdgesOf[none](graph.SpaceliftStack, graph.Generated, graph.SpaceliftRun)
)

// The ways an instance's id was found, the best first.
var resolvedBy = [...]string{"plain", "digest+arn", "digest"}

// affected adds the edge to an instance that the list of entities knows. The best way its id was found decides resolved_by.
func (r *Resolver) affected(h *hub, instance string, rest []byte) {
	var how string
	r.cutOrigin(r.texts(rest, &how))
	if !h.exists {
		r.RejectEdge(unknownRun, graph.Affected, h.id, instance)
		return
	}
	for rank, way := range resolvedBy {
		if way == how {
			r.Instance(instance)
			affected.ranked(r, byte(rank), h.id, instance, affectedProperties{ResolvedBy: graph.Text(how)})
			return
		}
	}
	r.fail(damaged("an instance is resolved by %q", how))
}

// called adds the edge to an instance that an API call named.
func (r *Resolver) called(h *hub, out *tableWriter, instance string, rest []byte) error {
	var event, at, name, account, region, errorCode, errorMessage, basis string
	r.cutOrigin(r.texts(rest, &event, &at, &name, &account, &region, &errorCode, &errorMessage, &basis))
	if !h.exists && r.cfg.StubRuns && !h.foreign {
		if err := r.stubRun(h, out); err != nil {
			return err
		}
	}
	if !h.exists {
		r.edges.In++
		r.rejectEdge(unknownRun, fmt.Sprintf("(%s)-[%s]->(%s) by %s at %s, event %s", h.id, graph.Affected, instance, name, at, event))
		return nil
	}
	r.Instance(instance)
	affected.Add(r, h.id, instance, affectedProperties{
		EventID: graph.Text(event), EventTime: graph.Text(at), EventName: graph.Text(name),
		AWSAccount: TextOrNone(account), AWSRegion: TextOrNone(region), ErrorCode: TextOrNone(errorCode), ErrorMessage: TextOrNone(errorMessage), Basis: TextOrNone(basis),
	})
	return nil
}

// stubRun makes a run that the API doesn't list a node.
func (r *Resolver) stubRun(h *hub, out *tableWriter) error {
	h.exists = true
	if err := out.begin(Runs.table); err != nil {
		return err
	}
	Runs.fields.Fill(out.row, &Run{ID: graph.Text(h.id), StackID: TextOrNone(h.stack), SpaceliftAccountID: graph.Text(r.account)})
	if h.stack != "" {
		generated.Add(r, h.stack, h.id, none{})
	}
	return nil
}

package transform

import (
	"liftgraph/graph"
	"liftgraph/internal/raw"
	"liftgraph/transform/resolve"
)

var (
	spaceContainsPool  = graph.RelationshipTable(graph.SpaceliftSpace, graph.Contains, graph.SpaceliftWorkerPool)
	poolContainsWorker = graph.RelationshipTable(graph.SpaceliftWorkerPool, graph.Contains, graph.SpaceliftWorker)
	workerRunsOn       = graph.RelationshipTable(graph.SpaceliftWorker, graph.RunsOn, graph.EC2Instance)
)

// workerPool gives a SpaceliftWorkerPool with its SpaceliftWorkers, CONTAINS from its space and to its
// workers, and RUNS_ON from a worker to the EC2Instance that it says it runs on, where that has
// EC2's form: workers elsewhere name machines too.
func (t *Transformer) workerPool(p *raw.WorkerPool) error {
	if !resolve.IsKey(p.ID) {
		return t.quarantine(p, invalidID, notAKey)
	}
	t.KnowPool(p.ID)
	poolType := "private"
	if p.ID == raw.PublicPool {
		poolType = "public"
	}
	if space := deref(p.Space); space != "" {
		if err := t.Edge(spaceContainsPool, space, p.ID); err != nil {
			return err
		}
	}
	for i := range p.Workers {
		if err := t.worker(&p.Workers[i], p.ID); err != nil {
			return err
		}
	}
	return t.Node(graph.SpaceliftWorkerPool, resolve.OwnRecord, 0,
		graph.Text(p.ID), graph.TextPtr(p.Name), graph.TextPtr(p.Description), graph.Text(poolType), graph.TextPtr(p.Space), graph.Text(t.AccountID()))
}

func (t *Transformer) worker(w *raw.Worker, pool string) error {
	if !resolve.IsKey(w.ID) {
		return t.RejectEdge(invalidID, graph.Contains, pool, w.ID)
	}
	if err := t.Edge(poolContainsWorker, pool, w.ID); err != nil {
		return err
	}
	if instance := deref(w.InstanceID); resolve.IsInstanceID(instance) {
		if err := t.KnowInstance(instance, "", ""); err != nil {
			return err
		}
		if err := t.Instance(instance); err != nil {
			return err
		}
		if err := t.Edge(workerRunsOn, w.ID, instance); err != nil {
			return err
		}
	}
	return t.Node(graph.SpaceliftWorker, resolve.Nested, 0,
		graph.Text(w.ID), graph.Text(w.ID), graph.TextPtr(w.Status), graph.Text(pool), graph.Text(t.AccountID()))
}

package transform

import (
	"liftgraph/graph"
	"liftgraph/internal/raw"
	"liftgraph/transform/resolve"
)

type workerPool struct{ ID, Name, Description, PoolType, SpaceID, SpaceliftAccountID graph.Value }

var (
	workerPools        = resolve.NodesOf[workerPool](graph.SpaceliftWorkerPool)
	spaceContainsPool  = resolve.EdgesOf[none](graph.SpaceliftSpace, graph.Contains, graph.SpaceliftWorkerPool)
	poolContainsWorker = resolve.EdgesOf[none](graph.SpaceliftWorkerPool, graph.Contains, graph.SpaceliftWorker)
	workerRunsOn       = resolve.EdgesOf[none](graph.SpaceliftWorker, graph.RunsOn, graph.EC2Instance)
)

// workerPool makes a SpaceliftWorkerPool with its SpaceliftWorkers, CONTAINS from its space and to its
// workers, and RUNS_ON from a worker to the EC2Instance that it says it runs on, where that has
// EC2's form: workers elsewhere name machines too.
func (t *Transformer) workerPool(p *raw.WorkerPool) {
	if !raw.IsID(p.ID) {
		t.quarantine(p, invalidID, raw.IDRule)
		return
	}
	t.r.KnowPool(p.ID)
	poolType := "private"
	if p.ID == raw.PublicPool {
		poolType = "public"
	}
	if space := deref(p.Space); space != "" {
		spaceContainsPool.Add(t.r, space, p.ID, none{})
	}
	for i := range p.Workers {
		t.worker(&p.Workers[i], p.ID)
	}
	workerPools.Add(t.r, resolve.OwnRecord, 0, workerPool{
		ID: graph.Text(p.ID), Name: graph.TextPtr(p.Name), Description: graph.TextPtr(p.Description), PoolType: graph.Text(poolType),
		SpaceID: graph.TextPtr(p.Space), SpaceliftAccountID: graph.Text(t.r.AccountID()),
	})
}

func (t *Transformer) worker(w *raw.Worker, pool string) {
	if !raw.IsID(w.ID) {
		t.r.RejectEdge(invalidID, graph.Contains, pool, w.ID)
		return
	}
	poolContainsWorker.Add(t.r, pool, w.ID, none{})
	if instance := deref(w.InstanceID); resolve.IsInstanceID(instance) {
		t.r.KnowInstance(instance, "", "")
		t.r.Instance(instance)
		workerRunsOn.Add(t.r, w.ID, instance, none{})
	}
	resolve.Workers.Add(t.r, resolve.Nested, 0, resolve.Worker{
		ID: graph.Text(w.ID), Name: graph.Text(w.ID), Status: graph.TextPtr(w.Status), WorkerPoolID: graph.Text(pool),
		SpaceliftAccountID: graph.Text(t.r.AccountID()),
	})
}

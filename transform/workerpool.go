package transform

import (
	"encoding/json"

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
// workers, and RUNS_ON from a worker to the EC2Instance that its metadata names.
func (t *Transformer) workerPool(p *raw.WorkerPool) error {
	if p.ID == "" {
		return t.quarantine(p, invalidID, "the worker pool has no id")
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
	if w.ID == "" {
		return t.RejectEdge(invalidID, graph.Contains, pool, w.ID)
	}
	if err := t.Edge(poolContainsWorker, pool, w.ID); err != nil {
		return err
	}
	if instance := hostInstance(deref(w.Metadata)); instance != "" {
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

// hostInstance gives the EC2 instance that a worker's metadata names. Anything may stand in it:
// workers on Azure use the same key for an id of another form.
func hostInstance(metadata string) string {
	var m struct {
		InstanceID any `json:"instance_id"`
	}
	if json.Unmarshal([]byte(metadata), &m) != nil {
		return ""
	}
	id, _ := m.InstanceID.(string)
	if !resolve.IsInstanceID(id) {
		return ""
	}
	return id
}

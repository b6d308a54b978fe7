package spacelift

import (
	"context"
	"encoding/json"

	"liftgraph/internal/raw"
)

// publicPool delivers the public pool, which the API doesn't list.
func (x *extraction) publicPool(_ context.Context, l *listing) error {
	sc := x.begin(l.scope)
	public := &raw.WorkerPool{ID: raw.PublicPool, Workers: []raw.Worker{}}
	if err := x.deliver(sc, batch{kind: l.kind, rows: []row{{record: public}}}); err != nil {
		return err
	}
	x.end(sc)
	return nil
}

// workerPool decodes a pool. Of its workers' metadata, where users put what they like, nothing is kept but the machine's id.
func workerPool(r json.RawMessage) (raw.Record, error) {
	var n struct {
		raw.WorkerPool
		Workers []struct {
			raw.Worker
			Metadata any `json:"metadata"`
		} `json:"workers"`
	}
	if err := json.Unmarshal(r, &n); err != nil {
		return nil, err
	}
	pool := &n.WorkerPool
	pool.Workers = make([]raw.Worker, len(n.Workers))
	for i := range n.Workers {
		pool.Workers[i] = n.Workers[i].Worker
		pool.Workers[i].InstanceID = instanceOf(n.Workers[i].Metadata)
	}
	if err := raw.CheckID(pool.ID); err != nil {
		return nil, &unusable{"invalid_id", err.Error(), pool} // not the row: the metadata may hold secrets
	}
	return pool, nil
}

// instanceOf returns the machine that a worker's metadata names: the text instance_id of a JSON object, itself given as
// text. Most metadata is something else, which is no error.
func instanceOf(metadata any) *string {
	text, _ := metadata.(string)
	var m map[string]any
	if json.Unmarshal([]byte(text), &m) != nil {
		return nil
	}
	if id, ok := m["instance_id"].(string); ok {
		return &id
	}
	return nil
}

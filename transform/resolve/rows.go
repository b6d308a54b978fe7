package resolve

import (
	"fmt"

	"liftgraph/graph"
)

// passRows writes every node and edge that is left, table by table.
func (r *Resolver) passRows(sink graph.Sink) error {
	out := tableWriter{r: r, sink: sink}
	all := graph.Tables()
	var last []byte
	err := r.scan(r.rows, func(key, value []byte) error {
		t := all[key[0]]
		fresh := string(key) != string(last)
		if fresh {
			last = append(last[:0], key...)
			if err := out.flush(); err != nil {
				return err
			}
		}
		if t.Node != nil {
			if fresh {
				if err := out.begin(t); err != nil {
					return err
				}
			}
			return out.fragment(value)
		}
		if !fresh {
			r.edges.Deduplicated++
			return nil
		}
		return r.edge(&out, t, key, value)
	})
	if err != nil {
		return out.abort(err)
	}
	return out.close()
}

// edge writes an edge whose ends exist.
func (r *Resolver) edge(out *tableWriter, t *graph.Table, key, value []byte) error {
	id := make([]string, t.KeyColumns())
	if err := keyTexts(key, id); err != nil {
		return err
	}
	rel := t.Relationship
	for i, label := range []graph.Label{rel.From, rel.To} {
		if !r.exists(label, id[i]) {
			return r.rejectEdge(unknown[label], rel.Type, id[0], id[1])
		}
	}
	if err := out.begin(t); err != nil {
		return err
	}
	out.row[0], out.row[1] = graph.Text(id[0]), graph.Text(id[1])
	if err := graph.DecodeRow(out.row[2:2+len(rel.Properties)], value[1:]); err != nil {
		return fmt.Errorf("%s: %w", t.Name, err)
	}
	return out.flush()
}

// The reason codes of edges with a missing end.
var unknown = map[graph.Label]string{
	graph.SpaceliftSpace:      "unknown_space",
	graph.SpaceliftStack:      "unknown_stack",
	graph.SpaceliftWorkerPool: "unknown_worker_pool",
	graph.SpaceliftRun:        "unknown_run",
	graph.SpaceliftUser:       "unknown_user",
}

// exists tells whether a node is there. Nodes of other labels than these were added together with the edge.
func (r *Resolver) exists(label graph.Label, id string) bool {
	var ok bool
	switch label {
	case graph.SpaceliftSpace:
		_, ok = r.spaces[id]
	case graph.SpaceliftStack:
		_, ok = r.stacks[id]
	case graph.SpaceliftWorkerPool:
		_, ok = r.pools[id]
	default:
		ok = true
	}
	return ok
}

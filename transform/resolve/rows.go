package resolve

import (
	"fmt"
	"strings"

	"liftgraph/graph"
)

// passRows writes every node and edge that is left, table by table.
func (r *Resolver) passRows(sink graph.Sink) error {
	out := tableWriter{r: r, sink: sink}
	all := graph.Default.LakeTables()
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
			if column, ok := joined[t]; ok && out.table == t && out.pending {
				cells := r.cells(len(t.Relationship.Properties))
				if _, err := graph.CutRow(cells, value[1:]); err != nil {
					return fmt.Errorf("%s: %w", t.Name, err)
				}
				out.join(column, cells[column])
			}
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
	var from, to string
	r.keyTexts(key, &from, &to)
	rel := t.Relationship
	for i, label := range []graph.Label{rel.From, rel.To} {
		if !r.exists(label, []string{from, to}[i]) {
			rest, err := graph.CutRow(r.cells(len(rel.Properties)), value[1:])
			r.fail(err)
			r.cutOrigin(rest)
			r.rejectEdge(unknown[label], fmt.Sprintf("(%s)-[%s]->(%s)", from, rel.Type, to))
			return nil
		}
	}
	if err := out.begin(t); err != nil {
		return err
	}
	out.row[0], out.row[1] = graph.Text(from), graph.Text(to)
	if _, err := graph.CutRow(out.row[2:2+len(rel.Properties)], value[1:]); err != nil {
		return fmt.Errorf("%s: %w", t.Name, err)
	}
	if _, ok := joined[t]; ok { // further copies may add to it
		for i := range out.row[:2+len(rel.Properties)] {
			out.row[i].Text = strings.Clone(out.row[i].Text)
		}
		return nil
	}
	return out.flush()
}

// unknownRun is the reason code of edges of a run that isn't there.
const unknownRun = "unknown_run"

// unknownUser is the reason code of edges to a user that isn't there.
const unknownUser = "unknown_user"

// unknown are the labels whose nodes are in memory, and the reason codes of edges that end at none of them.
var unknown = map[graph.Label]string{
	graph.SpaceliftSpace:      "unknown_space",
	graph.SpaceliftStack:      "unknown_stack",
	graph.SpaceliftWorkerPool: "unknown_worker_pool",
}

// MissingEnd reports whether a reason code is that of an edge with an end that isn't there: no source listed it.
func MissingEnd(reason string) bool {
	if reason == unknownRun || reason == unknownUser {
		return true
	}
	for _, r := range unknown {
		if r == reason {
			return true
		}
	}
	return false
}

// exists reports whether a node is there. Nodes of labels that aren't in memory were added together with the edge.
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

package resolve

import (
	"fmt"
	"strings"

	"liftgraph/graph"
)

// Standing tells how a fragment of a node came about; the better one comes first where several know a property.
type Standing byte

// The standings.
const (
	OwnRecord Standing = iota // the node is what a record is about: it counts in the ledger
	Nested                    // the node is described within another record
	Named                     // the node is only named by another record
)

// Account names the account. It must come before every node.
func (r *Resolver) Account(id string) { r.account = id }

// AccountID gives the account's id.
func (r *Resolver) AccountID() string { return r.account }

// KnowSpace says that a space exists.
func (r *Resolver) KnowSpace(id string) { r.spaces[id] = struct{}{} }

// KnowStack says that a stack exists, and whether its code is on GitHub.
func (r *Resolver) KnowStack(id string, github bool) { r.stacks[id] = stack{github} }

// KnowPool says that a worker pool exists.
func (r *Resolver) KnowPool(id string) { r.pools[id] = struct{}{} }

// hubTags are the labels whose nodes the hubs pass joins with what refers to them.
var hubTags = map[graph.Label]byte{graph.SpaceliftRun: 'r', graph.SpaceliftGitCommit: 'c'}

// tableTags number the tables in the rows pass, in the order of the model.
var tableTags = func() map[*graph.Table]byte {
	m := map[*graph.Table]byte{}
	for i, t := range graph.Tables() {
		m[t] = byte(i)
	}
	return m
}()

// Node adds what a record knows of a node: its properties in the model's order, the key first.
// Of several fragments the better standing, then the later updated (Unix seconds), gives each property.
func (r *Resolver) Node(label graph.Label, s Standing, updated int64, row ...graph.Value) error {
	t := graph.NodeTable(label)
	if len(row) != len(t.Node.Properties) {
		return fmt.Errorf("%s: %d values for %d properties", label, len(row), len(t.Node.Properties))
	}
	sorter, tag := r.rows, tableTags[t]
	r.value = r.value[:0]
	if hub, ok := hubTags[label]; ok {
		sorter, tag = r.hubs, hub
		r.value = append(r.value, hubNode)
	}
	r.key = appendKey(r.key[:0], tag, row[0].Text)
	r.value = appendNewestFirst(append(r.value, byte(s)), updated)
	r.value = graph.AppendRow(r.value, row, t.Columns)
	return sorter.Add(r.key, r.value)
}

type stubKey struct {
	label graph.Label
	id    string
}

// maxRecentStubs bounds the memory of stubs just added: the same few users and workers are named again and again.
const maxRecentStubs = 4096

// stub adds a node that an edge needs, with what its name alone tells.
func (r *Resolver) stub(label graph.Label, row ...graph.Value) error {
	k := stubKey{label, row[0].Text}
	if _, ok := r.recentStubs[k]; ok {
		return nil
	}
	if len(r.recentStubs) == maxRecentStubs {
		clear(r.recentStubs)
	}
	r.recentStubs[stubKey{label, strings.Clone(k.id)}] = struct{}{}
	full := make(graph.Row, len(graph.NodeTable(label).Node.Properties))
	copy(full, row)
	return r.Node(label, Named, 0, full...)
}

// Worker adds a worker that is known by name, registered with a pool or, if pool is empty, nobody knows where.
func (r *Resolver) Worker(id, pool string) error {
	row := []graph.Value{graph.Text(id), graph.Text(id), {}, {}, graph.Text(r.account)}
	if pool == "" {
		return r.stub(graph.SpaceliftWorker, row...)
	}
	row[3] = graph.Text(pool)
	return r.Node(graph.SpaceliftWorker, Named, 1, row...)
}

// Instance adds an EC2 instance that an edge needs.
func (r *Resolver) Instance(id string) error {
	return r.stub(graph.EC2Instance, graph.Text(id), graph.Text(id))
}

// Edge adds an edge. Its ends must be nodes that the caller added, or spaces, stacks or pools, which
// are checked at the end. props are the relationship's properties in the model's order.
func (r *Resolver) Edge(t *graph.Table, start, end string, props ...graph.Value) error {
	return r.rankedEdge(t, 0, start, end, props...)
}

// rankedEdge adds an edge that gives way to one of a lower rank with the same identity.
func (r *Resolver) rankedEdge(t *graph.Table, rank byte, start, end string, props ...graph.Value) error {
	if len(props) != len(t.Relationship.Properties) {
		return fmt.Errorf("%s: %d values for %d properties", t.Name, len(props), len(t.Relationship.Properties))
	}
	r.edges.In++
	id := append(make([]string, 0, 3), start, end)
	for i := range t.Relationship.Identity {
		id = append(id, props[i].Text)
	}
	r.key = appendKey(r.key[:0], tableTags[t], id...)
	r.value = graph.AppendRow(append(r.value[:0], rank), props, t.Relationship.Properties)
	return r.rows.Add(r.key, r.value)
}

// Commit adds what a run knows of its commit.
func (r *Resolver) Commit(row ...graph.Value) error {
	return r.Node(graph.SpaceliftGitCommit, Nested, 0, row...)
}

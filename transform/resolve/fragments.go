package resolve

import (
	"fmt"
	"strings"

	"liftgraph/graph"
	"liftgraph/internal/extsort"
)

// Standing says how a fragment of a node came about; the better one comes first where several know a property.
type Standing byte

// The standings.
const (
	OwnRecord Standing = iota // the node is what a record is about: it counts in the ledger
	Nested                    // the node is described within another record
	Reported                  // the node is described by the webhook, which the API's word precedes
	Named                     // the node is only named by another record
)

// Account names the account. It must come before every node.
func (r *Resolver) Account(id string) { r.account = id }

// AccountID returns the account's id.
func (r *Resolver) AccountID() string { return r.account }

// KnowSpace says that a space exists.
func (r *Resolver) KnowSpace(id string) { r.spaces[id] = struct{}{} }

// KnowStack says that a stack exists, and where its code is: whether its provider is known, and is GitHub.
func (r *Resolver) KnowStack(id string, known, github bool) { r.stacks[id] = stack{known, github} }

// KnowPool says that a worker pool exists.
func (r *Resolver) KnowPool(id string) { r.pools[id] = struct{}{} }

// hubTags are the labels whose nodes the hubs pass joins with what refers to them.
var hubTags = map[graph.Label]byte{graph.SpaceliftRun: 'r', graph.SpaceliftGitCommit: 'c'}

// Nodes adds nodes of a label, whose properties are the fields of T, see [graph.Fields].
type Nodes[T any] struct {
	table  *graph.Table
	fields graph.Fields[T]
}

// NodesOf returns the nodes of a label. It panics where T doesn't have a field for each property: call it in the declaration of a
// variable.
func NodesOf[T any](l graph.Label) Nodes[T] {
	t := graph.NodeTable(l)
	return Nodes[T]{t, graph.FieldsOf[T](t, t.Node.Properties)}
}

// Add adds what the record at hand knows of a node. Of several fragments of it the better standing, then the later updated (Unix
// seconds), decides each property.
func (n Nodes[T]) Add(r *Resolver, s Standing, updated int64, node T) {
	row := r.cells(len(n.table.Node.Properties))
	n.fields.Fill(row, &node)
	r.node(n.table, s, updated, row)
}

// stub adds a node that an edge needs, with what its name alone says.
func (n Nodes[T]) stub(r *Resolver, node T) {
	row := r.cells(len(n.table.Node.Properties))
	n.fields.Fill(row, &node)
	k := stubKey{n.table.Node.Label, row[0].Text}
	if _, ok := r.recentStubs[k]; ok {
		return
	}
	if len(r.recentStubs) == maxRecentStubs {
		clear(r.recentStubs)
	}
	k.id = strings.Clone(k.id)
	r.recentStubs[k] = struct{}{}
	r.node(n.table, Named, 0, row)
}

// cells returns n cells to fill, until the next call.
func (r *Resolver) cells(n int) graph.Row {
	if cap(r.row) < n {
		r.row = make(graph.Row, n)
	}
	return r.row[:n]
}

func (r *Resolver) node(t *graph.Table, s Standing, updated int64, row graph.Row) {
	sorter, tag := r.rows, byte(t.Number)
	r.value = r.value[:0]
	if hub, ok := hubTags[t.Node.Label]; ok {
		sorter, tag = r.hubs, hub
		r.value = append(r.value, hubNode)
	}
	r.begin(tag, row[0].Text)
	r.value = extsort.AppendNewestFirst(append(r.value, byte(s)), updated)
	r.value = graph.AppendRow(r.value, row, t.Columns)
	r.add(sorter)
}

type stubKey struct {
	label graph.Label
	id    string
}

// maxRecentStubs bounds the memory of stubs just added: the same few users and workers are named again and again.
const maxRecentStubs = 4096

// Edges adds edges of a relationship, whose properties are the fields of T, see [graph.Fields].
type Edges[T any] struct {
	table   *graph.Table
	fields  graph.Fields[T]
	checked bool // an end is checked when the rows are written
}

// Edge adds edges of a relationship without properties.
type Edge = Edges[struct{}]

// EdgesOf returns the edges of a relationship. It panics where T doesn't have a field for each property: call it in the declaration
// of a variable.
func EdgesOf[T any](from graph.Label, typ string, to graph.Label) Edges[T] {
	t := graph.RelationshipTable(from, typ, to)
	_, checkedFrom := unknown[from]
	_, checkedTo := unknown[to]
	return Edges[T]{t, graph.FieldsOf[T](t, t.Relationship.Properties), checkedFrom || checkedTo}
}

// Add adds an edge. Its ends must be nodes that the caller added, or spaces, stacks or pools, which are checked at the end.
func (e Edges[T]) Add(r *Resolver, start, end string, properties T) {
	e.ranked(r, 0, start, end, properties)
}

// ranked adds an edge that is replaced by one of a lower rank with the same identity.
func (e Edges[T]) ranked(r *Resolver, rank byte, start, end string, properties T) {
	p := e.table.Relationship.Properties
	row := r.cells(len(p))
	e.fields.Fill(row, &properties)
	r.edges.In++
	r.begin(byte(e.table.Number), start, end)
	for i := range e.table.Relationship.Identity {
		r.key = extsort.AppendKey(r.key, row[i].Text)
	}
	r.value = graph.AppendRow(append(r.value[:0], rank), row, p)
	if e.checked {
		r.value = r.appendOrigin(r.value)
	}
	r.add(r.rows)
}

// none is the properties of an edge that has none.
type none = struct{}

// begin begins a key: a tag and texts.
func (r *Resolver) begin(tag byte, texts ...string) {
	r.key = extsort.AppendKey(append(r.key[:0], tag), texts...)
}

// add adds the key and value at hand to a sorter.
func (r *Resolver) add(s *extsort.Sorter) { r.fail(s.Add(r.key, r.value)) }

// fail keeps the first error, after which nothing counts any more.
func (r *Resolver) fail(err error) {
	if r.err == nil {
		r.err = err
	}
}

// Err returns the first error, which is the disk's.
func (r *Resolver) Err() error { return r.err }

// damaged is the error of a fragment that isn't what it was made as.
func damaged(format string, args ...any) error {
	return fmt.Errorf("%w: %s", extsort.ErrDamaged, fmt.Sprintf(format, args...))
}

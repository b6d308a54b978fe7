// Package graph is the model: every node label and relationship type, its key, properties and
// their types, declared once. CSV headers, Parquet schemas, constraints, Cypher and the schema
// page are derived from it, and a row anywhere in the program is a [Row] in its table's column order.
package graph

import (
	"fmt"
	"slices"
)

// Label is a node label as it stands in Neo4j.
type Label string

// Type is the type of a property.
type Type uint8

// The property types. A number is a signed 64-bit integer.
const (
	String Type = iota
	Int
	Bool
	List // of strings, which are not empty and hold no ListSeparator; a cell's text is all of them with it between; absent where there are none
)

// ListSeparator stands between the elements of a [List], in rows and in files.
const ListSeparator = ";"

// IsText reports whether a cell of the type is a text.
func (t Type) IsText() bool { return t == String || t == List }

// Property is one typed value of a node or relationship.
type Property struct {
	Name string
	Type Type
	Doc  string // one line: meaning, unit and form
}

// Node is a node label with its properties.
type Node struct {
	Label      Label
	Doc        string
	Properties []Property // the key first
	Extra      []Label    // that its nodes have too, for queries; they are found by Label
	Foreign    bool       // owned by other tools: created where missing, never overwritten
	AnyCase    bool       // the key names the same in upper and lower case: a node that is there keeps its spelling
	InAccount  string     // what the RESOURCE relationship from its account says of it; required of every label but the account's and foreign ones

	Local  bool             // its ids are unique only within an account
	Refs   map[string]Label // the properties that hold the key of another node
	Scopes []string         // of extraction, that list it: where all are complete, one that they don't list is gone; none: a log records it, and it stays
}

// Labels returns every label of its nodes, the one they are found by first, with separator between them.
func (n *Node) Labels(separator string) string {
	s := string(n.Label)
	for _, l := range n.Extra {
		s += separator + string(l)
	}
	return s
}

// Key returns the name of the property that identifies a node of this label.
func (n *Node) Key() string { return n.Properties[0].Name }

// Relationship is a relationship type between two labels. Its identity is its two ends.
type Relationship struct {
	Type       string
	From, To   Label
	Doc        string
	Properties []Property
	Identity   []string  // the leading properties, where they tell apart several edges between the same two ends
	Scopes     []string  // as those of a [Node]
	Log        string    // the property that only those edges have which a log records, and no scope lists; or empty
	Past       bool      // it says what happened, which stays true when no scope lists it any more
	Owner      Label     // of one of listed of the Past: the end that it is deleted with, and kept with; see [Owners]
	Fallback   *Fallback // which of its edges stand in for better ones; nil: none
}

// Fallback describes the edges of a relationship that are there only because their start has no better one. Which they are is judged by
// what is listed: where less is listed later, others come in their place, and are wrong.
type Fallback struct {
	Property string // one of the relationship's
	Value    string // that it has on such an edge
}

// The names of the columns every table ends in.
const (
	FirstSeen   = "firstseen"
	LastUpdated = "lastupdated"
)

var (
	firstSeen   = Property{FirstSeen, Int, "When a load first saw it, Unix milliseconds."}
	lastUpdated = Property{LastUpdated, Int, "The update tag of the load that last saw it, Unix seconds."}
)

// The columns a relationship table begins with.
const (
	StartID = "start_id"
	EndID   = "end_id"
)

// Table is the files of one node label or one relationship: what a sink opens and a row belongs to.
type Table struct {
	Node         *Node         // set for a node table
	Relationship *Relationship // set for a relationship table
	Name         string        // the label, or FROM_TYPE_TO
	Columns      []Property    // every column of a row, in order
	Number       int           // its index among the model's tables
	LakeOnly     bool          // only a lake has it
}

// Folder returns the table's path in a published directory: nodes/NAME or relationships/NAME.
func (t *Table) Folder() string {
	if t.Node != nil {
		return "nodes/" + t.Name
	}
	return "relationships/" + t.Name
}

// IDs returns the number of leading columns that are ids: a node's own, or those of a relationship's two ends.
func (t *Table) IDs() int {
	if t.Node != nil {
		return 1
	}
	return 2
}

// KeyColumns returns the number of leading columns that identify a row and order a table:
// one for nodes; for relationships both ends and the properties of Identity.
func (t *Table) KeyColumns() int {
	if t.Node != nil {
		return t.IDs()
	}
	return t.IDs() + len(t.Relationship.Identity)
}

// Last returns the node's labels, with semicolons between them, or the relationship's type: what ends each row of the table's CSV.
func (t *Table) Last() string {
	if t.Node != nil {
		return t.Node.Labels(";")
	}
	return t.Relationship.Type
}

// Model is a way to lay the graph out: labels and relationships with a table each.
type Model struct {
	Name string // as --graph-model and a manifest name it

	tables  []*Table
	lake    []*Table // that only a lake has
	byName  map[string]*Table
	derived map[*Table][]Derivation // none of the default
}

// Default is the model of liftgraph's own rows. Every other is made from them.
var Default = newModel("liftgraph", allNodes, slices.Concat(resources(allNodes), relationships, awsRelationships)).withLake(lakeNodes)

var allNodes = slices.Concat(nodes, awsNodes)

// resources returns the RESOURCE relationships: one from the account to each label that belongs to it. It panics for a label that
// doesn't say what the relationship means.
func resources(nodes []Node) (list []Relationship) {
	for _, n := range nodes {
		switch owned := !n.Foreign && n.Label != SpaceliftAccount; {
		case owned && n.InAccount == "":
			panic(fmt.Sprintf("graph: the declaration of %s says neither what its %s relationship means (InAccount) nor that it is Foreign", n.Label, Resource))
		case owned:
			list = append(list, Relationship{Type: Resource, From: SpaceliftAccount, To: n.Label, Doc: n.InAccount})
		case n.InAccount != "":
			panic(fmt.Sprintf("graph: the declaration of %s has an InAccount, but nodes of it belong to no account", n.Label))
		}
	}
	return list
}

// Models returns every model, the default first.
func Models() []*Model { return []*Model{Default, Cartography} }

// ModelNamed returns a model by its name; an empty one names the default.
func ModelNamed(name string) (*Model, bool) {
	for _, m := range Models() {
		if m.Name == name {
			return m, true
		}
	}
	return Default, name == ""
}

// newModel makes the tables of nodes and relationships.
func newModel(name string, nodes []Node, relationships []Relationship) *Model {
	m := &Model{Name: name, byName: map[string]*Table{}}
	add := func(t *Table) {
		t.Number = len(m.tables)
		m.tables = append(m.tables, t)
		m.byName[t.Name] = t
	}
	for i := range nodes {
		add(nodeTable(&nodes[i]))
	}
	for i := range relationships {
		r := &relationships[i]
		ends := []Property{
			{StartID, String, "The key of the " + string(r.From) + " it starts at."},
			{EndID, String, "The key of the " + string(r.To) + " it ends at."},
		}
		add(&Table{
			Relationship: r,
			Name:         fmt.Sprintf("%s_%s_%s", r.From, r.Type, r.To),
			Columns:      slices.Concat(ends, r.Properties, []Property{firstSeen, lastUpdated}),
		})
	}
	return m
}

func nodeTable(n *Node) *Table {
	return &Table{Node: n, Name: string(n.Label), Columns: slices.Concat(n.Properties, []Property{firstSeen, lastUpdated})}
}

// withLake adds tables that only a lake has.
func (m *Model) withLake(nodes []Node) *Model {
	for i := range nodes {
		t := nodeTable(&nodes[i])
		t.Number, t.LakeOnly = len(m.tables)+len(m.lake), true
		m.lake = append(m.lake, t)
		m.byName[t.Name] = t
	}
	return m
}

// Tables returns every table of the graph: nodes, then relationships, in the order of their declaration.
func (m *Model) Tables() []*Table { return slices.Clone(m.tables) }

// LakeTables returns every table that a lake has: those of the graph, and those that nothing but a lake has.
func (m *Model) LakeTables() []*Table { return slices.Concat(m.tables, m.lake) }

// Table returns a table by its name, also one that only a lake has.
func (m *Model) Table(name string) (*Table, bool) {
	t, ok := m.byName[name]
	return t, ok
}

// Tables returns every table of the default model.
func Tables() []*Table { return Default.Tables() }

// NodeTable returns the table of a label that the model declares; it panics for any other.
func NodeTable(l Label) *Table {
	t, ok := Default.Table(string(l))
	if !ok {
		panic("graph: the model has no label " + string(l))
	}
	return t
}

// Column returns the index of a property in the rows of a label's table, the times that every table ends in
// included. It panics for a label or property that the model doesn't declare.
func Column(l Label, name string) int {
	i := slices.IndexFunc(NodeTable(l).Columns, func(p Property) bool { return p.Name == name })
	if i < 0 {
		panic("graph: " + string(l) + " has no property " + name)
	}
	return i
}

// RelationshipTable returns the table of a relationship that the model declares; it panics for any other.
func RelationshipTable(from Label, typ string, to Label) *Table {
	name := fmt.Sprintf("%s_%s_%s", from, typ, to)
	t, ok := Default.Table(name)
	if !ok {
		panic("graph: the model has no relationship " + name)
	}
	return t
}

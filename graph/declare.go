package graph

import (
	"cmp"
	"fmt"
	"slices"
)

// made declares a node label or relationship of a model that is made from the default's.
type made struct {
	like  string // the table of the default model that it is, but for what else stands here; empty: a new one
	node  *Node  // where like is empty
	edge  *Relationship
	extra []Label // further labels
	doc   string  // in place of that of like; or empty

	from    string   // the table that rows are made from, where it isn't like
	where   string   // the rows of it that have this property; with a ! before it: that haven't
	columns []column // in place of those of like that have the same name, or after them; the ends of an edge too
	without []string // properties of like that it has not
	also    []source // further rows, which add to those of the same key
}

// column is a property and where it comes from.
type column struct {
	Property
	cell origin
}

// origin names what a [Cell] is made from.
type origin struct {
	property string // of the row
	convert  func(Value) (Value, error)
	account  bool
	fixed    Value
	or       *origin
}

// source is further rows: the properties of the table made, and where each comes from.
type source struct {
	from, where string
	cells       map[string]origin
}

func same(property string) origin { return origin{property: property} }
func fixed(text string) origin    { return origin{fixed: Text(text)} }

// deriver makes a model's tables.
type deriver struct {
	renamed map[Label]Label
	always  []column // that every table ends in, but for those of labels that other tools own
	nodes   []Node
	edges   []Relationship
	made    []made // of nodes, then of edges
}

// derive returns the model of the default's tables but for those that are declared here, which come in their place or at the end.
func derive(name string, renamed map[Label]Label, always []column, declared []made) *Model {
	d := &deriver{renamed: renamed, always: always}
	for _, isNode := range []bool{true, false} {
		for _, t := range Default.tables {
			if isNode != (t.Node != nil) {
				continue
			}
			own := slices.IndexFunc(declared, func(m made) bool { return m.like == t.Name })
			if own < 0 {
				d.add(made{like: t.Name})
			} else {
				d.add(declared[own])
			}
		}
		for _, m := range declared {
			if m.like == "" && isNode == (m.node != nil) {
				d.add(m)
			}
		}
	}
	model := newModel(name, d.nodes, d.edges)
	model.derived = map[*Table][]Derivation{}
	for i, t := range model.tables {
		model.derived[t] = derivations(t, d.made[i])
	}
	return model
}

// add completes a declaration by what it is like, and keeps its node or edge.
func (d *deriver) add(m made) {
	var properties []column
	var like Table
	if m.like != "" {
		like = *defaultTable(m.like)
		m.from = m.like
	}
	for _, p := range likeProperties(&like) {
		if !slices.Contains(m.without, p.Name) {
			properties = append(properties, column{p, same(p.Name)})
		}
	}
	if like.Node != nil && len(properties) > 0 {
		n := *like.Node
		n.Label, n.Refs = d.label(n.Label), d.refs(n.Refs)
		m.node = &n
	}
	if like.Relationship != nil {
		r := *like.Relationship
		r.Identity = slices.DeleteFunc(slices.Clone(r.Identity), func(p string) bool { return slices.Contains(m.without, p) })
		if slices.Contains(m.without, r.Log) {
			r.Log = ""
		}
		if r.Fallback != nil && slices.Contains(m.without, r.Fallback.Property) {
			r.Fallback = nil
		}
		m.edge = &r
	}
	more := m.columns
	if m.node == nil || !m.node.Foreign {
		more = slices.Concat(more, d.always)
	}
	for _, c := range more {
		if i := slices.IndexFunc(properties, func(p column) bool { return p.Name == c.Name }); i >= 0 {
			properties[i] = c
		} else {
			properties = append(properties, c)
		}
	}
	var list []Property
	for _, p := range properties {
		if p.Name != StartID && p.Name != EndID {
			list = append(list, p.Property)
		}
	}
	m.columns = properties
	d.made = append(d.made, m)
	if m.node != nil {
		n := *m.node
		n.Properties, n.Extra, n.Doc = list, m.extra, cmp.Or(m.doc, n.Doc)
		d.nodes = append(d.nodes, n)
		return
	}
	r := *m.edge
	r.From, r.To, r.Owner, r.Properties, r.Doc = d.label(r.From), d.label(r.To), d.label(r.Owner), list, cmp.Or(m.doc, r.Doc)
	d.edges = append(d.edges, r)
}

func (d *deriver) label(l Label) Label {
	if to, ok := d.renamed[l]; ok {
		return to
	}
	return l
}

func (d *deriver) refs(of map[string]Label) map[string]Label {
	out := map[string]Label{}
	for property, label := range of {
		out[property] = d.label(label)
	}
	return out
}

func defaultTable(name string) *Table {
	t, ok := Default.Table(name)
	if !ok {
		panic("graph: the default model has no table " + name)
	}
	return t
}

func likeProperties(t *Table) []Property {
	switch {
	case t.Node != nil:
		return t.Node.Properties
	case t.Relationship != nil:
		return t.Relationship.Properties
	}
	return nil
}

// derivations says what the rows of a table are made from, by its declaration.
func derivations(t *Table, m made) []Derivation {
	first := source{from: m.from, where: m.where, cells: map[string]origin{StartID: same(StartID), EndID: same(EndID)}}
	for _, c := range m.columns {
		first.cells[c.Name] = c.cell
	}
	var list []Derivation
	for _, s := range append([]source{first}, m.also...) {
		from := defaultTable(s.from)
		d := Derivation{From: from, Cells: make([]Cell, len(t.Columns))}
		if name, absent := s.where, false; name != "" {
			if name[0] == '!' {
				name, absent = name[1:], true
			}
			d.Where = &Where{Column: from.column(name), Present: !absent}
		}
		s.cells[FirstSeen], s.cells[LastUpdated] = same(FirstSeen), same(LastUpdated)
		for i, c := range t.Columns {
			d.Cells[i] = s.cells[c.Name].in(from)
		}
		list = append(list, d)
	}
	return list
}

// in returns the cell that is made from rows of a table.
func (o origin) in(from *Table) Cell {
	switch {
	case o.account:
		return Cell{Column: AccountCell}
	case o.property == "":
		return Cell{Column: FixedCell, Value: o.fixed}
	}
	c := Cell{Column: from.column(o.property), Convert: o.convert}
	if o.or != nil {
		other := o.or.in(from)
		c.Or = &other
	}
	return c
}

// column returns the place of a property.
func (t *Table) column(name string) int {
	i := slices.IndexFunc(t.Columns, func(p Property) bool { return p.Name == name })
	if i < 0 {
		panic(fmt.Sprintf("graph: %s has no property %s", t.Name, name))
	}
	return i
}

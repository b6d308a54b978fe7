package scan

import (
	"strings"

	"github.com/parquet-go/parquet-go"
)

// rowReader makes events of rows. Columns may be text, or structs, maps and lists; they may hold events as JSON, or be
// those of OCSF.
type rowReader struct {
	columns []column
	ofLeaf  []int // the column of each leaf
	wraps   bool  // some may hold an event
	ocsf    bool
	row     [][]parquet.Value // by leaf
}

// column is a field of the schema's root.
type column struct {
	name  string
	field field // fieldCount: it is no field of an event
	rest  []byte
	node  *node
	first int // leaf
}

func newRowReader(s *parquet.Schema) *rowReader {
	r := new(rowReader)
	leaves := 0
	for _, root := range s.Fields() {
		c := column{name: root.Name(), field: fieldCount, first: leaves, node: newNode(root, 0, 0)}
		var w envelope
		if f, rest, ok := fieldOf([]byte(c.name)); ok {
			c.field, c.rest = f, rest
		} else if w.note([]byte(c.name), []byte(`{}`)); w.inner != nil || w.elastic != nil || is([]byte(c.name), "aws") || mayHold(root) {
			r.wraps = true
		}
		r.ocsf = r.ocsf || w.ocsf
		leaves += c.node.leaves
		for range c.node.leaves {
			r.ofLeaf = append(r.ofLeaf, len(r.columns))
		}
		r.columns = append(r.columns, c)
	}
	r.row = make([][]parquet.Value, leaves)
	return r
}

// has reports whether there is a column of a field.
func (r *rowReader) has(f field) bool {
	for _, c := range r.columns {
		if c.field == f {
			return true
		}
	}
	return false
}

// mayHold reports whether a column of any name may hold events: lists and structs with an identity within, as what DuckDB and
// Spark make of log files (Records: a list of structs).
func mayHold(f parquet.Field) bool {
	if isListName([]byte(f.Name())) {
		return true
	}
	if f.Leaf() {
		return false
	}
	for _, child := range f.Fields() {
		if is([]byte(child.Name()), "useridentity") || is([]byte(child.Name()), "cloudtrailevent") || mayHold(child) {
			return true
		}
	}
	return false
}

// holdsEvents reports whether the columns may be those of events.
func (r *rowReader) holdsEvents() bool {
	return r.has(eventID) && r.has(userIdentity) || r.wraps || r.ocsf
}

// wanted reports whether a column is looked at.
func (r *rowReader) wanted(c *column) bool { return c.field != fieldCount || r.wraps || r.ocsf }

// events makes an event of a row, or more where they stand within its columns, and returns the row's size; none of one that
// is too large. Structs become JSON.
func (r *rowReader) events(row parquet.Row) (all []event, size int) {
	e, whole, size := r.event(row)
	if size > MaxRecord {
		return nil, size
	}
	if whole != nil && !e.isPlain() {
		if inner := within(marshal(whole)); len(inner) > 0 {
			return inner, size
		}
	}
	return []event{e}, size
}

// event makes an event of a row, and returns all of it where the event may stand within.
func (r *rowReader) event(row parquet.Row) (e event, whole map[string]any, size int) {
	clear(r.row)
	for i := 0; i < len(row); {
		leaf := row[i].Column()
		end := i
		for ; end < len(row) && row[end].Column() == leaf; end++ {
			if row[end].Kind() == parquet.ByteArray && r.wanted(&r.columns[r.ofLeaf[leaf]]) {
				size += len(row[end].ByteArray())
			}
		}
		r.row[leaf] = row[i:end]
		i = end
	}
	if size > MaxRecord {
		return e, nil, size
	}
	var w envelope
	if r.ocsf || r.wraps {
		whole = map[string]any{}
	}
	for i := range r.columns {
		c := &r.columns[i]
		if !r.wanted(c) {
			continue
		}
		v := c.node.read(r.row[c.first:c.first+c.node.leaves], c.field)
		if v != nil && whole != nil {
			whole[c.name] = v
		}
		switch {
		case v == nil || r.ocsf:
		case c.field != fieldCount:
			e.set(c.field, c.rest, textOfTree(v), &w.flat)
		default:
			w.note([]byte(c.name), marshal(v))
		}
	}
	if r.ocsf {
		e, _ = ocsfEvent(marshal(whole))
		return e, whole, size
	}
	w.flat.into(&e)
	if e[userIdentity] == nil || !e.isOne() {
		w.open(&e, nil, 0)
	}
	if e[eventTime] == nil {
		e[eventTime] = w.at
	}
	return e, whole, size
}

// textOfTree returns a value as the text of a field.
func textOfTree(v any) []byte {
	if s, ok := v.(string); ok {
		return []byte(s)
	}
	return marshal(v)
}

// node is a node of the schema.
type node struct {
	name               string
	optional, repeated bool
	def, rep           int // of its values
	leaf               *leafType
	children           []*node
	leaves             int
}

func newNode(f parquet.Field, def, rep int) *node {
	n := &node{name: f.Name(), optional: f.Optional(), repeated: f.Repeated(), def: def, rep: rep}
	if n.optional || n.repeated {
		n.def++
	}
	if n.repeated {
		n.rep++
	}
	if f.Leaf() {
		n.leaf, n.leaves = newLeafType(f.Type()), 1
		return n
	}
	for _, child := range f.Fields() {
		c := newNode(child, n.def, n.rep)
		n.children = append(n.children, c)
		n.leaves += c.leaves
	}
	return n
}

// read returns what a row's values of the node's leaves make: text, a map, a list, or nil.
func (n *node) read(values [][]parquet.Value, f field) any {
	if len(values) == 0 || len(values[0]) == 0 || values[0][0].DefinitionLevel() < n.def {
		return nil
	}
	if !n.repeated {
		return n.one(values, f)
	}
	list := []any{}
	rest := make([][]parquet.Value, len(values))
	copy(rest, values)
	part := make([][]parquet.Value, len(values))
	for len(rest[0]) > 0 {
		for i, v := range rest {
			end := min(1, len(v))
			for end < len(v) && v[end].RepetitionLevel() > n.rep {
				end++
			}
			part[i], rest[i] = v[:end], v[end:]
		}
		list = append(list, n.one(part, f))
	}
	return list
}

func (n *node) one(values [][]parquet.Value, f field) any {
	if n.leaf != nil {
		if values[0][0].IsNull() {
			return nil
		}
		return n.leaf.text(values[0][0], f)
	}
	if len(n.children) == 1 && n.children[0].repeated { // LIST and MAP have a group within
		return n.children[0].inner(values, f)
	}
	all := map[string]any{}
	first := 0
	for _, c := range n.children {
		if v := c.read(values[first:first+c.leaves], f); v != nil {
			all[c.name] = v
		}
		first += c.leaves
	}
	return all
}

// inner reads the group of a list's elements, or of a map's keys and values.
func (n *node) inner(values [][]parquet.Value, f field) any {
	list, _ := n.read(values, f).([]any)
	if n.leaf != nil {
		return list
	}
	names := make([]string, 0, 2)
	for _, c := range n.children {
		names = append(names, strings.ToLower(c.name))
	}
	switch {
	case len(names) == 1:
		for i, e := range list {
			if m, ok := e.(map[string]any); ok {
				list[i] = m[n.children[0].name]
			}
		}
	case len(names) == 2 && names[0] == "key" && names[1] == "value" && n.children[0].leaf != nil:
		all := map[string]any{}
		for _, e := range list {
			if m, ok := e.(map[string]any); ok {
				if key, ok := m[n.children[0].name].(string); ok {
					all[key] = m[n.children[1].name]
				}
			}
		}
		return all
	}
	return list
}

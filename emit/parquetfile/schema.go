package parquetfile

import (
	"reflect"

	"github.com/parquet-go/parquet-go"

	"liftgraph/graph"
)

// Schema gives the schema of a table's files: its columns in their order, by their plain names.
// The ends of an edge and the id of a node are required, all else may be null.
func Schema(t *graph.Table) *parquet.Schema {
	g := orderedGroup{}
	for i, c := range t.Columns {
		g.fields = append(g.fields, field{leaf(t, i), c.Name})
	}
	return parquet.NewSchema(t.Name, g)
}

// freeText is long and says where no row is: the bounds of such a column would be of no use, and as long as its texts.
var freeText = map[string]bool{"message": true, "description": true}

// leaf chooses among the encodings that every engine reads. Texts that differ from row to row are
// plain; those that come again, and times that are the same throughout, get a dictionary.
func leaf(t *graph.Table, i int) parquet.Node {
	c := t.Columns[i]
	var n parquet.Node
	switch c.Type {
	case graph.Bool:
		n = parquet.Leaf(parquet.BooleanType)
	case graph.Int:
		n = parquet.Int(64)
		if i >= len(t.Columns)-2 {
			n = parquet.Encoded(n, &parquet.RLEDictionary)
		}
	default:
		n = parquet.String()
		if lastID := t.IDs() - 1; i == lastID || freeText[c.Name] {
			n = parquet.Encoded(n, &parquet.Plain)
		} else {
			n = parquet.Encoded(n, &parquet.RLEDictionary)
		}
	}
	if i < t.IDs() {
		return parquet.Required(n)
	}
	return parquet.Optional(n)
}

// sorting says in the files how their rows are ordered.
func sorting(t *graph.Table) parquet.WriterOption {
	var columns []parquet.SortingColumn
	for _, c := range t.Columns[:t.KeyColumns()] {
		columns = append(columns, parquet.NullsFirst(parquet.Ascending(c.Name)))
	}
	return parquet.SortingWriterConfig(parquet.SortingColumns(columns...))
}

// orderedGroup is a [parquet.Group] that keeps the order of its fields, which a Group sorts by name.
type orderedGroup struct {
	parquet.Group
	fields []parquet.Field
}

// Fields implements [parquet.Node].
func (g orderedGroup) Fields() []parquet.Field { return g.fields }

// field is a named node. Rows are written column by column, never from Go values.
type field struct {
	parquet.Node
	name string
}

// Name implements [parquet.Field].
func (f field) Name() string { return f.name }

// Value implements [parquet.Field].
func (f field) Value(base reflect.Value) reflect.Value { return base.FieldByName(f.name) }

package parquetfile

import (
	"fmt"
	"os"
	"reflect"

	"github.com/parquet-go/parquet-go"

	"liftgraph/emit/lake"
	"liftgraph/graph"
	"liftgraph/internal/dataset"
	"liftgraph/internal/parquetsafe"
)

// Schema returns the schema of a table's files: its columns in their order, by their plain names.
// The ends of an edge and the id of a node are required, all else may be null.
func Schema(t *graph.Table) *parquet.Schema { return schema(t, plain(t)) }

// plain returns the columns of a table as those of its files.
func plain(t *graph.Table) []lake.Column {
	var list []lake.Column
	for i, p := range t.Columns {
		list = append(list, lake.Column{Property: p, Source: i})
	}
	return list
}

func schema(t *graph.Table, columns []lake.Column) *parquet.Schema {
	g := orderedGroup{}
	for _, c := range columns {
		g.fields = append(g.fields, field{leaf(t, c), c.Name})
	}
	return parquet.NewSchema(t.Name, g)
}

// freeText is long and says where no row is: the bounds of such a column would be of no use, and as long as its texts.
var freeText = map[string]bool{"message": true, "description": true}

// distinct texts that are no ids of a table's rows differ from row to row too.
var distinct = map[string]bool{"event_id": true, "event_time": true, "timestamp": true}

// leaf chooses among the encodings that every engine reads. Texts that differ from row to row are
// plain; those that come again, and times that are the same throughout, get a dictionary.
func leaf(t *graph.Table, c lake.Column) parquet.Node {
	var n parquet.Node
	switch c.Type {
	case graph.Bool:
		n = parquet.Leaf(parquet.BooleanType)
	case graph.Int:
		if n = parquet.Int(64); c.Timestamp {
			n = parquet.Timestamp(parquet.Microsecond)
		}
		if c.Source >= len(t.Columns)-graph.Times {
			n = parquet.Encoded(n, &parquet.RLEDictionary)
		}
	default:
		n = parquet.String()
		if lastID := t.IDs() - 1; c.Source == lastID || freeText[c.Name] || distinct[c.Name] {
			n = parquet.Encoded(n, &parquet.Plain)
		} else {
			n = parquet.Encoded(n, &parquet.RLEDictionary)
		}
	}
	if c.Source < t.IDs() {
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

// ColumnNames returns the names of a file's columns.
func ColumnNames(f *os.File, part dataset.File) (names []string, err error) {
	defer func() {
		if p := recover(); p != nil { // the library trusts lengths that a damaged file holds
			err = fmt.Errorf("%s is damaged: %v", part.Path, p)
		}
	}()
	p, err := parquetsafe.Open(f, part.Bytes)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", part.Path, err)
	}
	for _, field := range p.Schema().Fields() {
		names = append(names, field.Name())
	}
	return names, nil
}

package graph

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"unicode"
	"unsafe"
)

// Fields copies the fields of T into the columns of the same names. T is a struct of [Value] fields, one for each property of a
// node or relationship, in any order: the field StackID is the property stack_id; a field whose property is written otherwise names
// it in a tag, as in `graph:"instanceid"`. So a row is made by names, and costs no more than one made by positions.
type Fields[T any] struct{ columns []int }

// FieldsOf returns the fields of T for some properties. It panics where T and the properties don't have the same names: call it when
// the program starts, in the declaration of a variable.
func FieldsOf[T any](table *Table, properties []Property) Fields[T] {
	t := reflect.TypeFor[T]()
	columns := make([]int, t.NumField())
	for i := range columns {
		field := t.Field(i)
		name := field.Tag.Get("graph")
		if name == "" {
			name = snakeCase(field.Name)
		}
		if columns[i] = slices.IndexFunc(properties, func(p Property) bool { return p.Name == name }); columns[i] < 0 {
			panic(fmt.Sprintf("graph: %s has no property %s, which the field %s of %s is to be", table.Name, name, field.Name, t))
		}
		if slices.Contains(columns[:i], columns[i]) {
			panic(fmt.Sprintf("graph: two fields of %s are the property %s of %s", t, name, table.Name))
		}
		if field.Type != reflect.TypeFor[Value]() {
			panic(fmt.Sprintf("graph: the field %s of %s is no graph.Value", field.Name, t))
		}
	}
	for i, p := range properties {
		if !slices.Contains(columns, i) {
			panic(fmt.Sprintf("graph: %s has no field for the property %s of %s", t, p.Name, table.Name))
		}
	}
	return Fields[T]{columns}
}

// Fill copies the fields of from into row, which has a cell for each property.
func (f Fields[T]) Fill(row Row, from *T) {
	// T is nothing but Values, one after the other, as FieldsOf found.
	for i, v := range unsafe.Slice((*Value)(unsafe.Pointer(from)), len(f.columns)) {
		row[f.columns[i]] = v
	}
}

// snakeCase returns the property's name for a field's: aws_role_arn for AWSRoleARN, is_root for IsRoot.
func snakeCase(name string) string {
	var b strings.Builder
	letters := []rune(name)
	for i, r := range letters {
		if unicode.IsUpper(r) && i > 0 && (!unicode.IsUpper(letters[i-1]) || i+1 < len(letters) && unicode.IsLower(letters[i+1])) {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

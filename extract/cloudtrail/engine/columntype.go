package engine

import (
	"fmt"
	"strings"
)

// column is a column of a table, with its type as the engine writes it: Athena in the words of Hive,
// array<struct<arn:string>>, Trino in those of SQL, array(row(arn varchar)).
type column struct {
	name       string
	typ        string
	partition  bool
	projection map[string]string // how Athena projects a partition column, e.g. type, format; else empty
}

// category is what matters of a type for turning its values into text.
type category int

const (
	otherType category = iota // numbers, booleans
	textType
	jsonType
	nestedType
	dateType
	timeType
	zonedTimeType
)

func categoryOf(typ string) category {
	t := strings.ToLower(strings.TrimSpace(typ))
	base := t
	if i := strings.IndexAny(t, "(<"); i >= 0 {
		base = t[:i]
	}
	switch strings.TrimSpace(base) {
	case "string", "varchar", "char":
		return textType
	case "json":
		return jsonType
	case "struct", "row", "array", "map":
		return nestedType
	case "date":
		return dateType
	case "timestamp":
		if strings.HasSuffix(t, "with time zone") {
			return zonedTimeType
		}
		return timeType
	case "timestamp with time zone", "timestamptz":
		return zonedTimeType
	}
	return otherType
}

// elements returns the fields of an array of structs, false where the type is something else.
func elements(typ string) ([]column, bool) {
	element, ok := inside(typ, "array")
	if !ok {
		return nil, false
	}
	sep := " "
	fields, ok := inside(element, "row")
	if !ok {
		if fields, ok = inside(element, "struct"); !ok {
			return nil, false
		}
		sep = ":"
	}
	var columns []column
	for _, f := range split(fields) {
		n, typ, ok := cutName(f, sep)
		if !ok {
			return nil, false
		}
		columns = append(columns, column{name: n, typ: typ})
	}
	return columns, true
}

// inside returns what stands in the brackets of a type.
func inside(typ, outer string) (string, bool) {
	t := strings.TrimSpace(typ)
	if len(t) < len(outer)+2 || !strings.EqualFold(t[:len(outer)], outer) {
		return "", false
	}
	t = strings.TrimSpace(t[len(outer):])
	if len(t) < 2 || t[0] != '(' && t[0] != '<' {
		return "", false
	}
	return t[1 : len(t)-1], true
}

// split divides the fields of a struct at the commas outside of brackets and quotes.
func split(fields string) []string {
	var parts []string
	depth, start, quoted := 0, 0, false
	for i, r := range fields {
		switch {
		case r == '"':
			quoted = !quoted
		case quoted:
		case r == '(' || r == '<':
			depth++
		case r == ')' || r == '>':
			depth--
		case r == ',' && depth == 0:
			parts = append(parts, fields[start:i])
			start = i + 1
		}
	}
	return append(parts, fields[start:])
}

// cutName divides a field into its name, which may be quoted, and its type.
func cutName(field, sep string) (n, typ string, ok bool) {
	field = strings.TrimSpace(field)
	if rest, quoted := strings.CutPrefix(field, `"`); quoted {
		end := strings.LastIndex(rest, `"`)
		if end < 0 {
			return "", "", false
		}
		return strings.ReplaceAll(rest[:end], `""`, `"`), strings.TrimSpace(rest[end+1:]), rest[end+1:] != ""
	}
	n, typ, ok = strings.Cut(field, sep)
	return n, strings.TrimSpace(typ), ok && n != ""
}

// find returns the first of the names that is a column's, whatever its letter case.
func find(columns []column, names ...string) (column, bool) {
	for _, n := range names {
		for _, c := range columns {
			if strings.EqualFold(c.name, n) {
				return c, true
			}
		}
	}
	return column{}, false
}

// asText returns an expression for the text of a value.
func asText(expr, typ string) string {
	switch categoryOf(typ) {
	case textType:
		return expr
	case jsonType:
		return fmt.Sprintf("json_format(%s)", expr)
	case nestedType:
		return fmt.Sprintf("json_format(CAST(%s AS json))", expr)
	case timeType:
		return fmt.Sprintf("date_format(%s, '%%Y-%%m-%%dT%%H:%%i:%%sZ')", expr)
	case zonedTimeType:
		return fmt.Sprintf("date_format(%s AT TIME ZONE 'UTC', '%%Y-%%m-%%dT%%H:%%i:%%sZ')", expr)
	default:
		return fmt.Sprintf("CAST(%s AS varchar)", expr)
	}
}

package scan

import (
	"strings"
	"time"

	"github.com/parquet-go/parquet-go"
)

// rowReader makes events of rows. A column may be text, or a struct as Athena's tables have them.
type rowReader struct {
	leaves []leaf // by column index
}

// leaf is a column of scalars.
type leaf struct {
	field field    // fieldCount: one that isn't looked at
	path  []string // below the field's column, in lower case
}

func newRowReader(s *parquet.Schema) *rowReader {
	r := new(rowReader)
	for _, path := range s.Columns() {
		l := leaf{field: fieldCount}
		if f, _, ok := fieldOf([]byte(path[0])); ok {
			l.field = f
		}
		for _, name := range path[1:] {
			l.path = append(l.path, strings.ToLower(name))
		}
		r.leaves = append(r.leaves, l)
	}
	return r
}

func (r *rowReader) has(f field) bool {
	for _, l := range r.leaves {
		if l.field == f {
			return true
		}
	}
	return false
}

// event makes an event of a row, and gives its size; no event of one that is too large. Structs become JSON: the identity
// an object, all else the values that are in it.
func (r *rowReader) event(row parquet.Row) (e event, size int) {
	for _, v := range row {
		if v.Kind() == parquet.ByteArray && r.leaves[v.Column()].field != fieldCount {
			size += len(v.ByteArray())
		}
	}
	if size > MaxRecord {
		return e, size
	}
	who, values := map[string]any{}, map[field][]string{}
	for _, v := range row {
		l := &r.leaves[v.Column()]
		if v.IsNull() || l.field == fieldCount {
			continue
		}
		text := textOf(v, l.field)
		switch {
		case len(l.path) == 0:
			e[l.field] = []byte(text)
		case l.field == userIdentity:
			put := who
			for _, name := range l.path[:len(l.path)-1] {
				if _, ok := put[name].(map[string]any); !ok {
					put[name] = map[string]any{}
				}
				put = put[name].(map[string]any)
			}
			put[l.path[len(l.path)-1]] = text
		default:
			values[l.field] = append(values[l.field], text)
		}
	}
	if len(who) > 0 {
		e[userIdentity] = marshal(who)
	}
	for f, all := range values {
		e[f] = marshal(all)
	}
	return e, size
}

// textOf gives a value's text; that of a time as CloudTrail writes it.
func textOf(v parquet.Value, f field) string {
	switch {
	case f == eventTime && v.Kind() == parquet.Int64:
		return sinceEpoch(v.Int64()).Format(time.RFC3339Nano)
	case f == eventTime && v.Kind() == parquet.Int96: // nanoseconds of the day, and the Julian day
		t := v.Int96()
		const epoch = 2_440_588 // the Julian day of 1 January 1970
		return time.Unix((int64(t[2])-epoch)*24*60*60, int64(uint64(t[1])<<32|uint64(t[0]))).UTC().Format(time.RFC3339Nano)
	case v.Kind() == parquet.ByteArray:
		return string(v.ByteArray())
	default:
		return v.String()
	}
}

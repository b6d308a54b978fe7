package graph

import (
	"encoding/binary"
	"errors"
	"unsafe"
)

// Value is one cell: text, number or truth value, or absent. Absent differs from the empty string.
type Value struct {
	Text    string // of a String or List
	Num     int64  // of an Int; 0 or 1 of a Bool
	Present bool
}

// Row is the cells of one node or relationship in its table's column order.
type Row []Value

// Text returns a present string.
func Text(s string) Value { return Value{Text: s, Present: true} }

// TextPtr returns a string, absent for nil.
func TextPtr(s *string) Value {
	if s == nil {
		return Value{}
	}
	return Text(*s)
}

// Num returns a present number.
func Num(n int64) Value { return Value{Num: n, Present: true} }

// NumPtr returns a number, absent for nil.
func NumPtr(n *int64) Value {
	if n == nil {
		return Value{}
	}
	return Num(*n)
}

// Truth returns a present truth value.
func Truth(b bool) Value {
	if b {
		return Num(1)
	}
	return Num(0)
}

// TruthPtr returns a truth value, absent for nil.
func TruthPtr(b *bool) Value {
	if b == nil {
		return Value{}
	}
	return Truth(*b)
}

// Sink takes a graph, one table after the other.
type Sink interface {
	// Table begins a table. Each table of the model is begun once at most.
	Table(*Table) (TableWriter, error)
}

// TableWriter takes the rows of one table, sorted by its key columns, none twice.
type TableWriter interface {
	// Write takes one row, whose text is valid only during the call.
	Write(Row) error
	// Close ends the table. No row counts before it returned nil.
	Close() error
}

const (
	cellAbsent = iota
	cellText
	cellNum
)

// AppendRow appends the binary form of a row, which [DecodeRow] reads, to dst.
// Equal rows have equal forms.
func AppendRow(dst []byte, row Row, columns []Property) []byte {
	for i := range row {
		v := &row[i]
		switch {
		case !v.Present:
			dst = append(dst, cellAbsent)
		case columns[i].Type.IsText():
			dst = append(dst, cellText)
			dst = binary.AppendUvarint(dst, uint64(len(v.Text)))
			dst = append(dst, v.Text...)
		default:
			dst = append(dst, cellNum)
			dst = binary.AppendVarint(dst, v.Num)
		}
	}
	return dst
}

var errRow = errors.New("graph: damaged row")

// DecodeRow reads len(row) cells of src into row. Their text points into src and is valid as long as src is unchanged.
func DecodeRow(row Row, src []byte) error {
	rest, err := CutRow(row, src)
	if err == nil && len(rest) != 0 {
		return errRow
	}
	return err
}

// CutRow reads len(row) cells of src as [DecodeRow] does, and returns what follows them.
func CutRow(row Row, src []byte) (rest []byte, err error) {
	for i := range row {
		if len(src) == 0 {
			return nil, errRow
		}
		tag := src[0]
		src = src[1:]
		switch tag {
		case cellAbsent:
			row[i] = Value{}
		case cellText:
			n, w := binary.Uvarint(src)
			if w <= 0 || n > uint64(len(src)-w) {
				return nil, errRow
			}
			src = src[w:]
			// Rows pass by the hundred million: a copy per cell would cost more than all else here.
			row[i] = Value{Text: unsafe.String(unsafe.SliceData(src), int(n)), Present: true}
			src = src[n:]
		case cellNum:
			n, w := binary.Varint(src)
			if w <= 0 {
				return nil, errRow
			}
			row[i] = Value{Num: n, Present: true}
			src = src[w:]
		default:
			return nil, errRow
		}
	}
	return src, nil
}

package graph

import (
	"cmp"
	"encoding/binary"
)

// Times is the number of columns that every table ends in: firstseen, then lastupdated.
const Times = 2

// Compare orders two rows by the table's key columns, in the order of its rows: absent first, then by value, column after column.
func (t *Table) Compare(a, b Row) int {
	for i := range t.KeyColumns() {
		x, y := &a[i], &b[i]
		if x.Present != y.Present {
			if x.Present {
				return 1
			}
			return -1
		}
		if order := cmp.Or(cmp.Compare(x.Num, y.Num), cmp.Compare(x.Text, y.Text)); order != 0 {
			return order
		}
	}
	return 0
}

// AppendKey appends a form of the row's key columns to dst whose bytes have the order of [Table.Compare].
func (t *Table) AppendKey(dst []byte, row Row) []byte {
	for i := range t.KeyColumns() {
		v := &row[i]
		if !v.Present {
			dst = append(dst, 0)
			continue
		}
		dst = append(dst, 1)
		if !t.Columns[i].Type.IsText() {
			dst = binary.BigEndian.AppendUint64(dst, uint64(v.Num)^1<<63) // negative ones first
			continue
		}
		for j := range len(v.Text) {
			if dst = append(dst, v.Text[j]); v.Text[j] == 0 {
				dst = append(dst, 1)
			}
		}
		dst = append(dst, 0, 0) // less than any byte that goes on
	}
	return dst
}

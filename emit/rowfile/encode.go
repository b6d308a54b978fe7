package rowfile

import (
	"strconv"
	"unicode/utf8"

	"liftgraph/graph"
)

// appendRow appends a row as a line of JSON: an array in the order of the table's columns, null where a value is absent.
func appendRow(dst []byte, row graph.Row, columns []graph.Property) []byte {
	dst = append(dst, '[')
	for i := range row {
		if i > 0 {
			dst = append(dst, ',')
		}
		v := &row[i]
		switch {
		case !v.Present:
			dst = append(dst, "null"...)
		case columns[i].Type.IsText():
			dst = appendString(dst, v.Text)
		case columns[i].Type == graph.Bool:
			dst = strconv.AppendBool(dst, v.Num != 0)
		default:
			dst = strconv.AppendInt(dst, v.Num, 10)
		}
	}
	return append(dst, ']', '\n')
}

const hex = "0123456789abcdef"

// appendString appends a JSON string. A byte that isn't UTF-8 becomes U+FFFD, as encoding/json has it.
func appendString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	from := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= utf8.RuneSelf {
			r, n := utf8.DecodeRuneInString(s[i:])
			if r == utf8.RuneError && n == 1 {
				dst = append(append(dst, s[from:i]...), "\ufffd"...)
				from = i + 1
			}
			i += n
			continue
		}
		if c >= ' ' && c != '"' && c != '\\' {
			i++
			continue
		}
		dst = append(append(dst, s[from:i]...), '\\')
		switch c {
		case '"', '\\':
			dst = append(dst, c)
		case '\n':
			dst = append(dst, 'n')
		case '\r':
			dst = append(dst, 'r')
		case '\t':
			dst = append(dst, 't')
		default:
			dst = append(dst, 'u', '0', '0', hex[c>>4], hex[c&15])
		}
		i++
		from = i
	}
	return append(append(dst, s[from:]...), '"')
}

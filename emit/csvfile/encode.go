package csvfile

import (
	"strconv"
	"strings"

	"liftgraph/graph"
)

// plain is true for the bytes that a field may hold unquoted. Quotes are never wrong: all that any reader
// might treat specially gets them, and so do spaces and letters beyond ASCII.
var plain = func() (t [256]bool) {
	for c := '!'; c <= '~'; c++ {
		t[c] = !strings.ContainsRune(`",'\;`, c)
	}
	return t
}()

// appendText appends a present string: quoted unless it needn't be, so that "" differs from an absent value.
// It reports whether the text breaks the line.
func appendText(dst []byte, s string) (_ []byte, multiline bool) {
	i := 0
	for i < len(s) && plain[s[i]] {
		i++
	}
	if i == len(s) && i > 0 {
		return append(dst, s...), false
	}
	dst = append(dst, '"')
	from := 0
	for ; i < len(s); i++ {
		switch s[i] {
		case '"':
			dst = append(append(dst, s[from:i+1]...), '"')
			from = i + 1
		case '\n', '\r':
			multiline = true
		}
	}
	return append(append(dst, s[from:]...), '"'), multiline
}

// appendRow appends a row with last, the label or type that ends it, and reports whether one of its fields breaks the line.
func appendRow(dst []byte, row graph.Row, columns []graph.Property, last string) (_ []byte, multiline bool) {
	for i := range row {
		v := &row[i]
		if v.Present {
			switch columns[i].Type {
			case graph.String, graph.List:
				var m bool
				dst, m = appendText(dst, v.Text)
				multiline = multiline || m
			case graph.Bool:
				dst = strconv.AppendBool(dst, v.Num != 0)
			default:
				dst = strconv.AppendInt(dst, v.Num, 10)
			}
		}
		dst = append(dst, ',')
	}
	return append(append(dst, last...), '\n'), multiline
}

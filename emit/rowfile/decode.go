package rowfile

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"unicode/utf8"
	"unsafe"

	"liftgraph/graph"
)

var errForm = errors.New("it isn't an array of strings, numbers, true, false and null")

// decodeRow reads what appendRow wrote. Texts point into line, which may be changed by unescaping.
func decodeRow(row graph.Row, line []byte, columns []graph.Property) error {
	rest, ok := bytes.CutPrefix(line, []byte("["))
	if !ok {
		return errForm
	}
	for i := range row {
		if i > 0 {
			if rest, ok = bytes.CutPrefix(rest, []byte(",")); !ok {
				if bytes.Equal(rest, []byte("]")) {
					return fmt.Errorf("%d columns, not %d", i, len(row))
				}
				return errForm
			}
		}
		var err error
		if rest, err = decodeCell(&row[i], rest, &columns[i]); err != nil {
			return err
		}
	}
	if bytes.HasPrefix(rest, []byte(",")) {
		return fmt.Errorf("more than %d columns", len(row))
	}
	if !bytes.Equal(rest, []byte("]")) {
		return errForm
	}
	return nil
}

func decodeCell(v *graph.Value, src []byte, column *graph.Property) ([]byte, error) {
	if rest, ok := bytes.CutPrefix(src, []byte("null")); ok {
		*v = graph.Value{}
		return rest, nil
	}
	if column.Type.IsText() {
		if len(src) == 0 || src[0] != '"' {
			return nil, mistyped(column, src)
		}
		text, rest, err := decodeString(src)
		if err != nil {
			return nil, err
		}
		// Rows pass by the hundred million: a copy per cell would cost more than all else here.
		*v = graph.Text(unsafe.String(unsafe.SliceData(text), len(text)))
		return rest, nil
	}
	end := bytes.IndexAny(src, ",]")
	if end < 0 {
		return nil, errForm
	}
	word := src[:end]
	if column.Type == graph.Bool {
		truth := string(word) == "true"
		if !truth && string(word) != "false" {
			return nil, mistyped(column, word)
		}
		*v = graph.Truth(truth)
		return src[end:], nil
	}
	n, err := strconv.ParseInt(string(word), 10, 64)
	if err != nil {
		return nil, mistyped(column, word)
	}
	*v = graph.Num(n)
	return src[end:], nil
}

func mistyped(column *graph.Property, src []byte) error {
	return fmt.Errorf("%s is %.40q, not a %s", column.Name, src, column.Type)
}

// decodeString reads a JSON string and returns what follows it. The common escapes are undone in place.
func decodeString(src []byte) (text, rest []byte, err error) {
	simple := true
	end := 1
	for ; ; end++ {
		if end == len(src) {
			return nil, nil, errors.New("a string has no end")
		}
		c := src[end]
		if c == '"' {
			break
		}
		if c == '\\' {
			simple = false
			end++
			if end == len(src) {
				return nil, nil, errors.New("a string has no end")
			}
		}
		if c < ' ' {
			return nil, nil, fmt.Errorf("a string holds the bare control character %#x", c)
		}
	}
	text, rest = src[1:end], src[end+1:]
	if !simple {
		if text, err = unescape(src[:end+1]); err != nil {
			return nil, nil, err
		}
	}
	if !utf8.Valid(text) {
		return nil, nil, errors.New("a string isn't UTF-8")
	}
	return text, rest, nil
}

// plain returns what the common escapes stand for.
var plain = [256]byte{'n': '\n', 'r': '\r', 't': '\t', '"': '"', '\\': '\\'}

// unescape undoes the escapes of a string, given with its quotes: in place, as the text only gets shorter.
func unescape(quoted []byte) ([]byte, error) {
	text := quoted[1 : len(quoted)-1]
	for i := 0; i < len(text); i++ {
		if text[i] != '\\' {
			continue
		}
		if i++; plain[text[i]] == 0 {
			// Rare: NUL and its like, and what other programs escape.
			var s string
			err := json.Unmarshal(quoted, &s)
			return []byte(s), err
		}
	}
	out := text[:0]
	for i := 0; i < len(text); i++ {
		c := text[i]
		if c == '\\' {
			i++
			c = plain[text[i]]
		}
		out = append(out, c)
	}
	return out, nil
}

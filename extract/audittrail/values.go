package audittrail

import (
	"bytes"
	"encoding/json"
	"errors"
)

// values finds the JSON values of a text that comes line by line: one a line, one behind the other without an end of line,
// printed on several lines, in arrays. It holds no more than one value.
type values struct {
	take   func(line int64, value []byte) error
	part   []byte // of a value that isn't complete
	first  int64  // the line it begins on
	depth  int    // of braces and brackets, in the value
	quoted bool   // in a string
	slash  bool   // behind a backslash there
}

var byteOrderMark = []byte("\uFEFF")

// errLong says that a value is longer than [maxEvent].
var errLong = errors.New("an event is too long")

// line takes the next line.
func (v *values) line(n int64, line []byte) error {
	if n == 1 {
		line = bytes.TrimPrefix(line, byteOrderMark)
	}
	if v.depth > 0 && bytes.HasPrefix(line, []byte("{")) && json.Valid(line) { // what stands before was cut
		if err := v.end(); err != nil {
			return err
		}
	}
	if v.depth > 0 {
		v.part = append(v.part, '\n')
	}
	start := 0
	for i, c := range line {
		if v.depth == 0 {
			switch c {
			case '{':
				v.first, start = n, i
			case ',', '[', ']', ' ', '\t', '\r': // between values, in arrays
				start = i + 1
				continue
			default: // no value: the rest of the line is left to the caller
				return v.take(n, line[start:])
			}
		}
		if v.step(c); v.depth == 0 {
			value := line[start : i+1]
			if len(v.part) > 0 {
				value = append(v.part, value...)
				v.part = v.part[:0]
			}
			if err := v.take(v.first, value); err != nil {
				return err
			}
			start = i + 1
		}
	}
	if v.depth > 0 {
		if len(v.part)+len(line)-start > maxEvent {
			return errLong
		}
		v.part = append(v.part, line[start:]...)
	}
	return nil
}

// step looks at a character of a value.
func (v *values) step(c byte) {
	switch {
	case v.slash:
		v.slash = false
	case v.quoted:
		v.slash = c == '\\'
		v.quoted = c != '"'
	case c == '"':
		v.quoted = true
	case c == '{' || c == '[':
		v.depth++
	case c == '}' || c == ']':
		v.depth--
	}
}

// end takes what isn't complete as it is.
func (v *values) end() error {
	if v.depth == 0 {
		return nil
	}
	part := v.part
	v.part, v.depth, v.quoted, v.slash = nil, 0, false, false
	return v.take(v.first, part)
}

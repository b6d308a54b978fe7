package payload

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"unicode/utf8"
)

// maxDepth bounds the nesting of a body, so that no stack grows with it. Spacelift's have about ten levels.
const maxDepth = 128

// canonical returns the canonical form of a JSON value without white space, and reports the fields of the outermost object.
func canonical(src []byte, field func(key, value []byte)) ([]byte, error) {
	f := former{src: src, out: make([]byte, 0, len(src)), field: field}
	if err := f.value(0); err != nil {
		return nil, err
	}
	return f.out, nil
}

// former writes the canonical form of what it reads.
type former struct {
	src     []byte // valid JSON without white space
	at      int
	out     []byte
	members []member // of the objects that are open
	swap    []byte
	field   func(key, value []byte)
}

// member is where a member of an object lies in out: "key":value from start to end.
type member struct{ start, keyEnd, end int }

// value reads a value and writes it.
func (f *former) value(depth int) error {
	switch f.src[f.at] {
	case '{':
		return f.object(depth + 1)
	case '[':
		return f.array(depth + 1)
	case '"':
		return f.text()
	default:
		end := bytes.IndexAny(f.src[f.at:], ",]}")
		if end < 0 {
			end = len(f.src) - f.at
		}
		f.out = append(f.out, f.src[f.at:f.at+end]...)
		f.at += end
		return nil
	}
}

func (f *former) array(depth int) error {
	if depth > maxDepth {
		return ErrTooDeep
	}
	for more := f.open(']'); more; more = f.next() {
		if err := f.value(depth); err != nil {
			return err
		}
	}
	return nil
}

func (f *former) object(depth int) error {
	if depth > maxDepth {
		return ErrTooDeep
	}
	own, begin := len(f.members), len(f.out)+1
	for more := f.open('}'); more; more = f.next() {
		m := member{start: len(f.out)}
		if err := f.text(); err != nil {
			return err
		}
		m.keyEnd = len(f.out)
		f.take() // the colon
		if err := f.value(depth); err != nil {
			return err
		}
		m.end = len(f.out)
		if depth == 1 && f.field != nil {
			f.field(f.key(m), f.out[m.keyEnd+1:m.end])
		}
		f.members = append(f.members, m)
	}
	f.sort(f.members[own:], begin)
	f.members = f.members[:own]
	return nil
}

// key returns the key of a member, without its quotes.
func (f *former) key(m member) []byte { return f.out[m.start+1 : m.keyEnd-1] }

// sort puts the members of an object, which lie in out from begin on, in the order of their keys. Equal keys stay in theirs.
func (f *former) sort(members []member, begin int) {
	byKey := func(a, b member) int { return bytes.Compare(f.key(a), f.key(b)) }
	if slices.IsSortedFunc(members, byKey) {
		return
	}
	slices.SortStableFunc(members, byKey)
	f.swap = f.swap[:0]
	for i, m := range members {
		if i > 0 {
			f.swap = append(f.swap, ',')
		}
		f.swap = append(f.swap, f.out[m.start:m.end]...)
	}
	copy(f.out[begin:], f.swap)
}

// open takes the bracket that begins an array or an object, and its end where that follows at once: then there are no elements.
func (f *former) open(end byte) (more bool) {
	f.take()
	if f.src[f.at] == end {
		f.take()
		return false
	}
	return true
}

// next takes what follows an element: a comma, or the bracket that ends the array or the object.
func (f *former) next() (more bool) {
	more = f.src[f.at] == ','
	f.take()
	return more
}

func (f *former) take() {
	f.out = append(f.out, f.src[f.at])
	f.at++
}

// text reads a string and writes it with no more escapes than JSON needs.
func (f *former) text() error {
	end := f.at + 1
	for f.src[end] != '"' {
		if f.src[end] == '\\' {
			end++
		}
		end++
	}
	quoted := f.src[f.at : end+1]
	f.at = end + 1
	if bytes.IndexByte(quoted, '\\') < 0 && utf8.Valid(quoted) {
		f.out = append(f.out, quoted...)
		return nil
	}
	var s string
	if err := json.Unmarshal(quoted, &s); err != nil {
		return err
	}
	f.out = appendQuoted(f.out, s)
	return nil
}

// appendQuoted writes a string as jq does.
func appendQuoted(out []byte, s string) []byte {
	out = append(out, '"')
	for i := range len(s) {
		switch c := s[i]; c {
		case '"', '\\':
			out = append(out, '\\', c)
		case '\b':
			out = append(out, `\b`...)
		case '\f':
			out = append(out, `\f`...)
		case '\n':
			out = append(out, `\n`...)
		case '\r':
			out = append(out, `\r`...)
		case '\t':
			out = append(out, `\t`...)
		default:
			if c < ' ' {
				out = fmt.Appendf(out, `\u%04x`, c)
			} else {
				out = append(out, c)
			}
		}
	}
	return append(out, '"')
}

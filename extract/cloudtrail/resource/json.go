package resource

import (
	"bytes"
	"encoding/json"
)

// each calls visit with each member of a JSON object, or with each element of an array, which has no key. It ends where
// the text isn't JSON: what stands before is taken, as of a record that was cut.
func each(value []byte, visit func(key, value []byte)) {
	if len(value) == 0 {
		return
	}
	object := value[0] == '{'
	for i := space(value, 1); i < len(value); {
		var key []byte
		if object {
			end := skip(value, i)
			if value[i] != '"' || end < 0 {
				return
			}
			key = text(value[i:end])
			if i = space(value, end); i == len(value) || value[i] != ':' {
				return
			}
			i = space(value, i+1)
		}
		end := skip(value, i)
		if end <= i {
			return
		}
		visit(key, value[i:end])
		if i = space(value, end); i == len(value) || value[i] != ',' {
			return
		}
		i = space(value, i+1)
	}
}

func space(b []byte, i int) int {
	for i < len(b) && (b[i] == ' ' || b[i] == '\n' || b[i] == '\t' || b[i] == '\r') {
		i++
	}
	return i
}

// skip returns the end of the value that begins at i, less than 0 where it has none.
func skip(b []byte, i int) int {
	if i >= len(b) {
		return -1
	}
	switch b[i] {
	case '"':
		return skipString(b, i)
	case '{', '[':
		for depth := 0; i < len(b); i++ {
			switch b[i] {
			case '"':
				if i = skipString(b, i) - 1; i < 0 {
					return -1
				}
			case '{', '[':
				depth++
			case '}', ']':
				if depth--; depth == 0 {
					return i + 1
				}
			}
		}
		return -1
	}
	start := i
	for i < len(b) && b[i] != ',' && b[i] != '}' && b[i] != ']' && b[i] > ' ' {
		i++
	}
	if i == start {
		return -1
	}
	return i
}

func skipString(b []byte, i int) int {
	for i++; ; i++ {
		n := bytes.IndexByte(b[i:], '"')
		if n < 0 {
			return -1
		}
		slashes := 0
		for at := i + n - 1; at >= i && b[at] == '\\'; at-- {
			slashes++
		}
		if i += n; slashes%2 == 0 {
			return i + 1
		}
	}
}

// text returns what a string says.
func text(s []byte) []byte {
	if bytes.IndexByte(s, '\\') < 0 {
		return s[1 : len(s)-1]
	}
	var t string
	if json.Unmarshal(s, &t) != nil {
		return nil
	}
	return []byte(t)
}

// scalar returns the text of a string, a number or a boolean; "" of null, lists and objects.
func scalar(value []byte) string {
	switch value[0] {
	case '"':
		if end := skipString(value, 0); end > 0 {
			return string(text(value[:end]))
		}
		return ""
	case '{', '[', 'n':
		return ""
	}
	return string(value)
}

// field returns the text at the end of steps below a value, "" where there is none.
func field(value []byte, steps ...string) string {
	var buf [4]string
	if all := find(buf[:0], value, steps, 1); len(all) > 0 {
		return all[0]
	}
	return ""
}

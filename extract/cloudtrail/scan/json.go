package scan

import (
	"bytes"
	"iter"
)

// maxNesting is how deep JSON may be nested, as for encoding/json.
const maxNesting = 10_000

// members calls visit with each member of a JSON object: the key's text, and the value as it stands. It reports whether
// the text is nothing but a well-formed object; visit may have been called where it isn't.
func members(object []byte, visit func(key, value []byte)) bool {
	i := skipSpace(object, 0)
	return i < len(object) && object[i] == '{' && endsAt(object, skipObject(object, i, 0, visit))
}

// elements returns the elements of a JSON array. Other values have none.
func elements(array []byte) (all [][]byte) {
	i := skipSpace(array, 0)
	if i == len(array) || array[i] != '[' || !endsAt(array, skipArray(array, i, 0, func(e []byte) { all = append(all, e) })) {
		return nil
	}
	return all
}

func endsAt(b []byte, i int) bool { return i >= 0 && skipSpace(b, i) == len(b) }

// stringsOf returns every string in a well-formed value, keys included, with its quotes.
func stringsOf(value []byte) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for {
			i := bytes.IndexByte(value, '"')
			if i < 0 {
				return
			}
			value = value[i:]
			end := skipString(value, 0)
			if end < 0 || !yield(value[:end]) {
				return
			}
			value = value[end:]
		}
	}
}

// text returns what a well-formed value says: a string's text, anything else as it stands; nil for null.
func text(value []byte) []byte {
	switch value[0] {
	case 'n':
		return nil
	case '"':
		return unquote(value)
	default:
		return value
	}
}

// What follows returns the end of what begins at i, or less than 0 where that isn't well-formed.

func skipValue(b []byte, i, nesting int) int {
	if i == len(b) || nesting > maxNesting {
		return -1
	}
	switch b[i] {
	case '"':
		return skipString(b, i)
	case '{':
		return skipObject(b, i, nesting, nil)
	case '[':
		return skipArray(b, i, nesting, nil)
	case 't':
		return skipWord(b, i, "true")
	case 'f':
		return skipWord(b, i, "false")
	case 'n':
		return skipWord(b, i, "null")
	default:
		return skipNumber(b, i)
	}
}

func skipObject(b []byte, i, nesting int, visit func(key, value []byte)) int {
	for first := true; ; first = false {
		i = skipSpace(b, i+1) // the brace or the comma
		if first && i < len(b) && b[i] == '}' {
			return i + 1
		}
		if i == len(b) || b[i] != '"' {
			return -1
		}
		key := i
		keyEnd := skipString(b, key)
		if keyEnd < 0 {
			return -1
		}
		if i = skipSpace(b, keyEnd); i == len(b) || b[i] != ':' {
			return -1
		}
		value := skipSpace(b, i+1)
		end := skipValue(b, value, nesting+1)
		if end < 0 {
			return -1
		}
		if visit != nil {
			visit(unquote(b[key:keyEnd]), b[value:end])
		}
		if i = skipSpace(b, end); i == len(b) || b[i] != ',' && b[i] != '}' {
			return -1
		}
		if b[i] == '}' {
			return i + 1
		}
	}
}

func skipArray(b []byte, i, nesting int, visit func(element []byte)) int {
	for first := true; ; first = false {
		i = skipSpace(b, i+1) // the bracket or the comma
		if first && i < len(b) && b[i] == ']' {
			return i + 1
		}
		end := skipValue(b, i, nesting+1)
		if end < 0 {
			return -1
		}
		if visit != nil {
			visit(b[i:end])
		}
		if i = skipSpace(b, end); i == len(b) || b[i] != ',' && b[i] != ']' {
			return -1
		}
		if b[i] == ']' {
			return i + 1
		}
	}
}

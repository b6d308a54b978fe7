package scan

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
)

// flattened gathers the fields of an event whose names are paths: userIdentity.arn, requestParameters.items.0.id.
type flattened struct {
	fields map[field]map[string]any
}

func (t *flattened) add(f field, path, value []byte) {
	if t.fields == nil {
		t.fields = map[field]map[string]any{}
	}
	if t.fields[f] == nil {
		t.fields[f] = map[string]any{}
	}
	put(t.fields[f], strings.FieldsFunc(string(path), func(c rune) bool { return strings.ContainsRune("./:[]", c) }), string(value))
}

// put sets what a path names.
func put(in map[string]any, path []string, value any) {
	for ; len(path) > 1; path = path[1:] {
		next, ok := in[path[0]].(map[string]any)
		if !ok {
			next = map[string]any{}
			in[path[0]] = next
		}
		in = next
	}
	if len(path) == 1 {
		in[path[0]] = value
	}
}

// into makes the fields what their parts say, where they don't say so as a whole.
func (t *flattened) into(e *event) {
	for f, tree := range t.fields {
		if e[f] == nil {
			e[f] = marshal(listed(tree))
		}
	}
}

// listed makes lists of what has numbers for names.
func listed(v any) any {
	tree, ok := v.(map[string]any)
	if !ok {
		return v
	}
	numbers := make([]int, 0, len(tree))
	for name, value := range tree {
		tree[name] = listed(value)
		if n, err := strconv.Atoi(name); err == nil {
			numbers = append(numbers, n)
		}
	}
	if len(numbers) == 0 || len(numbers) < len(tree) {
		return tree
	}
	slices.Sort(numbers)
	list := make([]any, 0, len(numbers))
	for _, n := range numbers {
		if v, ok := tree[strconv.Itoa(n)]; ok {
			list = append(list, v)
		}
	}
	return list
}

// dig returns the text of what a path of names in lower case leads to within a value, however it is written; nil where
// there is none. A part of the path may be flattened: "credentials.accessKeyId".
func dig(value []byte, path ...string) []byte {
	for len(path) > 0 {
		found, n, ok := digIn(value, path)
		if !ok {
			if found, n, ok = digIn(objectOf(value), path); !ok {
				return nil
			}
		}
		if n == 0 {
			return nil
		}
		value, path = found, path[n:]
	}
	if isNone(bytes.TrimSpace(value)) {
		return nil
	}
	return value
}

// digIn returns the text of what a path begins with within a JSON object, and how many names of the path lead there; not ok
// where it is no object.
func digIn(object []byte, path []string) (found []byte, n int, ok bool) {
	ok = members(object, func(key, value []byte) {
		if is(key, path[0]) {
			found, n = text(value), 1
			return
		}
		name := path[0]
		for i, part := range path[1:] {
			if name += part; is(key, name) {
				found, n = text(value), i+2
			}
		}
	})
	return found, n, ok
}

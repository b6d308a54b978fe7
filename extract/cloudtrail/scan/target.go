package scan

import (
	"bytes"
	"slices"
	"strings"
)

// role is what an instance's id says of the instance, by where it stands in an event.
type role int

const (
	aside     role = iota // nothing: text about it
	mentioned             // it isn't known whether the call changed it
	target                // the call changed it
)

// instances returns the ids of the instances that a call may have changed, and those of them that are only mentioned where
// the tables don't know what that means; rest are the others that it names.
func (e *event) instances() (ids, only, rest []string) {
	all := instanceIDs(e[requestParameters], e[responseElements], e[resources])
	if len(all) == 0 {
		return nil, nil, nil
	}
	w := targetWalk{roles: map[string]role{}}
	source, _, _ := strings.Cut(string(e[eventSource]), ".")
	w.call = targets[source+" "+string(e[eventName])]
	for _, f := range []field{requestParameters, responseElements, resources} {
		w.field = f
		w.text(e[f], 0)
	}
	for _, id := range all {
		switch r, ok := w.roles[id]; {
		case r == target:
			ids = append(ids, id)
		case r == mentioned || !ok: // it stands where no value was found
			ids, only = append(ids, id), append(only, id)
		default:
			rest = append(rest, id)
		}
	}
	return ids, only, rest
}

// targetWalk looks at every value of an event's field.
type targetWalk struct {
	field field
	call  call
	path  []string // plain names
	roles map[string]role
}

// text looks at a value, and at what it holds where it is JSON in text, or text in another form.
func (w *targetWalk) text(text []byte, depth int) {
	text = bytes.TrimSpace(text)
	if len(text) == 0 || depth > maxLoose || !mentionsInstance(text) && bytes.IndexByte(text, '\\') < 0 {
		return
	}
	switch {
	case (text[0] == '{' || text[0] == '[') && skipValue(text, 0, 0) == len(text):
		w.value(text, 0, depth)
	case text[0] == '{' && members(text, func(key, value []byte) { w.named(key, func() { w.text(value, depth+1) }) }): // none, but what stands before the fault
	case text[0] == '"' && skipString(text, 0) == len(text):
		w.text(unquote(text), depth+1)
	default:
		if v, ok := looseOf(string(text)); ok {
			w.text(marshal(v), depth+1)
			return
		}
		r := w.role()
		for _, id := range appendPlainIDs(nil, text) {
			w.roles[id] = max(w.roles[id], r)
		}
	}
}

// value looks at the well-formed value at i, and returns its end.
func (w *targetWalk) value(b []byte, i, depth int) int {
	switch b[i] {
	case '{', '[':
		if depth > maxLoose {
			return skipValue(b, i, 0)
		}
		for end := b[i] + 2; ; { // ] or }, and the comma before each but the first
			if i = skipSpace(b, i+1); b[i] == end {
				return i + 1
			}
			if end == '}' {
				i = w.member(b, i, depth)
			} else {
				i = w.value(b, i, depth+1)
			}
			if i = skipSpace(b, i); b[i] == end {
				return i + 1
			}
		}
	case '"':
		end := skipString(b, i)
		if s := b[i:end]; mentionsInstance(s) || bytes.IndexByte(s, '\\') >= 0 {
			w.text(unquote(s), depth+1)
		}
		return end
	default:
		return skipValue(b, i, 0)
	}
}

// member looks at the member at i, and returns its end.
func (w *targetWalk) member(b []byte, i, depth int) int {
	end := skipString(b, i)
	value := skipSpace(b, skipSpace(b, end)+1)
	w.named(unquote(b[i:end]), func() { end = w.value(b, value, depth+1) })
	return end
}

// named looks at a name, and by look at its value.
func (w *targetWalk) named(key []byte, look func()) {
	if bytes.IndexByte(key, '-') >= 0 {
		for _, id := range appendPlainIDs(nil, key) { // a map from ids
			w.roles[id] = max(w.roles[id], min(w.role(), mentioned))
		}
	}
	var buf [64]byte
	if name := string(plain(buf[:0], key)); !wrapping(name) {
		w.path = append(w.path, name)
		defer func() { w.path = w.path[:len(w.path)-1] }()
	}
	look()
}

// wrapping reports whether a name is one of those that only hold lists together, or the whole of a request.
func wrapping(name string) bool {
	switch name {
	case "item", "items", "member", "members", "content":
		return true
	}
	return strings.HasSuffix(name, "request") || strings.HasSuffix(name, "response")
}

// role returns what an id says that stands at the path.
func (w *targetWalk) role() role {
	if w.field == resources { // CloudTrail's own list of what was accessed
		return target
	}
	for _, name := range w.path {
		if isText(name) {
			return aside
		}
	}
	last := ""
	if n := len(w.path); n > 0 {
		last = w.path[n-1]
	}
	if w.field == responseElements && w.call.notAnswer || strings.HasSuffix(last, "name") || strings.HasSuffix(last, "token") {
		return aside
	}
	if w.field == requestParameters && slices.Contains(w.call.request, last) || w.field == responseElements && slices.Contains(w.call.response, last) {
		return target
	}
	return mentioned
}

// isText reports whether what has that name is written for people or for another service, and names no target.
func isText(name string) bool {
	switch name {
	case "tag", "tags", "tagset", "tagkeys", "tagspecification", "tagspecifications", "tagspecificationset", "resourcetags", "filter", "filters", "filterset",
		"dashboardbody", "userdata", "comment", "reason", "statusmessage", "cause", "subject", "message", "title", "label", "notes":
		return true
	}
	return strings.Contains(name, "description") || strings.Contains(name, "policy")
}

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
	case text[0] == '{' && members(text, func(key, value []byte) { w.member(key, value, depth) }):
	case text[0] == '[' && elements(text) != nil:
		for _, v := range elements(text) {
			w.text(v, depth+1)
		}
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

func (w *targetWalk) member(key, value []byte, depth int) {
	name := string(plain(nil, key))
	for _, id := range appendPlainIDs(nil, key) { // a map from ids
		w.roles[id] = max(w.roles[id], min(w.role(), mentioned))
	}
	if !wrapping(name) {
		w.path = append(w.path, name)
		defer func() { w.path = w.path[:len(w.path)-1] }()
	}
	w.text(value, depth+1)
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

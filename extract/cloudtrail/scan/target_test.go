package scan

import (
	"bytes"
	"maps"
	"testing"
)

// slowWalk looks at every value by [members] and [elements], each of which reads all that it holds.
func slowWalk(w *targetWalk, text []byte, depth int) {
	text = bytes.TrimSpace(text)
	if len(text) == 0 || depth > maxLoose || !mentionsInstance(text) && bytes.IndexByte(text, '\\') < 0 {
		return
	}
	switch {
	case text[0] == '{' && members(text, func(key, value []byte) {
		name := string(plain(nil, key))
		for _, id := range appendPlainIDs(nil, key) {
			w.roles[id] = max(w.roles[id], min(w.role(), mentioned))
		}
		if !wrapping(name) {
			w.path = append(w.path, name)
			defer func() { w.path = w.path[:len(w.path)-1] }()
		}
		slowWalk(w, value, depth+1)
	}):
	case text[0] == '[' && elements(text) != nil:
		for _, v := range elements(text) {
			slowWalk(w, v, depth+1)
		}
	case text[0] == '"' && skipString(text, 0) == len(text):
		slowWalk(w, unquote(text), depth+1)
	default:
		if v, ok := looseOf(string(text)); ok {
			slowWalk(w, marshal(v), depth+1)
			return
		}
		r := w.role()
		for _, id := range appendPlainIDs(nil, text) {
			w.roles[id] = max(w.roles[id], r)
		}
	}
}

// FuzzTargets compares reading each value once with reading it again at every level.
func FuzzTargets(f *testing.F) {
	for _, s := range []string{
		`{"instancesSet":{"items":[{"instanceId":"i-0123456789abcdef0"},{"tag":{"value":"i-11111111"}}]}}`,
		`{"a":[],"b":{},"i-22222222":{"x":[1,true,null,"i-33333333"]}, "filter" : [ { "v" : "i-44444444" } ] }`,
		`["i-55555555","{\"instanceId\":\"i-66666666\"}",{"k":"{instanceId=i-77777777}"}]`,
		`{"instanceId":"i-88888888"`, `{instanceId=i-99999999, b=[i-aaaaaaaa]}`, `{"userRequest":{"instanceId":"i-bbbbbbbb"}}`, `[[[["i-cccccccc"]]]] `, `"i-dddddddd"`,
	} {
		f.Add([]byte(s), uint8(0))
		f.Add([]byte(s), uint8(1))
	}
	f.Fuzz(func(t *testing.T, text []byte, which uint8) {
		at := []field{requestParameters, responseElements, resources}[which%3]
		call := targets["ec2 StartInstances"]
		fast, slow := targetWalk{field: at, call: call, roles: map[string]role{}}, targetWalk{field: at, call: call, roles: map[string]role{}}
		fast.text(text, 0)
		slowWalk(&slow, text, 0)
		if !maps.Equal(fast.roles, slow.roles) {
			t.Errorf("%q\ngot  %v\nwant %v", text, fast.roles, slow.roles)
		}
	})
}

// FuzzNames compares the fast readers of names with what they stand for.
func FuzzNames(f *testing.F) {
	for _, s := range []string{"eventID", "event_id", "Event ID", "eventid", "eventVersion", "userIdentity.arn", "ARN", "arn_", "_a-r n", "é", "sourceIPAddress", ""} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, key []byte) {
		for _, name := range []string{"arn", "eventid", "sourceidentity"} {
			if got, want := is(key, name), len(key) <= maxName && string(plain(nil, key)) == name; got != want {
				t.Errorf("%q is %s: %v", key, name, got)
			}
		}
		if s, ok := spelled[string(key)]; ok {
			if f, rest, ok := fieldOf(key); ok != s.known || ok && f != s.field || rest != nil {
				t.Errorf("%q: %v, not %v %q %v", key, s, f, rest, ok)
			}
			w := envelope{}
			if w.note(key, []byte(`{"a":"b"}`)); !s.known && (w.inner != nil || w.ocsf || w.user || w.elastic != nil || w.cloud != nil || w.action != nil || w.at != nil) {
				t.Errorf("%q is noted: %+v", key, w)
			}
		}
	})
}

package scan

import (
	"bytes"
	"strings"

	"liftgraph/extract/cloudtrail/scan/block"
	"liftgraph/internal/raw"
)

// grant gives what an event tells of temporary credentials that STS gave out, or nil: to whom, by the caller's session,
// by the session's tags, or by the name that was asked for. Where neither these nor a temporary key of the caller tell
// of a run, nothing could ever do so, and it gives nil too.
func (e *event) grant(who identity, caller *session) *raw.Grant {
	if e.failed() || !bytes.Equal(e[eventSource], stsSource) {
		return nil
	}
	key := string(member(member(e[responseElements], "credentials"), "accesskeyid"))
	if !strings.HasPrefix(key, "ASIA") {
		return nil
	}
	request := e[requestParameters]
	var s *session
	if caller != nil {
		s = new(*caller)
	} else {
		s = taggedSession(request)
	}
	if s == nil {
		s = sessionOf(string(member(request, "rolesessionname")))
	}
	g := &raw.Grant{EventID: string(e[eventID]), AccessKey: who.temporaryKey(), Key: key}
	if s != nil {
		s.complete(string(member(request, "externalid")))
		g.Session = &s.Session
	} else if g.AccessKey == "" {
		return nil
	}
	return g
}

// taggedSession gives what the session tags tell that Spacelift sets where an integration asks for it: run, stack, space.
func taggedSession(request []byte) *session {
	tags := map[string]string{}
	for _, name := range []string{"tags", "principaltags"} {
		list := member(request, name)
		members(list, func(key, value []byte) { tags[string(key)] = tagValue(value) })
		for _, tag := range elements(list) {
			tags[string(member(tag, "key"))] = string(member(tag, "value"))
		}
	}
	if run := tags["run"]; len(run) != block.RunLength || !block.IsRun([]byte(run)) {
		return nil
	}
	return &session{Session: raw.Session{Run: tags["run"], Stack: tags["stack"]}}
}

// tagValue gives a tag's value. Tokens of identity providers carry it in an array.
func tagValue(value []byte) string {
	if all := elements(value); len(all) == 1 {
		value = all[0]
	}
	return string(text(value))
}

// member gives the text of a JSON object's member, by its name in lower case; nil where there is none.
func member(object []byte, name string) (found []byte) {
	members(object, func(key, value []byte) {
		if is(key, name) {
			found = text(value)
		}
	})
	return found
}

// is tells whether a key is a name, in any letter case.
func is(key []byte, name string) bool {
	return len(key) == len(name) && strings.EqualFold(string(key), name)
}

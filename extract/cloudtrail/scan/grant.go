package scan

import (
	"bytes"
	"strings"

	"liftgraph/extract/cloudtrail/scan/block"
	"liftgraph/internal/raw"
)

// grant returns to whom STS issued temporary credentials: by the caller's session, by the session's tags, or by the name
// that was asked for. It returns nil for other events, and where neither these nor a temporary key of the caller lead to
// a run.
func (e *event) grant(who identity, caller *session) *raw.Grant {
	if e.failed() || !bytes.Equal(e[eventSource], stsSource) {
		return nil
	}
	key := string(dig(e[responseElements], "credentials", "accesskeyid"))
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
		s = sessionOf(string(dig(request, "rolesessionname")))
	}
	g := &raw.Grant{EventID: string(e[eventID]), AccessKey: who.temporaryKey(), Key: key}
	if s != nil {
		s.complete(string(dig(request, "externalid")))
		g.Session = &s.Session
	} else if g.AccessKey == "" {
		return nil
	}
	return g
}

// taggedSession returns what the session tags hold that Spacelift sets where an integration asks for it: run, stack, space.
func taggedSession(request []byte) *session {
	tags := map[string]string{}
	for _, name := range []string{"tags", "principaltags"} {
		list := dig(request, name)
		if object := objectOf(list); object != nil && dig(object, "key") == nil {
			members(object, func(key, value []byte) { tags[string(key)] = tagValue(value) })
		}
		for _, tag := range listOf(list) {
			tags[string(dig(tag, "key"))] = string(dig(tag, "value"))
		}
	}
	if run := tags["run"]; len(run) != block.RunLength || !block.IsRun([]byte(run)) {
		return nil
	}
	return &session{Session: raw.Session{Run: tags["run"], Stack: tags["stack"]}}
}

// listOf returns the elements of a list, or an object that stands alone.
func listOf(text []byte) [][]byte {
	if all := elements(text); all != nil {
		return all
	}
	if v, ok := looseOf(string(text)); ok {
		return elements(marshal(v))
	}
	return nil
}

// tagValue returns a tag's value. Tokens of identity providers carry it in an array.
func tagValue(value []byte) string {
	if all := elements(value); len(all) == 1 {
		value = all[0]
	}
	return string(text(value))
}

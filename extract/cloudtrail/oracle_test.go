package cloudtrail

import (
	"bytes"
	"encoding/json"
	"io"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// What follows does by the book, and slowly, what the package does fast: it parses everything.

// slowRecords gives the records of a text of JSON documents, or false where it isn't one that holds nothing else.
func slowRecords(text []byte) (records [][]byte, ok bool) {
	d := json.NewDecoder(bytes.NewReader(text))
	for {
		var doc json.RawMessage
		if err := d.Decode(&doc); err == io.EOF {
			return records, true
		} else if err != nil {
			return nil, false
		}
		found, ok := slowDocument(doc)
		if !ok {
			return nil, false
		}
		records = append(records, found...)
	}
}

func slowDocument(doc json.RawMessage) (records [][]byte, ok bool) {
	switch doc[0] {
	case '{':
		for i, m := range slowMembers(doc) {
			if !strings.EqualFold(m.key, "records") {
				continue
			}
			if m.value[0] == 'n' || m.value[0] == '[' {
				var list []json.RawMessage
				json.Unmarshal(m.value, &list)
				for _, r := range list {
					if r[0] != '{' {
						return nil, false
					}
					records = append(records, r)
				}
				ok = ok || len(list) > 0 || i == 0 // an empty one elsewhere isn't seen
			}
		}
		if ok {
			return records, true
		}
		return [][]byte{doc}, true
	case '[':
		var list []json.RawMessage
		json.Unmarshal(doc, &list)
		for _, e := range list {
			if e[0] != '{' && e[0] != '[' {
				return nil, false
			}
			found, ok := slowDocument(e)
			if !ok {
				return nil, false
			}
			records = append(records, found...)
		}
		return records, true
	}
	return nil, false
}

type slowMember struct {
	key   string
	value json.RawMessage
}

// slowMembers gives the members of an object in their order, those that come twice too.
func slowMembers(object []byte) (all []slowMember) {
	d := json.NewDecoder(bytes.NewReader(object))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return nil
		}
		m := slowMember{key: key.(string)}
		if d.Decode(&m.value) != nil {
			return nil
		}
		all = append(all, m)
	}
	return all
}

// slowText gives the text of a member of an object; the last of that name counts.
func slowText(object []byte, name string) (text string) {
	for _, m := range slowMembers(object) {
		if len(m.key) == len(name) && strings.EqualFold(m.key, name) {
			text = slowValue(m.value)
		}
	}
	return text
}

func slowValue(value []byte) string {
	var s *string
	if json.Unmarshal(value, &s) != nil {
		return string(value)
	}
	if s == nil {
		return ""
	}
	return *s
}

var (
	slowARN     = regexp.MustCompile(`^arn:[^:]*:sts:[^:]*:[^:]*:(?s:assumed-role/.*/(.*))$`)
	slowSession = regexp.MustCompile(`(?:^|spacelift-run-)(01[0-9A-Z]{24})(?:$|[^0-9A-Za-z])`)
	slowID      = regexp.MustCompile(`\bi-[0-9a-f]{8}(?:[0-9a-f]{9})?\b`)
)

// slowRun gives the run that made an event whose identity is a JSON object, or false where it is something else.
func slowRun(record []byte) (run string, ok bool) {
	who := []byte(slowText(record, "userIdentity"))
	if !json.Valid(who) || who[0] != '{' {
		return "", len(who) == 0
	}
	names := []string{"", "", slowText([]byte(slowText(who, "sessionContext")), "sourceIdentity")}
	if m := slowARN.FindStringSubmatch(slowText(who, "arn")); m != nil {
		names[0] = m[1]
	}
	if id, name, _ := strings.Cut(slowText(who, "principalId"), ":"); strings.HasPrefix(id, "AROA") {
		names[1] = name
	}
	for _, name := range names {
		if m := slowSession.FindStringSubmatch(name); m != nil {
			return m[1], true
		}
	}
	return "", true
}

// slowInstances gives the ids that an event names.
func slowInstances(record []byte) (ids []string) {
	for _, name := range []string{"requestParameters", "responseElements", "resources"} {
		ids = slowIDs(ids, slowText(record, name))
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// slowIDs looks into JSON text only where something in it is escaped; without, text is text.
func slowIDs(ids []string, text string) []string {
	var v any
	if !strings.Contains(text, `\`) || !utf8.ValidString(text) || json.Unmarshal([]byte(text), &v) != nil {
		return append(ids, slowID.FindAllString(text, -1)...)
	}
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case string:
			ids = slowIDs(ids, v)
		case []any:
			for _, e := range v {
				walk(e)
			}
		case map[string]any:
			for k, e := range v {
				walk(k)
				walk(e)
			}
		}
	}
	walk(v)
	return ids
}

// Package oracle does by the book, and slowly, what scan does fast: it parses everything. Tests compare both.
package oracle

import (
	"bytes"
	"encoding/json"
	"io"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// Records returns the records of a text of JSON documents, or false where it isn't one that holds nothing else.
func Records(text []byte) (records [][]byte, ok bool) {
	d := json.NewDecoder(bytes.NewReader(text))
	for {
		var doc json.RawMessage
		if err := d.Decode(&doc); err == io.EOF {
			return records, true
		} else if err != nil {
			return nil, false
		}
		found, ok := document(doc)
		if !ok {
			return nil, false
		}
		records = append(records, found...)
	}
}

func document(doc json.RawMessage) (records [][]byte, ok bool) {
	switch doc[0] {
	case '{':
		for i, m := range Members(doc) {
			if !strings.EqualFold(m.Key, "records") && !strings.EqualFold(m.Key, "events") && !strings.EqualFold(m.Key, "logevents") {
				continue
			}
			if m.Value[0] == 'n' || m.Value[0] == '[' {
				var list []json.RawMessage
				_ = json.Unmarshal(m.Value, &list) // the document was valid
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
		_ = json.Unmarshal(doc, &list) // the document was valid
		for _, e := range list {
			if e[0] != '{' && e[0] != '[' {
				return nil, false
			}
			found, ok := document(e)
			if !ok {
				return nil, false
			}
			records = append(records, found...)
		}
		return records, true
	}
	return nil, false
}

// Member is a member of an object.
type Member struct {
	Key   string
	Value json.RawMessage
}

// Members returns the members of an object in their order, those that come twice too.
func Members(object []byte) (all []Member) {
	d := json.NewDecoder(bytes.NewReader(object))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return nil
		}
		m := Member{Key: key.(string)}
		if d.Decode(&m.Value) != nil {
			return nil
		}
		all = append(all, m)
	}
	return all
}

// Text returns the text of a member of an object; the last of that name counts.
func Text(object []byte, name string) (text string) {
	for _, m := range Members(object) {
		if len(m.Key) == len(name) && strings.EqualFold(m.Key, name) {
			text = valueText(m.Value)
		}
	}
	return text
}

func valueText(value []byte) string {
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
	sessionARN  = regexp.MustCompile(`^arn:[^:]*:sts:[^:]*:[^:]*:(?s:assumed-role/.*/(.*))$`)
	sessionName = regexp.MustCompile(`(?:^|spacelift-run-)(01[0-9A-Z]{24})(?:$|[^0-9A-Za-z])`)
	instanceID  = regexp.MustCompile(`\bi-[0-9a-f]{8}(?:[0-9a-f]{9})?\b`)
)

// Run returns the run that made an event whose identity is a JSON object, or false where it is something else.
func Run(record []byte) (run string, ok bool) {
	who := []byte(Text(record, "userIdentity"))
	if !json.Valid(who) || who[0] != '{' {
		return "", len(who) == 0
	}
	names := []string{"", "", Text([]byte(Text(who, "sessionContext")), "sourceIdentity")}
	if m := sessionARN.FindStringSubmatch(Text(who, "arn")); m != nil {
		names[0] = m[1]
	}
	if id, name, _ := strings.Cut(Text(who, "principalId"), ":"); strings.HasPrefix(id, "AROA") {
		names[1] = name
	}
	for _, name := range names {
		if m := sessionName.FindStringSubmatch(name); m != nil {
			return m[1], true
		}
	}
	return "", true
}

// Instances returns the ids that an event names.
func Instances(record []byte) (ids []string) {
	for _, name := range []string{"requestParameters", "responseElements", "resources"} {
		ids = idsIn(ids, Text(record, name))
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// idsIn looks into JSON text only where something in it is escaped; without, text is text.
func idsIn(ids []string, text string) []string {
	var v any
	if !strings.Contains(text, `\`) || !utf8.ValidString(text) || json.Unmarshal([]byte(text), &v) != nil {
		return append(ids, instanceID.FindAllString(text, -1)...)
	}
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case string:
			ids = idsIn(ids, v)
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

package scan

import (
	"bytes"
	"strings"
)

// listNames are the names of the lists that events come in: those of logs, of aws cloudtrail lookup-events and aws logs
// filter-log-events, and of subscriptions of CloudWatch Logs.
var listNames = []string{"records", "events", "logevents"}

// isListName reports whether a name is one of those, in any letter case.
func isListName(name []byte) bool {
	for _, n := range listNames {
		if len(name) == len(n) && strings.EqualFold(string(name), n) {
			return true
		}
	}
	return false
}

// isRecords reports whether a string, with its quotes, is the name Records in any spelling.
func isRecords(key []byte) bool {
	if len(key) < 2 {
		return false
	}
	return isListName(key[1:len(key)-1]) || bytes.IndexByte(key, '\\') >= 0 && skipString(key, 0) == len(key) && isListName(unquote(key))
}

// endsWithRecords reports whether an array begins at the end of b, as the member Records. It may begin with nulls.
func endsWithRecords(b []byte) bool {
	b = trimRight(b)
	for bytes.HasSuffix(b, []byte{','}) {
		null, ok := bytes.CutSuffix(trimRight(b[:len(b)-1]), []byte("null"))
		if !ok {
			return false
		}
		b = trimRight(null)
	}
	for _, c := range []byte{'[', ':'} {
		if len(b) == 0 || b[len(b)-1] != c {
			return false
		}
		b = trimRight(b[:len(b)-1])
	}
	if len(b) == 0 || b[len(b)-1] != '"' {
		return false
	}
	i := bytes.LastIndexByte(b[:len(b)-1], '"')
	return i > 0 && b[i-1] != '\\' && isRecords(b[i:])
}

func trimRight(b []byte) []byte { return bytes.TrimRight(b, " \t\r\n") }

// beginsWithRecords reports whether an object has Records as its first member.
func beginsWithRecords(object []byte) bool {
	if len(object) > 8 && object[1] == '"' {
		switch object[2] | 0x20 {
		case 'r', 'l', '\\' | 0x20:
		case 'e': // most records begin with eventVersion
			if object[8] != '"' && object[3] != '\\' {
				return false
			}
		default:
			return false
		}
	}
	object = bytes.TrimLeft(object, " \t\r\n")
	if len(object) == 0 || object[0] != '{' {
		return false
	}
	key := bytes.TrimLeft(object[1:], " \t\r\n")
	if len(key) == 0 || key[0] != '"' {
		return false
	}
	end := bytes.IndexByte(key[1:], '"')
	return end >= 0 && isRecords(key[:end+2])
}

// holdsNone reports whether an object is a log without any record, or an answer without any row, whatever else is in it.
func holdsNone(object []byte) (none bool) {
	members(object, func(key, value []byte) {
		if isListName(key) || is(key, "queryresultrows") {
			none = value[0] == 'n' || value[0] == '[' && len(elements(value)) == 0
		}
		if is(key, "hits") { // Elasticsearch has hits in hits
			members(value, func(key, value []byte) {
				none = none || is(key, "hits") && value[0] == '[' && len(elements(value)) == 0
			})
		}
	})
	return none
}

// emptyLog reports whether an object in which no record began is a log without any: Records comes first, and is empty.
func emptyLog(object []byte) bool {
	if !beginsWithRecords(object) {
		return false
	}
	_, value, _ := bytes.Cut(object, []byte{':'})
	value = bytes.TrimLeft(value, " \t\r\n")
	return bytes.HasPrefix(value, []byte("null")) || bytes.HasPrefix(value, []byte("[")) && bytes.HasPrefix(bytes.TrimLeft(value[1:], " \t\r\n"), []byte("]"))
}

package scan

import (
	"bytes"

	"liftgraph/extract/cloudtrail/scan/block"
)

// concern reports by a record's bytes whether it may concern a run or a change. Only then it is parsed, so that it may say yes
// too often, but never no where a parsed record would be delivered: whatever the white space, the order and the letter
// case of the fields. It looks for what values must hold; a character of it may also stand as an escape.
type concern struct {
	roles     bool // of temporary keys too
	instances bool // of any instance
	reads     bool // of calls that only read, by temporary keys
	writes    bool // of what changes resources, by whomever
	all       bool // also where no rule is there for the event
	actors    bool // of who gets credentials by a web identity
}

// escaped says that there may be a \u in it.
func (c concern) of(record []byte, escaped bool) bool {
	if block.MentionsRun(record) || escaped && escapes(record) {
		return true
	}
	if c.instances && mentionsInstance(record) || c.roles && mentionsSTS(record) && givesKey(record) || c.actors && givesWebIdentity(record) {
		return true
	}
	if !c.writes && (!c.roles || !mentionsInstance(record)) || !c.reads && onlyReads(record) {
		return false
	}
	return c.writes && mayChange(record, c.all) || c.roles && mentionsInstance(record)
}

var stsSource = []byte("sts.amazonaws.com")

// mentionsSTS reports whether a record holds stsSource: by a letter of it that is rare.
func mentionsSTS(record []byte) bool {
	const before = len("sts.ama")
	for i := 0; ; {
		z := bytes.IndexByte(record[i:], 'z')
		if z < 0 {
			return false
		}
		if i += z; i >= before && bytes.HasPrefix(record[i-before:], stsSource) {
			return true
		}
		i++
	}
}

// givesKey reports whether a record holds two temporary keys: that of who asked for one, and the one that was given.
func givesKey(record []byte) bool {
	_, after, _ := bytes.Cut(record, temporary)
	return bytes.Contains(after, temporary)
}

// temporary is what temporary access keys begin with.
var temporary = []byte("ASIA")

// escapes reports whether text holds an escape \u00.. of a letter, a digit, a backslash, a dash or a dot. It may be that of
// JSON text within a string, after more than one backslash.
func escapes(text []byte) bool {
	for {
		i := bytes.Index(text, latin)
		if i < 0 || len(text)-i < len(`u0000`) {
			return false
		}
		c := unhex(text[i+3])<<4 | unhex(text[i+4])
		if i > 0 && text[i-1] == '\\' && ('0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z' || c == '\\' || c == '-' || c == '.') {
			return true
		}
		text = text[i+1:]
	}
}

// latin is how escapes of characters up to \u00ff go on behind the backslash: less common than a backslash.
var latin = []byte("u00")

func unhex(c byte) byte {
	if c > '9' {
		return c&7 + 9
	}
	return c & 15
}

// mentionsInstance reports whether text holds what may be an instance's id: i- and eight hexadecimal digits.
func mentionsInstance(text []byte) bool {
	for {
		i := bytes.IndexByte(text, '-')
		if i < 0 || len(text)-i <= shortID {
			return false
		}
		if i > 0 && text[i-1] == 'i' && hexDigits(text[i+1:]) >= shortID {
			return true
		}
		text = text[i+1:]
	}
}

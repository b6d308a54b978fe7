package scan

import (
	"bytes"

	"liftgraph/extract/cloudtrail/resource"
)

// mayChange reports whether a record may be of a call that changed a resource, where it isn't marked as one that only read:
// there is a rule for the event, or all says that it needs none. What isn't spelled as CloudTrail does is parsed instead.
func mayChange(record []byte, all bool) bool {
	if all {
		return true
	}
	source, rest := sourceName.text(record)
	name, after := nameName.text(rest)
	if source == nil || name == nil {
		source, _ = sourceName.text(record)
		if name, after = nameName.text(record); source == nil || name == nil {
			return true
		}
	}
	if nameName.in(after) != nil || bytes.IndexByte(source, '\\') >= 0 || bytes.IndexByte(name, '\\') >= 0 {
		return true
	}
	return resource.KnowsEvent(source, name)
}

// memberName is the name of a member, without the first letter, which exports write in any case. It is looked for by what
// begins with a capital letter, since these are rare.
type memberName struct{ before, key []byte }

func nameOf(before, key string) memberName { return memberName{[]byte(before), []byte(key + `"`)} }

var (
	readOnlyName = nameOf("ead", "Only")
	sourceName   = nameOf("vent", "Source")
	nameName     = nameOf("vent", "Name")
	timeName     = nameOf("vent", "Time")
	regionName   = nameOf("ws", "Region")
	accountName  = nameOf("ecipient", "AccountId")
)

// in returns what follows the first member of this name; nil where there is none.
func (n *memberName) in(record []byte) []byte {
	for at := 0; ; {
		i := bytes.Index(record[at:], n.key)
		if i < 0 {
			return nil
		}
		if bytes.HasSuffix(record[:at+i], n.before) {
			return record[at+i+len(n.key):]
		}
		at += i + len(n.key)
	}
}

// onlyReads reports whether a record says that its call only read: every readOnly in it is true. The one that counts may
// stand anywhere, and parameters may have one too.
func onlyReads(record []byte) bool {
	found, sure := false, false
	for rest := readOnlyName.in(record); rest != nil; rest = readOnlyName.in(rest) {
		value := valueBehind(rest)
		if len(value) == 0 || value[0] != 't' && !bytes.HasPrefix(value, []byte(`"true"`)) {
			return false
		}
		found, sure = true, sure || goesOn(value)
	}
	return found && (sure || !bytes.Contains(record, otherSpelling))
}

// goesOn reports whether what follows a readOnly is what CloudTrail writes there, but no call in its parameters.
func goesOn(value []byte) bool {
	return bytes.HasPrefix(value, []byte(`true,"eventType":"Aws`)) || bytes.HasPrefix(value, []byte(`true,"resources":[{"`))
}

// otherSpelling is how exports write it: there, what counts may be another one.
var otherSpelling = []byte(`readonly`)

// valueBehind returns the text behind the colon of a member.
func valueBehind(b []byte) []byte {
	i := skipSpace(b, 0)
	if i == len(b) || b[i] != ':' {
		return nil
	}
	return b[skipSpace(b, i+1):]
}

// text returns the text of the first member of this name where that is a string, as it stands, and what follows; nil where
// it isn't.
func (n *memberName) text(record []byte) (value, rest []byte) {
	record = valueBehind(n.in(record))
	if len(record) == 0 || record[0] != '"' {
		return nil, nil
	}
	end := bytes.IndexByte(record[1:], '"')
	if end < 0 {
		return nil, nil
	}
	return record[1 : end+1], record[end+2:]
}

var webIdentity = []byte("AssumeRoleWithWebIdentity")

// givesWebIdentity reports whether a record may be of credentials that were given to a CI's job.
func givesWebIdentity(record []byte) bool {
	return mentionsSTS(record) && bytes.Contains(record, webIdentity) && bytes.Contains(record, temporary)
}

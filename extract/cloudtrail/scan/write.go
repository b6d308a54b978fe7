package scan

import (
	"bytes"

	"liftgraph/extract/cloudtrail/resource"
)

// mayChange reports whether a record may be of a call that changed a resource: it isn't marked as one that only read, and
// there is a rule for the event, or all says that it needs none. What isn't spelled as CloudTrail does is parsed instead.
func mayChange(record []byte, all bool) bool {
	if onlyReads(record) {
		return false
	}
	if all {
		return true
	}
	source, rest := stringMember(record, sourceKey)
	name, after := stringMember(rest, nameKey)
	if source == nil || name == nil {
		source, _ = stringMember(record, sourceKey)
		if name, after = stringMember(record, nameKey); source == nil || name == nil {
			return true
		}
	}
	if again, _ := stringMember(after, nameKey); again != nil || bytes.IndexByte(source, '\\') >= 0 || bytes.IndexByte(name, '\\') >= 0 {
		return true
	}
	return resource.KnowsEvent(source, name)
}

// The names of members, without the first letter, which exports write in any case.
var (
	readOnlyKey = []byte(`eadOnly"`)
	sourceKey   = []byte(`ventSource"`)
	nameKey     = []byte(`ventName"`)
	timeKey     = []byte(`ventTime"`)
	regionKey   = []byte(`wsRegion"`)
	accountKey  = []byte(`ecipientAccountId"`)
)

// onlyReads reports whether a record says that its call only read: every readOnly in it is true. The one that counts may
// stand anywhere, and parameters may have one too.
func onlyReads(record []byte) bool {
	found := false
	for {
		i := bytes.Index(record, readOnlyKey)
		if i < 0 {
			return found
		}
		record = record[i+len(readOnlyKey):]
		value := valueBehind(record)
		if len(value) == 0 || value[0] != 't' && !bytes.HasPrefix(value, []byte(`"true"`)) {
			return false
		}
		found = true
	}
}

// valueBehind returns the text behind the colon of a member.
func valueBehind(b []byte) []byte {
	i := skipSpace(b, 0)
	if i == len(b) || b[i] != ':' {
		return nil
	}
	return b[skipSpace(b, i+1):]
}

// stringMember returns the text of the first member with a name that is a string, as it stands, and what follows; nil
// where there is none.
func stringMember(record, key []byte) (value, rest []byte) {
	i := bytes.Index(record, key)
	if i < 0 {
		return nil, nil
	}
	record = valueBehind(record[i+len(key):])
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

package scan

import (
	"bytes"
	"strings"
)

// maxName is how long a name may be that is looked at, in bytes.
const maxName = 256

// plain appends a name to dst as all exports agree on it: in lower case, without what stands between its words. So are
// eventID, event_id and "Event ID" one name.
func plain(dst, name []byte) []byte {
	for _, c := range name {
		switch {
		case 'A' <= c && c <= 'Z':
			c |= 0x20
		case 'a' <= c && c <= 'z', '0' <= c && c <= '9', c >= 0x80:
		default:
			continue
		}
		dst = append(dst, c)
	}
	return dst
}

// is reports whether a key is a name, which is in lower case and has no separators, however the key is spelled.
func is(key []byte, name string) bool {
	if len(key) < len(name) || len(key) > maxName {
		return false
	}
	n := 0
	for _, c := range key {
		switch {
		case 'A' <= c && c <= 'Z':
			c |= 0x20
		case 'a' <= c && c <= 'z', '0' <= c && c <= '9', c >= 0x80:
		default:
			continue
		}
		if n == len(name) || c != name[n] {
			return false
		}
		n++
	}
	return n == len(name)
}

// fieldsByName are the fields by their plain names.
var fieldsByName = func() map[string]field {
	m := map[string]field{}
	for f, n := range fieldNames {
		m[n] = field(f)
	}
	for name, f := range map[string]field{
		"accountid": accountID, "awseventid": eventID, // Azure Sentinel
		"eventaction": eventName, "eventprovider": eventSource, "cloudregion": awsRegion, "cloudaccountid": accountID, // Elastic, flattened
	} {
		m[name] = f
	}
	return m
}()

// spelled are the names that CloudTrail and Athena give the members of an event, as they spell them: most are one of these.
var spelled = func() map[string]spelling {
	m := map[string]spelling{}
	for _, name := range []string{
		"eventID", "eventTime", "eventName", "eventSource", "awsRegion", "recipientAccountId", "readOnly", "errorCode", "userIdentity", "requestParameters",
		"responseElements", "resources", "errorMessage", "managementEvent", "eventCategory", "eventType", "userAgent", "sourceIPAddress", "sharedEventID",
		"sessionCredentialFromConsole",
	} {
		s := spelling{fieldsByName[strings.ToLower(name)], true}
		m[name], m[strings.ToLower(name)] = s, s
	}
	for _, name := range []string{"eventVersion", "requestID", "apiVersion", "additionalEventData", "tlsDetails", "vpcEndpointId", "serviceEventDetails"} {
		m[name], m[strings.ToLower(name)] = spelling{}, spelling{}
	}
	return m
}()

// spelling is the field of a name; not known where the member is none that is looked at.
type spelling struct {
	field field
	known bool
}

// elasticNames are what Elastic's names of fields begin with where they are flattened.
var elasticNames = []string{"aws.cloudtrail.flattened.", "aws.cloudtrail."}

// fieldOf returns the field of a name, in any spelling; false where it isn't looked at. Rest is what a flattened name
// such as userIdentity.arn says of the value's path within the field.
func fieldOf(name []byte) (f field, rest []byte, ok bool) {
	if len(name) < len("account") || len(name) > maxName {
		return 0, nil, false
	}
	if name[0] == 'a' {
		for _, before := range elasticNames {
			if after, ok := bytes.CutPrefix(name, []byte(before)); ok {
				return fieldOf(after)
			}
		}
	}
	var buf [maxName]byte
	key := plain(buf[:0], name)
	if f, ok := fieldsByName[string(key)]; ok {
		return f, nil, true
	}
	for _, f := range structured {
		if !bytes.HasPrefix(key, []byte(fieldNames[f])) {
			continue
		}
		rest := key[len(fieldNames[f]):]
		if i := bytes.IndexAny(name, "./:[_"); i >= 0 && len(plain(nil, name[:i])) >= len(fieldNames[f]) {
			return f, bytes.Clone(name[i:]), true
		}
		if i := bytes.IndexAny(name, "./:["); i >= 0 { // user_identity.arn
			return f, bytes.Clone(name[i:]), true
		}
		if f == userIdentity { // user_identity_arn, userIdentityArn
			return f, bytes.Clone(rest), true
		}
	}
	return 0, nil, false
}

// structured are the fields whose values hold others.
var structured = []field{userIdentity, requestParameters, responseElements, resources}

package scan

import "bytes"

// ocsfFields are the paths of an event's fields in Security Lake's OCSF, as AWS maps them since version 1.1:
// https://github.com/ocsf/examples/tree/main/mappings/markdown/AWS
var ocsfFields = [fieldCount][]string{
	eventID: {"metadata", "uid"}, eventName: {"api", "operation"}, eventSource: {"api", "service", "name"}, awsRegion: {"cloud", "region"},
	recipientAccountID: {"cloud", "account", "uid"}, errorCode: {"api", "response", "error"}, errorMessage: {"api", "response", "errormessage"}, requestParameters: {"api", "request", "data"},
	responseElements: {"api", "response", "data"}, resources: {"resources"}, readOnly: {"unmapped", "readonly"},
}

// ocsfEvent reads an event of OCSF; ok is false where it isn't one of CloudTrail's.
func ocsfEvent(record []byte) (e event, ok bool) {
	if product := dig(record, "metadata", "product", "name"); string(dig(record, "classuid")) != "6003" && !bytes.EqualFold(product, []byte("CloudTrail")) ||
		product != nil && !bytes.Contains(bytes.ToLower(product), []byte("cloudtrail")) {
		return e, false
	}
	for f, path := range ocsfFields {
		if path != nil {
			e[f] = dig(record, path...)
		}
	}
	for _, name := range []string{"timedt", "time"} {
		if e[eventTime] == nil {
			e[eventTime] = dig(record, name)
		}
	}
	if e[readOnly] == nil && string(dig(record, "classuid")) == "6003" && string(dig(record, "activityid")) == "2" {
		e[readOnly] = []byte("true")
	}
	who := map[string]any{}
	user := dig(record, "actor", "user")
	for name, path := range map[string][]string{"type": {"type"}, "accountId": {"account", "uid"}, "accessKeyId": {"credentialuid"}, "userName": {"name"}} {
		if v := dig(user, path...); v != nil {
			who[name] = string(v)
		}
	}
	for _, name := range []string{"uid", "uuid", "uidalt"} { // versions differ in which is which
		switch v := dig(user, name); {
		case bytes.HasPrefix(v, []byte("arn:")):
			who["arn"] = string(v)
		case v != nil:
			who["principalId"] = string(v)
		}
	}
	if v := dig(record, "unmapped", "useridentity", "sessioncontext", "sourceidentity"); v != nil {
		who["sessionContext"] = map[string]any{"sourceIdentity": string(v)}
	}
	if len(who) > 0 {
		e[userIdentity] = marshal(who)
	}
	e.ocsfUnmapped(record)
	return e, true
}

// ocsfUnmapped adds the parameters and the answer that OCSF has no names for: a map of paths.
func (e *event) ocsfUnmapped(record []byte) {
	var flat flattened
	members(objectOf(dig(record, "unmapped")), func(key, value []byte) {
		if f, rest, ok := fieldOf(key); ok && f != readOnly {
			e.set(f, rest, text(value), &flat)
		}
	})
	flat.into(e)
}

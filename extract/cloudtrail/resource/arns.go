package resource

import (
	"strings"

	"liftgraph/internal/awsresource"
)

// byARN adds what an event without a rule touched: the ARNs that stand where the target of a call stands, of the
// service that recorded it, one of a type. The order decides which of several counts: what was created, then what the
// parameters name.
func (t *touching) byARN(call string) {
	role := Changed
	switch {
	case strings.HasPrefix(call, "Create"), strings.HasPrefix(call, "Register"), strings.HasPrefix(call, "Import"), strings.HasPrefix(call, "Allocate"):
		role = Created
	case strings.HasPrefix(call, "Delete"), strings.HasPrefix(call, "Deregister"), strings.HasPrefix(call, "Terminate"):
		role = Deleted
	}
	types := map[string]bool{}
	take := func(text string) {
		a, ok := awsresource.ParseARN(text)
		if !ok || !sameService(a.Service, t.service) {
			return
		}
		if r, ok := awsresource.OfARN(text, t.where); ok && !types[r.Type] {
			types[r.Type] = true
			t.add(r, role, ByARN)
		}
	}
	arnsIn(t.event.Response, 2, take)
	arnsIn(t.event.Request, 1, take)
}

// sameService reports whether ARNs of a service are those of what a source records.
func sameService(arn, source string) bool {
	switch source {
	case "monitoring":
		return arn == "cloudwatch"
	case "amazonmq":
		return arn == "mq"
	case "logs", "tagging":
		return arn == "logs" || source == "tagging"
	}
	return arn == source
}

// arnsIn calls take with the ARNs in fields that may name a call's target, down to a depth.
func arnsIn(value []byte, depth int, take func(string)) {
	if len(value) == 0 || value[0] != '{' {
		return
	}
	each(value, func(key, v []byte) {
		k := strings.ToLower(string(key))
		if len(v) == 0 || excluded(k) {
			return
		}
		switch v[0] {
		case '{':
			if depth > 1 || wrapsCall(string(key)) {
				arnsIn(v, depth-1, take)
			}
		case '[':
			if strings.HasSuffix(k, "arns") || strings.HasSuffix(k, "arnlist") {
				each(v, func(_, element []byte) {
					if len(element) > 0 && element[0] == '"' {
						take(scalar(element))
					}
				})
			}
		case '"':
			if strings.HasSuffix(k, "arn") || k == "resource" || k == "resourcename" || k == "resourceid" {
				take(scalar(v))
			}
		}
	})
}

// excludedNames and excludedParts are fields that hold what a target uses, not the target: in lower case.
// Source: the fields of public records that named something else than what was changed.
var (
	excludedNames = map[string]bool{
		"role": true, "rolearn": true, "createdby": true, "keyid": true, "layers": true, "logdestination": true, "stack-id": true, "stackid": true,
		"tag": true, "tags": true, "environment": true, "encryptioncontext": true, "definition": true, "querystring": true, "userdata": true,
		"presignedurl": true, "description": true, "errormessage": true, "alarmactions": true, "okactions": true, "policyarn": true, "permissionsboundary": true,
	}
	excludedParts = []string{
		"executionrole", "servicerole", "kmskey", "encryption", "principal", "policy", "template", "deadletter", "webacl", "secret", "bucket",
	}
	excludedBeginnings = []string{"source", "destination", "target", "notification", "certificate", "image"}
)

func excluded(key string) bool {
	if excludedNames[key] {
		return true
	}
	for _, p := range excludedParts {
		if strings.Contains(key, p) {
			return true
		}
	}
	for _, p := range excludedBeginnings {
		if strings.HasPrefix(key, p) {
			return true
		}
	}
	return false
}

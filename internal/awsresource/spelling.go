package awsresource

import "strings"

// spellings make a type's one name of the many that people and calls use; "" where it is none. They are idempotent.
var spellings = map[string]func(value string, where Scope) string{
	"name":     func(v string, _ Scope) string { return v },
	"lower":    func(v string, _ Scope) string { return strings.ToLower(v) },
	"id":       func(v string, _ Scope) string { return strings.ToLower(v) },
	"iam":      lastSegment, // a path is no part of the name
	"last":     lastSegment, // /hostedzone/Z1 and Z1
	"bucket":   bucketName,
	"key":      keyID,
	"alias":    func(v string, _ Scope) string { return strings.TrimPrefix(v, "alias/") },
	"function": functionName,
	"queue":    queueName,
	"ssm":      func(v string, _ Scope) string { return strings.TrimLeft(v, "/") },
	"loggroup": logGroupName,
	"rule":     ruleName,
	"webacl":   webACLName,
}

func lastSegment(v string, _ Scope) string { return v[strings.LastIndexByte(v, '/')+1:] }

// bucketName cuts off an object's key.
func bucketName(v string, _ Scope) string {
	v, _, _ = strings.Cut(v, "/")
	return strings.ToLower(v)
}

// keyID is a key's id. An alias isn't one: it may point to another key tomorrow.
func keyID(v string, _ Scope) string {
	v = strings.TrimPrefix(v, "key/")
	if strings.HasPrefix(v, "alias/") {
		return ""
	}
	return strings.ToLower(v)
}

// functionName takes NAME, NAME:ALIAS, function:NAME and ACCOUNT:function:NAME, each with a version or alias.
func functionName(v string, _ Scope) string {
	if _, after, ok := strings.Cut(v, "function:"); ok {
		v = after
	}
	v, _, _ = strings.Cut(v, ":")
	return v
}

// queueName takes the URL too: https://sqs.REGION.amazonaws.com/ACCOUNT/NAME.
func queueName(v string, _ Scope) string {
	if strings.Contains(v, "://") {
		return v[strings.LastIndexByte(v, '/')+1:]
	}
	return v
}

// logGroupName cuts off the :* that ARNs of log groups may end with.
func logGroupName(v string, _ Scope) string {
	v, _, _ = strings.Cut(v, ":")
	return strings.TrimSuffix(v, "*")
}

// ruleName takes NAME and BUS/NAME, where BUS may be an ARN; rules of the default bus have the name alone.
func ruleName(v string, _ Scope) string {
	if strings.HasPrefix(v, "arn:") {
		if _, after, ok := strings.Cut(v, ":event-bus/"); ok {
			v = after
		}
	}
	return strings.TrimPrefix(v, "default/")
}

// webACLName takes NAME/ID and SCOPE/NAME/ID.
func webACLName(v string, _ Scope) string {
	for _, scope := range []string{"REGIONAL/", "CLOUDFRONT/"} {
		v = strings.TrimPrefix(v, scope)
	}
	return v
}

// masked reports whether a value was hidden by CloudTrail or by those who published it.
func masked(v string) bool {
	return strings.Contains(v, "HIDDEN_DUE_TO_SECURITY") || strings.Contains(v, "***") || strings.HasPrefix(v, "Value hidden")
}

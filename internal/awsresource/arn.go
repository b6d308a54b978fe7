package awsresource

import (
	"net/url"
	"strings"
)

// ARN is an Amazon Resource Name in its parts: arn:PARTITION:SERVICE:REGION:ACCOUNT:REST.
type ARN struct{ Partition, Service, Region, Account, Rest string }

// ParseARN parses an ARN, also one that is percent-encoded, as in the paths of requests. It reports whether it is one:
// account and region have their form or are empty.
func ParseARN(text string) (ARN, bool) {
	if len(text) > 2048 || len(text) < 8 || !strings.EqualFold(text[:3], "arn") {
		return ARN{}, false
	}
	if strings.HasPrefix(text[3:], "%") {
		decoded, err := url.PathUnescape(text)
		if err != nil {
			return ARN{}, false
		}
		text = decoded
	}
	f := strings.SplitN(text, ":", 6)
	if len(f) < 6 || f[0] != "arn" || f[1] != "aws" && !strings.HasPrefix(f[1], "aws-") || f[2] == "" || f[5] == "" ||
		f[3] != "" && !isRegion(f[3]) || f[4] != "" && f[4] != "aws" && !IsAccount(f[4]) || masked(f[5]) || strings.ContainsAny(f[5], "\x00\n\r\t") {
		return ARN{}, false
	}
	return ARN{f[1], f[2], f[3], f[4], f[5]}, true
}

func (a ARN) String() string {
	return strings.Join([]string{"arn", a.Partition, a.Service, a.Region, a.Account, a.Rest}, ":")
}

// OfARN returns the resource that an ARN names, in its canonical form: without a version, alias, index or object, and in
// the letter case that AWS stores. Account and region that the ARN doesn't hold are those of where. It reports false for
// what is no ARN, and for one of a type that no table knows.
func OfARN(text string, where Scope) (Resource, bool) {
	a, ok := ParseARN(text)
	if !ok {
		return Resource{}, false
	}
	for _, p := range patterns[a.Service] {
		if r, ok := p.resource(a, where); ok {
			return r, true
		}
	}
	return Resource{}, false
}

// resource returns the resource of an ARN that has the pattern's form.
func (p *pattern) resource(a ARN, where Scope) (Resource, bool) {
	if p.hasRegion != (a.Region != "") || p.hasAccount != (a.Account != "") {
		return Resource{}, false
	}
	name, values, ok := p.read(a.Rest)
	if !ok {
		return Resource{}, false
	}
	if p.names > 0 {
		if name = spellings[p.of.spelling](name, where); name == "" || !p.rename(values, name) {
			return Resource{}, false
		}
	}
	a.Rest = p.write(values)
	r := Resource{Type: p.of.name, ARN: a.String(), Account: a.Account, Region: a.Region, Name: name}
	if !p.hasAccount && IsAccount(where.Account) {
		r.Account = where.Account
	}
	return r.own(), true
}

// own corrects what differs for types whose ARN names another account than their own.
func (r Resource) own() Resource {
	if r.Type == "AWS::Organizations::Account" {
		r.Account = r.Name
	}
	return r
}

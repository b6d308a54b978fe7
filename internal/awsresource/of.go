package awsresource

import "strings"

// maxName is how long a name may be, in bytes: more than any service allows.
const maxName = 2048

// Of returns the resource of a type that a value names: its ARN, name, id or URL, in any spelling that the type has. It
// reports false where the value names none, or one of another type, or was masked.
func Of(typ, value string, where Scope) (Resource, bool) {
	k := kinds[typ]
	value = strings.TrimSpace(value)
	if k == nil || value == "" || len(value) > maxName || masked(value) || strings.ContainsAny(value, "\x00\n\r\t") {
		return Resource{}, false
	}
	if k.spelling != "rule" || !strings.Contains(value, ":event-bus/") {
		if _, ok := ParseARN(value); ok {
			return k.ofARN(value, where)
		}
	}
	if strings.HasPrefix(value, "arn:") && k.spelling != "rule" {
		return Resource{}, false
	}
	where = k.refine(value, where)
	scope, _, _ := strings.Cut(value, "/")
	if value = spellings[k.spelling](value, where); value == "" {
		return Resource{}, false
	}
	p := k.patterns[0]
	if k.spelling == "webacl" && scope == "CLOUDFRONT" {
		p = k.patterns[1]
	}
	return p.named(value, where, len(k.patterns) > 1 && k.spelling != "webacl")
}

// ofARN returns the resource of an ARN where that is of this type. A secret's may lack its random end: then it is a name.
func (k *kind) ofARN(text string, where Scope) (Resource, bool) {
	r, ok := OfARN(text, where)
	if ok && r.Type == k.name {
		return r, true
	}
	a, _ := ParseARN(text)
	if name, isSecret := strings.CutPrefix(a.Rest, "secret:"); isSecret && !ok && k.name == "AWS::SecretsManager::Secret" {
		return Of(k.name, name, Scope{a.Partition, a.Account, a.Region})
	}
	return Resource{}, false
}

// refine takes the account, and the region, that a value holds.
func (k *kind) refine(value string, where Scope) Scope {
	switch k.spelling {
	case "queue":
		f := strings.Split(value, "/")
		if len(f) == 5 && strings.HasSuffix(f[0], ":") && IsAccount(f[3]) {
			where.Account = f[3]
			for _, label := range strings.Split(f[2], ".") {
				if isRegion(label) {
					where.Region = label
				}
			}
		}
	case "function":
		if account, _, ok := strings.Cut(value, ":"); ok && IsAccount(account) {
			where.Account = account
		}
	case "rule":
		if a, ok := ParseARN(value); ok {
			where.Account, where.Region = a.Account, a.Region
		}
	}
	return where
}

// named returns the resource of a name, with its ARN where name, account and region determine that.
func (p *pattern) named(name string, where Scope, several bool) (Resource, bool) {
	r := Resource{Type: p.of.name, Name: name, Provisional: true}
	if IsAccount(where.Account) {
		r.Account = where.Account
	}
	if p.hasRegion && isRegion(where.Region) {
		r.Region = where.Region
	}
	r = r.own()
	values := make([]string, len(p.holes()))
	if p.names == 0 {
		return r, true
	}
	if !p.rename(values, name) {
		return Resource{}, false
	}
	if read, again, ok := p.read(p.write(values)); ok { // without what may follow a name
		r.Name, values = read, again
	}
	if p.opaque || several || p.hasAccount && r.Account == "" || p.hasRegion && r.Region == "" || !p.holds(values) {
		return r, true
	}
	a := ARN{Partition: where.Partition, Service: p.service, Rest: p.write(values)}
	if a.Partition == "" {
		a.Partition = Partition(where.Region)
	}
	if p.hasAccount {
		a.Account = r.Account
	}
	if p.hasRegion {
		a.Region = r.Region
	}
	r.ARN, r.Provisional = a.String(), p.pathless()
	return r, true
}

// holds reports whether an ARN with these values has the pattern's form: it would be read as the same resource.
func (p *pattern) holds(values []string) bool {
	_, ok := p.match(p.write(values))
	return ok
}

// pathless reports whether a name lacks the path that the ARN may have.
func (p *pattern) pathless() bool {
	for _, part := range p.parts {
		if part == "{path}" {
			return true
		}
	}
	return false
}

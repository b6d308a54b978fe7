package resource

import (
	"strings"

	"liftgraph/internal/awsresource"
	"liftgraph/internal/raw"
)

// The bases of what an event touched.
const (
	ByTable     = "table"
	ByResources = "resources"
	ByARN       = "arn"
)

// Outcome is what an event did.
type Outcome struct {
	Class   Class
	Service string // that recorded it
	Call    string // its name without a date
	Known   bool   // a rule is there for it
	Touched []raw.Touched
	Actor   *raw.Actor // who made the call, were it not a run's; may be nil
	Via     string     // by what means
	Noise   string     // why it is no drift; "" where it is
}

// Unknown reports whether an event changed something that neither a rule nor an ARN identifies.
func (o *Outcome) Unknown() bool { return !o.Known && len(o.Touched) == 0 && o.Class == Change }

// Read returns what an event did.
func Read(e *Event) Outcome {
	who := identityOf(e.Identity)
	o := Outcome{Service: Service(e.Source), Call: Call(e.Name)}
	all := rulesOf(o.Service, o.Call)
	o.Known = len(all) > 0
	o.Class = e.class(&who, o.Service, o.Call)
	if o.Class == Failed || o.Class == ReadOnly || o.Class == Data {
		return o
	}
	o.Actor, o.Via, o.Noise = who.actor(), e.via(&who), e.noise(&who, o.Class, o.Call)
	t := touching{event: e, who: &who, service: o.Service, where: e.scope(&who)}
	for _, r := range all {
		t.apply(r)
	}
	if !o.Known && o.Class != Operate {
		t.byARN(o.Call)
	}
	o.Touched = t.touched
	return o
}

// maxTouched bounds the resources of an event: CloudTrail cuts parameters off beyond 100 KB.
const maxTouched = 10_000

// touching gathers what an event touched.
type touching struct {
	event   *Event
	who     *identity
	service string
	where   awsresource.Scope
	touched []raw.Touched
	seen    map[string]bool // by role and key, of many
}

// apply adds what a rule finds.
func (t *touching) apply(r *rule) {
	for _, n := range r.paths {
		found := false
		for _, v := range t.values(n, r.typ) {
			if res, ok := t.resource(r.typ, v.text); ok {
				found = true
				t.add(res, r.role, v.basis)
			}
		}
		if found {
			return
		}
	}
}

// value is a text that names a resource.
type value struct{ text, basis string }

// values returns what stands where a rule looks.
func (t *touching) values(n name, typ string) (all []value) {
	if len(n) > 1 {
		parts := make([]string, 0, len(n))
		for _, p := range n {
			texts := t.find(p)
			if len(texts) == 0 {
				return nil
			}
			parts = append(parts, texts[0])
		}
		return []value{{strings.Join(parts, "/"), ByTable}}
	}
	if n[0].root == "r" {
		for _, text := range find(nil, t.event.Touched, []string{"arn"}, 1) {
			if r, ok := awsresource.OfARN(text, t.where); ok && r.Type == typ {
				all = append(all, value{text, ByResources})
			}
		}
		return all
	}
	for _, text := range t.find(n[0]) {
		all = append(all, value{text, ByTable})
	}
	return all
}

func (t *touching) find(p path) []string {
	switch p.root {
	case "q":
		return find(nil, t.event.Request, p.steps, 0)
	case "p":
		return find(nil, t.event.Response, p.steps, 0)
	case "caller":
		if t.who.typ == "IAMUser" {
			return []string{t.who.arn}
		}
	case "account":
		return []string{t.where.Account}
	}
	return nil
}

// resource returns the resource that a text names.
func (t *touching) resource(typ, text string) (awsresource.Resource, bool) {
	where := t.scope()
	if typ == "*" {
		return t.anyOf(text, where)
	}
	r, ok := awsresource.Of(typ, text, where)
	if ok {
		r.Account = t.accountOf(r)
	}
	return r, ok
}

// scope is where the event happened, or the account that it says it acts on.
func (t *touching) scope() awsresource.Scope {
	where := t.where
	for _, v := range t.owner() {
		if awsresource.IsAccount(v) {
			where.Account = v
		}
	}
	return where
}

// owner returns the account that owns what an event names, where the event says so.
func (t *touching) owner() []string {
	switch t.service {
	case "ecr":
		return find(find(nil, t.event.Response, []string{"repository", "registryId"}, 0), t.event.Request, []string{"registryId"}, 0)
	case "glue":
		return find(nil, t.event.Request, []string{"catalogId"}, 0)
	case "elasticfilesystem":
		return find(nil, t.event.Response, []string{"ownerId"}, 0)
	}
	return nil
}

// accountOf returns the account of a resource whose ARN has none: that of resources[], where it is listed.
func (t *touching) accountOf(r awsresource.Resource) string {
	if r.Type != "AWS::S3::Bucket" || len(t.event.Touched) == 0 {
		return r.Account
	}
	account := r.Account
	each(t.event.Touched, func(_, entry []byte) {
		if len(entry) == 0 || entry[0] != '{' {
			return
		}
		if field(entry, "arn") == r.ARN {
			if a := field(entry, "accountId"); awsresource.IsAccount(a) {
				account = a
			}
		}
	})
	return account
}

// anyOf returns the resource of a text that shows its type: an ARN, or an id with a prefix.
func (t *touching) anyOf(text string, where awsresource.Scope) (awsresource.Resource, bool) {
	if r, ok := awsresource.OfARN(text, where); ok {
		r.Account = t.accountOf(r)
		return r, true
	}
	if t.service == "organizations" {
		switch {
		case awsresource.IsAccount(text):
			return awsresource.Of("AWS::Organizations::Account", text, where)
		case strings.HasPrefix(text, "ou-"):
			return awsresource.Of("AWS::Organizations::OrganizationalUnit", text, where)
		}
		return awsresource.Resource{}, false
	}
	if typ := awsresource.TypeOfID(text); typ != "" {
		return awsresource.Of(typ, text, where)
	}
	return awsresource.Resource{}, false
}

func (t *touching) add(r awsresource.Resource, role, basis string) {
	key := role + " " + r.Key()
	if t.seen == nil {
		t.seen = map[string]bool{}
	}
	if t.seen[key] || len(t.touched) == maxTouched {
		return
	}
	t.seen[key] = true
	t.touched = append(t.touched, raw.Touched{Resource: r, Role: role, Basis: basis})
}

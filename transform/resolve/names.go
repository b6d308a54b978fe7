package resolve

import (
	"strings"

	"liftgraph/graph"
	"liftgraph/internal/awsresource"
	"liftgraph/internal/extsort"
)

func lower(s string) string { return strings.ToLower(strings.TrimSpace(s)) }

// What is known of a resource's name: its ARN comes before where it is used.
const (
	nameKnown = iota // a resource with its ARN
	nameUsed         // a resource, and what an event did to it
)

// KnowResource says that a resource exists.
func (r *Resolver) KnowResource(a *awsresource.Resource) {
	if usable(a) {
		r.knowName(a)
	}
}

// knowName adds a resource whose ARN is known, so that the same one is found where its name alone is.
func (r *Resolver) knowName(a *awsresource.Resource) {
	if a.Provisional || a.ARN == "" || a.Type == instanceType {
		return
	}
	k := stubKey{"", a.ARN}
	if _, ok := r.recentStubs[k]; ok {
		return
	}
	if len(r.recentStubs) == maxRecentStubs {
		clear(r.recentStubs)
	}
	r.recentStubs[stubKey{"", strings.Clone(a.ARN)}] = struct{}{}
	r.begin('n', a.NameKey())
	r.value = appendResource(append(r.value[:0], nameKnown), a)
	r.add(r.names)
}

// passNames replaces provisional keys by the ARN that another record knows for the same type, account, region and name; where two
// ARNs have that name, as of a group that was made again, the key stays. Resources are candidates for entities from here on.
func (r *Resolver) passNames() error {
	var last []byte
	var known []awsresource.Resource
	var named bool // a provisional resource is a candidate already
	return r.scan(r.names, func(key, value []byte) error {
		if string(key) != string(last) {
			last, known, named = append(last[:0], key...), known[:0], false
		}
		a, rest := r.cutResource(value[1:])
		if value[0] == nameKnown {
			if len(known) < maxCandidates && (len(known) == 0 || known[len(known)-1].ARN != a.ARN) {
				known = append(known, a)
				r.addCandidate(&a)
			}
			return nil
		}
		u, rest := r.cutUse(rest)
		r.cutOrigin(rest)
		if a.Provisional && len(known) == 1 {
			a = known[0]
		}
		if a.Provisional && !named {
			named = true
			r.addCandidate(&a)
		}
		r.used(&a, &u)
		return nil
	})
}

// used passes on what an event did to a resource whose key is final.
func (r *Resolver) used(a *awsresource.Resource, u *use) {
	id := a.Key()
	resourceEvents.Add(r, Nested, 0, eventProperties{
		ID: graph.Text(u.event + "|" + id + "|" + u.role), EventID: graph.Text(u.event), ResourceID: graph.Text(id), Role: graph.Text(u.role),
		EventTime: graph.Text(u.at), Source: TextOrNone(u.source), Name: TextOrNone(u.name), Class: TextOrNone(u.class), RunID: TextOrNone(u.run),
		ActorID: TextOrNone(u.actor.ID), Via: TextOrNone(u.via), Noise: TextOrNone(u.noise), Basis: TextOrNone(u.basis),
		AWSAccount: TextOrNone(u.account), AWSRegion: TextOrNone(u.region), SourceIP: TextOrNone(u.ip),
	})
	switch {
	case u.run != "" && a.Type == instanceType: // its own relationship has a row for each call
	case u.run != "":
		r.begin('r', u.run)
		r.value = r.appendOrigin(appendUse(appendResource(append(r.value[:0], hubTouched), a), u))
		r.add(r.hubs)
	case u.class != classChange || u.noise != "":
		r.edges.In++
		reason := u.noise
		if reason == "" {
			reason = u.class
		}
		r.edges.Filtered[reason]++
	default:
		r.begin('m', nodeID(a))
		r.value = appendUse(appendResource(append(r.value[:0], managedChanged), a), u)
		r.add(r.managed)
	}
}

// classChange is the class of events that change the configuration of something.
const classChange = "change"

// addCandidate says that a resource may be what an entity stands for: by the digest of each text that a tool has for it.
func (r *Resolver) addCandidate(a *awsresource.Resource) {
	if a.Type == instanceType {
		return
	}
	r.knownOfType[a.Type]++
	var texts []string
	for _, form := range []awsresource.Form{"name", "arn", "last", "colon", "url", "alias", "catalog"} {
		text := form.Text(*a)
		if text == "" || form == "url" && a.Type != "AWS::SQS::Queue" || form == "alias" && a.Type != "AWS::KMS::Alias" || form == "catalog" && a.Service() != "Glue" {
			continue
		}
		seen := false
		for _, t := range texts {
			seen = seen || t == text
		}
		if seen {
			continue
		}
		texts = append(texts, text)
		r.begin('c', a.Type, digest(text))
		r.value = appendResource(append(r.value[:0], candidateKnown), a)
		r.value = extsort.AppendTexts(r.value, text)
		r.add(r.candidates)
	}
}

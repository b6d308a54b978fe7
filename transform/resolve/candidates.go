package resolve

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"

	"liftgraph/internal/awsresource"
	"liftgraph/internal/dataset"
	"liftgraph/internal/extsort"
)

// digest returns the sanitized form of a text: the last 8 hex digits of its SHA-256.
func digest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[len(sum)-tailDigits/2:])
}

// emptyDigests are those of texts that name nothing: "", "true", "us-east-1" and "default".
var emptyDigests = []string{digest(""), digest("true"), digest("us-east-1"), digest("default")}

const (
	candidateKnown  = iota // a resource, and its text that has this digest
	candidateWanted        // an entity
)

// oneDigestLimit is for how many known resources of a type one digest is still enough: beyond it too many unknown ones would hit a
// wrong one (0.23 % of them).
const oneDigestLimit = 10_000_000

// wantResource looks for the resource that an entity stands for, or is a part of.
func (r *Resolver) wantResource(e *Entity, t *Subject) {
	for _, n := range t.Names {
		if a, ok := awsresource.OfARN(n.Text, awsresource.Scope{}); ok && a.Type == t.Type {
			r.plainly(e, t, &a)
			return
		}
	}
	join := t.join()
	if join == nil {
		r.count(t).Unresolved++
		return
	}
	d := join.Text
	if !IsDigest(d) {
		a, ok := awsresource.Of(t.Type, d, awsresource.Scope{})
		if ok && !a.Provisional && a.ARN != "" { // the name alone makes the ARN, as of a bucket
			r.plainly(e, t, &a)
			return
		}
		d = digest(d)
		if ok && join.Form == "name" {
			d = digest(a.Name)
		}
	}
	r.begin('c', t.Type, d)
	r.value = extsort.AppendTexts(append(r.value[:0], candidateWanted), e.Stack, e.ID, e.Creator, e.Updater, e.Address, strconv.FormatInt(e.Drifted, 10))
	r.value = appendSubject(r.appendOrigin(r.value), t)
	r.add(r.candidates)
}

// plainly takes a resource that an entity names as it is. AWS's own, such as its managed policies, no stack manages.
func (r *Resolver) plainly(e *Entity, t *Subject, a *awsresource.Resource) {
	if a.Account == "aws" {
		return
	}
	r.count(t).Resolved++
	r.knowName(a)
	r.manage(e, t, a, "plain")
}

// join returns the name by which a resource is looked for: one that is sure of its form and known without the ARN, if there is one.
func (t *Subject) join() (best *Name) {
	rank := 0
	for i := range t.Names {
		n := &t.Names[i]
		own := 3
		switch {
		case slices.Contains(emptyDigests, n.Text):
			continue
		case n.Form == "arn":
			own = 2
		case n.Unsure:
			own = 1
		case n.Form == "last": // the last part of a name, which others have too
			own = 1
		}
		if own > rank {
			best, rank = n, own
		}
	}
	return best
}

// count returns the counts of a subject's type. The other ends of links count for nothing: they are no entities of their type.
func (r *Resolver) count(t *Subject) *dataset.ResourceCounts {
	if t.End {
		return new(dataset.ResourceCounts)
	}
	c := r.byType[t.Type]
	if c == nil {
		c = new(dataset.ResourceCounts)
		r.byType[t.Type] = c
	}
	return c
}

// passCandidates joins entities with the known resources of their type.
func (r *Resolver) passCandidates() error {
	var last []byte
	var known []awsresource.Resource
	return r.scan(r.candidates, func(key, value []byte) error {
		if string(key) != string(last) {
			last, known = append(last[:0], key...), known[:0]
		}
		if value[0] == candidateKnown {
			a, _ := r.cutResource(value[1:])
			if len(known) < maxCandidates && !slices.Contains(known, a) {
				known = append(known, a)
			}
			return nil
		}
		var e Entity
		var drifted string
		rest := r.cutOrigin(r.texts(value[1:], &e.Stack, &e.ID, &e.Creator, &e.Updater, &e.Address, &drifted))
		e.Drifted, _ = strconv.ParseInt(drifted, 10, 64) // which this program wrote
		t, _ := r.cutSubject(rest)
		r.match(&e, &t, known)
		return nil
	})
}

// match finds the one resource that an entity can be. A name that differs rules a resource out; a second digest that is its own,
// as that of the ARN beside that of the name, confirms it.
func (r *Resolver) match(e *Entity, t *Subject, known []awsresource.Resource) {
	var best []*awsresource.Resource
	most, refuted := 0, false
	for i := range known {
		switch n := t.agrees(&known[i]); {
		case n < 0:
			refuted = true
		case n > most:
			best, most = append(best[:0], &known[i]), n
		case n == most && n > 0:
			best = append(best, &known[i])
		}
	}
	how := "digest"
	switch join := t.join(); {
	case join != nil && !IsDigest(join.Text):
		how = "plain"
	case most > 1:
		how = "digest+arn"
	}
	counts := r.count(t)
	switch {
	case len(best) == 1 && (how != "digest" || r.knownOfType[t.Type] < oneDigestLimit):
		counts.Resolved++
		r.manage(e, t, best[0], how)
	case len(best) > 0:
		counts.Ambiguous++
	case refuted:
		counts.Disagreed++
	default:
		counts.Unresolved++
	}
}

// agrees returns how many independent names of a subject a resource has, -1 where it lacks one that it must have: two names
// of the same text, as a bucket's name and id, are one.
func (t *Subject) agrees(a *awsresource.Resource) int {
	var seen []string
	for _, n := range t.Names {
		text := n.Form.Text(*a)
		switch {
		case text == "" || slices.Contains(seen, text) || slices.Contains(emptyDigests, n.Text):
			continue
		case n.Text == text || sameText(t.Type, n, a):
		case IsDigest(n.Text) && slices.Contains(digestsOf(text), n.Text):
		case n.Unsure:
			continue
		default:
			return -1
		}
		seen = append(seen, text)
	}
	return len(seen)
}

// sameText reports whether a plain name is another spelling of the resource's.
func sameText(typ string, n Name, a *awsresource.Resource) bool {
	if IsDigest(n.Text) || n.Form != "name" {
		return false
	}
	b, ok := awsresource.Of(typ, n.Text, awsresource.Scope{Account: a.Account, Region: a.Region})
	return ok && b.NameKey() == a.NameKey()
}

func digestsOf(text string) []string {
	d := Digests(text)
	return d[:]
}

// resourceCounts returns the counts by type.
func (r *Resolver) resourceCounts() map[string]dataset.ResourceCounts {
	if len(r.byType) == 0 {
		return nil
	}
	all := map[string]dataset.ResourceCounts{}
	for typ, c := range r.byType {
		all[typ] = *c
	}
	return all
}

// coverageOf keeps how far the events of an account and region reach.
func (r *Resolver) coverageOf(account, region string) *dataset.Reach {
	k := [2]string{account, region}
	c := r.coverage[k]
	if c == nil {
		c = &dataset.Reach{Account: account, Region: region}
		r.coverage[k] = c
	}
	return c
}

// sortedCoverage returns the lines of coverage by account and region.
func (r *Resolver) sortedCoverage() []dataset.Reach {
	var list []dataset.Reach
	for _, c := range r.coverage {
		list = append(list, *c)
	}
	slices.SortFunc(list, func(a, b dataset.Reach) int {
		return cmp.Or(cmp.Compare(a.Account, b.Account), cmp.Compare(a.Region, b.Region))
	})
	return list
}

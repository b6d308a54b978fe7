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

// wantResource looks for the resource that an entity stands for.
func (r *Resolver) wantResource(e *Entity) {
	if a, ok := awsresource.OfARN(e.ARN, awsresource.Scope{}); ok && a.Type == e.Type {
		r.count(e.Type).Resolved++
		r.knowName(&a)
		r.manage(e, &a, "plain")
		return
	}
	if a, ok := awsresource.OfARN(e.Object, awsresource.Scope{}); ok && a.Type == e.Type {
		r.count(e.Type).Resolved++
		r.knowName(&a)
		r.manage(e, &a, "plain")
		return
	}
	d := e.Object
	if !IsDigest(d) {
		a, ok := awsresource.Of(e.Type, e.Object, awsresource.Scope{})
		if ok && !a.Provisional && a.ARN != "" { // the name alone makes the ARN, as of a bucket
			r.count(e.Type).Resolved++
			r.manage(e, &a, "plain")
			return
		}
		d = digest(e.Object)
		if ok {
			d = digest(a.Name)
		}
	}
	if slices.Contains(emptyDigests, d) {
		r.count(e.Type).Unresolved++
		return
	}
	r.begin('c', e.Type, d)
	r.value = extsort.AppendTexts(append(r.value[:0], candidateWanted), e.Stack, e.ID, e.Object, e.ARN, e.Creator, e.Updater, e.Address, strconv.FormatInt(e.Drifted, 10))
	r.value = r.appendOrigin(r.value)
	r.add(r.candidates)
}

// count returns the counts of a type.
func (r *Resolver) count(typ string) *dataset.ResourceCounts {
	c := r.byType[typ]
	if c == nil {
		c = new(dataset.ResourceCounts)
		r.byType[typ] = c
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
		var drifted, d string
		r.keyTexts(key, &e.Type, &d)
		r.cutOrigin(r.texts(value[1:], &e.Stack, &e.ID, &e.Object, &e.ARN, &e.Creator, &e.Updater, &e.Address, &drifted))
		e.Drifted, _ = strconv.ParseInt(drifted, 10, 64) // which this program wrote
		r.match(&e, known)
		return nil
	})
}

// match finds the one resource that an entity can be. A sanitized ARN confirms a resource, or rules it out.
func (r *Resolver) match(e *Entity, known []awsresource.Resource) {
	var confirmed, possible []*awsresource.Resource
	refuted := false
	plain := !IsDigest(e.Object)
	for i := range known {
		a := &known[i]
		switch {
		case !IsDigest(e.ARN) || a.ARN == "" || a.Provisional || e.ARN == e.Object:
			possible = append(possible, a)
		case digest(a.ARN) == e.ARN:
			confirmed = append(confirmed, a)
		default:
			refuted = true
		}
	}
	counts := r.count(e.Type)
	how := "digest+arn"
	if plain {
		how = "plain"
	}
	found := confirmed
	if len(found) == 0 {
		found = possible
		how = "digest"
		if plain {
			how = "plain"
		}
	}
	switch {
	case len(found) == 1 && (how != "digest" || r.knownOfType[e.Type] < oneDigestLimit):
		counts.Resolved++
		r.manage(e, found[0], how)
	case len(found) > 0:
		counts.Ambiguous++
	case refuted:
		counts.Disagreed++
	default:
		counts.Unresolved++
	}
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

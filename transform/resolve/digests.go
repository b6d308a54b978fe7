package resolve

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"liftgraph/internal/awsresource"
	"liftgraph/internal/extsort"
	"liftgraph/internal/raw"
)

// Spacelift's sanitization puts the last 8 hex digits of its SHA-256 in the place of a string
// (https://docs.spacelift.io/vendors/terraform/resource-sanitization); older pages speak of the first 7.
const (
	tailDigits = 8
	headDigits = 7
)

// Digests returns the forms that a sanitized string can take.
func Digests(s string) [2]string {
	sum := sha256.Sum256([]byte(s))
	full := hex.EncodeToString(sum[:])
	return [2]string{full[len(full)-tailDigits:], full[:headDigits]}
}

// IsDigest reports whether s has the form of a sanitized string.
func IsDigest(s string) bool {
	if len(s) != tailDigits && len(s) != headDigits {
		return false
	}
	return strings.Trim(s, "0123456789abcdef") == ""
}

var instanceID = regexp.MustCompile(`^i-[0-9a-f]{8}(?:[0-9a-f]{9})?$`)

// IsInstanceID reports whether s is the id of an EC2 instance: i- and 8 or 17 hex digits.
func IsInstanceID(s string) bool { return instanceID.MatchString(s) }

const (
	digestKnown  = iota // an instance id that has this digest
	digestWanted        // an entity whose id is this digest
)

// KnowInstance says that an instance exists, with its AWS account and region where they are known.
func (r *Resolver) KnowInstance(id, account, region string) {
	known := raw.Instance{ID: id, Account: account, Region: region}
	if _, ok := r.recentInstances[known]; ok {
		return
	}
	if len(r.recentInstances) == maxRecentStubs {
		clear(r.recentInstances)
	}
	r.recentInstances[known] = struct{}{}
	for _, d := range Digests(id) {
		r.begin('d', d)
		r.value = extsort.AppendTexts(append(r.value[:0], digestKnown), id, account, region)
		r.add(r.digests)
	}
}

func (r *Resolver) addDigest(e *Entity) {
	r.begin('d', e.Object)
	r.value = extsort.AppendTexts(append(r.value[:0], digestWanted), e.ARN, e.Creator, e.Updater, e.Stack, e.ID, e.Address, strconv.FormatInt(e.Drifted, 10))
	r.value = r.appendOrigin(r.value)
	r.add(r.digests)
}

// candidate is a known instance with the digest at hand.
type candidate struct {
	id     string
	places [][2]string // account and region, where known
}

// maxCandidates bounds the memory of one digest: 32 bits make two candidates rare and more of them a planted file.
const maxCandidates = 1000

func (r *Resolver) passDigests() error {
	var last []byte
	var candidates []candidate
	return r.scan(r.digests, func(key, value []byte) error {
		if string(key) != string(last) {
			last = append(last[:0], key...)
			candidates = candidates[:0]
		}
		if value[0] == digestWanted {
			var e Entity
			var drifted string
			r.cutOrigin(r.texts(value[1:], &e.ARN, &e.Creator, &e.Updater, &e.Stack, &e.ID, &e.Address, &drifted))
			e.Drifted, _ = strconv.ParseInt(drifted, 10, 64) // which this program wrote
			r.matchDigest(&e, candidates)
			return nil
		}
		var id, account, region string
		r.texts(value[1:], &id, &account, &region)
		if n := len(candidates); n == 0 || candidates[n-1].id != id {
			if n == maxCandidates {
				return nil
			}
			candidates = append(candidates, candidate{id: id})
		}
		c := &candidates[len(candidates)-1]
		if account != "" && region != "" && len(c.places) < maxCandidates {
			c.places = append(c.places, [2]string{account, region})
		}
		return nil
	})
}

// matchDigest finds the one instance that a sanitized entity can be. The sanitized ARN confirms an
// instance whose account and region are known, or rules it out.
func (r *Resolver) matchDigest(e *Entity, candidates []candidate) {
	var confirmed, possible []string
	for _, c := range candidates {
		switch {
		case !IsDigest(e.ARN) || len(c.places) == 0:
			possible = append(possible, c.id)
		case slices.ContainsFunc(c.places, func(p [2]string) bool {
			d := Digests(InstanceARN(p[0], p[1], c.id))
			return slices.Contains(d[:], e.ARN)
		}):
			confirmed = append(confirmed, c.id)
		}
	}
	how := "digest+arn"
	if len(confirmed) == 0 {
		confirmed, how = possible, "digest"
	}
	edges := int64(len(e.runs()))
	if r.cfg.Resources == None {
		edges = 0
	}
	switch len(confirmed) {
	case 1:
		r.sanitized.Resolved++
		r.affect(e, confirmed[0], how)
		return
	case 0:
		r.sanitized.Unresolved++
		r.edges.Filtered["sanitized_id_unresolved"] += edges
	default:
		r.sanitized.Ambiguous++
		r.edges.Filtered["sanitized_id_ambiguous"] += edges
	}
	r.edges.In += edges
}

// InstanceARN returns the ARN of an instance, in the partition of its region.
func InstanceARN(account, region, id string) string {
	partition := "aws"
	switch {
	case strings.HasPrefix(region, "cn-"):
		partition = "aws-cn"
	case strings.HasPrefix(region, "us-gov-"):
		partition = "aws-us-gov"
	}
	return fmt.Sprintf("arn:%s:ec2:%s:%s:instance/%s", partition, region, account, id)
}

// runs returns the runs that touched an entity, each once.
func (e *Entity) runs() []string {
	var runs []string
	for _, run := range []string{e.Creator, e.Updater} {
		if run != "" && !slices.Contains(runs, run) {
			runs = append(runs, run)
		}
	}
	return runs
}

// affect says that an entity's runs affected an instance, if they exist.
func (r *Resolver) affect(e *Entity, instance, how string) {
	if r.cfg.Resources != None {
		for _, run := range e.runs() {
			r.addHub('r', run, hubAffected, instance, how)
		}
	}
	if r.cfg.Manages() {
		r.manages(e, &awsresource.Resource{Type: instanceType, Name: instance}, how, false)
	}
}

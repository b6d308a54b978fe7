package trace

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"liftgraph/graph"
)

// Question is what a user asks.
type Question struct {
	ID    string
	Kind  Kind // "" for every kind that the id is of
	Limit int  // the most entries of a list, at least 1
}

// UsageError says that a question can't be asked so.
type UsageError struct{ text string }

// Error implements error.
func (e *UsageError) Error() string { return e.text }

func usage(format string, args ...any) error { return &UsageError{fmt.Sprintf(format, args...)} }

// kind is how the things of a kind are found.
type kind struct {
	name  Kind
	label graph.Label
	form  *regexp.Regexp // of a key; nil for any
	what  string         // the form in words
	keys  func(id string) []string
}

func exact(id string) []string { return []string{id} }
func lower(id string) []string { return []string{strings.ToLower(id)} }
func upper(id string) []string { return []string{strings.ToUpper(id)} }
func both(id string) []string  { return slices.Compact([]string{id, strings.ToLower(id)}) }

// kinds in the order they are looked for.
var kinds = []kind{
	{KindInstance, graph.EC2Instance, regexp.MustCompile(`^i-[0-9a-f]{1,17}$`), "i- and 8 or 17 hex digits, or the first of them, or an ARN that ends in instance/i-…", instanceKeys},
	{KindRun, graph.SpaceliftRun, regexp.MustCompile(`^[0-9A-Z]{4,26}$`), "26 letters and digits, or the first 4 of them or more", upper},
	{KindCommit, graph.SpaceliftGitCommit, regexp.MustCompile(`^[0-9a-f]{4,64}$`), "its hash, or 4 or more of the hex digits that it begins with", lower},
	{KindUser, graph.SpaceliftUser, nil, "", userKeys},
	{KindGitHub, graph.GitHubUser, nil, "", both},
	{KindStack, graph.SpaceliftStack, nil, "", both},
	{KindWorker, graph.SpaceliftWorker, nil, "", func(id string) []string { return append(exact(id), upper(id)...) }},
	{KindSpace, graph.SpaceliftSpace, nil, "", exact},
	{KindResource, graph.AWSResource, nil, "", exact},
	{KindEvent, graph.SpaceliftAuditEvent, nil, "", exact},
}

// nameless are the kinds that are no nodes: only their whole names are looked for.
var nameless = []Kind{KindRole, KindAddress}

// Kinds returns every kind, in the order they are looked for.
func Kinds() (names []Kind) {
	for _, k := range kinds {
		names = append(names, k.name)
	}
	return append(names, nameless...)
}

var instanceARN = regexp.MustCompile(`^arn:aws[a-z-]*:ec2:[a-z0-9-]*:[0-9]*:instance/(i-[0-9a-f]+)$`)

// whole is an instance's id that isn't only the beginning of one.
var whole = regexp.MustCompile(`^i-([0-9a-f]{8}|[0-9a-f]{17})$`)

func instanceKeys(id string) []string {
	if m := instanceARN.FindStringSubmatch(id); m != nil {
		return m[1:]
	}
	return lower(id)
}

// userKeys folds the case of logins; the id of an API key, api::ID or api::ID::NAME, stays as it is.
func userKeys(id string) []string {
	if rest, ok := strings.CutPrefix(id, "api::"); ok {
		rest, _, _ = strings.Cut(rest, "::")
		return []string{"api::" + rest}
	}
	return lower(withoutSource(id))
}

// normal returns the question with the id of what a page's address is of.
func (q Question) normal() Question {
	if id, kind, ok := fromURL(q.ID); ok {
		q.ID = id
		if q.Kind == "" {
			q.Kind = kind
		}
	}
	return q
}

// Check returns a [UsageError] where the question can't be asked.
func (q Question) Check() error {
	_, err := q.normal().wanted()
	return err
}

// wanted returns the kinds that the question may be about.
func (q Question) wanted() ([]kind, error) {
	if q.Limit < 1 {
		return nil, usage("a limit of %d: it is at least 1", q.Limit)
	}
	if q.ID == "" {
		return nil, usage("trace needs the id of an instance, run, commit, user, stack, worker, space or resource, e.g. liftgraph trace i-046d87f24fb0ca530")
	}
	// What transform quarantines as invalid_id is no one's id.
	if len(q.ID) > 4096 || strings.ContainsFunc(q.ID, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return nil, usage("%.100q can't be an id: it is longer than 4096 bytes, or has control characters", q.ID)
	}
	var list []kind
	for _, k := range kinds {
		if q.Kind != "" && q.Kind != k.name {
			continue
		}
		if k.form == nil || slices.ContainsFunc(k.keys(q.ID), k.form.MatchString) {
			list = append(list, k)
			if k.name == KindInstance && whole.MatchString(k.keys(q.ID)[0]) {
				break // nothing else looks so
			}
		} else if q.Kind != "" {
			return nil, usage("%q can't be an id of the kind %s, which is %s", q.ID, k.name, k.what)
		}
	}
	if list == nil && !slices.Contains(nameless, q.Kind) {
		return nil, usage("kind %q: it is one of %v", q.Kind, Kinds())
	}
	return list, nil
}

package awsresource

import (
	_ "embed"
	"fmt"
	"strings"
)

//go:embed types.txt
var typesText string

// kind is a type of resource: a line of types.txt, or of spec.tsv.
type kind struct {
	name     string // AWS::EC2::Instance
	patterns []*pattern
	spelling string
	label    string // of Cartography; "" where it has none
	labelID  string // name, arn or -
}

// kinds are the types by name, and patterns their ARN forms by service, the handwritten ones first. A fault in the
// tables is found when the program starts.
var kinds, patterns = load()

func load() (map[string]*kind, map[string][]*pattern) {
	kinds, patterns := map[string]*kind{}, map[string][]*pattern{}
	if err := addTypes(typesText, kinds, patterns); err != nil {
		panic("internal/awsresource: " + err.Error())
	}
	if err := addSpec(specText, kinds, patterns); err != nil {
		panic("internal/awsresource: " + err.Error())
	}
	return kinds, patterns
}

// Known reports whether a type, by CloudFormation's name, is one of the tables'.
func Known(name string) bool { return kinds[name] != nil }

// addTypes parses types.txt.
func addTypes(text string, kinds map[string]*kind, patterns map[string][]*pattern) error {
	n := 0
	for line := range strings.Lines(text) {
		n++
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		f := strings.Fields(line)
		if len(f) != 4 {
			return fmt.Errorf("types.txt:%d: %d columns instead of 4", n, len(f))
		}
		k := &kind{name: "AWS::" + f[0], spelling: f[2]}
		if kinds[k.name] != nil {
			return fmt.Errorf("types.txt:%d: %s stands there twice", n, f[0])
		}
		if spellings[k.spelling] == nil {
			return fmt.Errorf("types.txt:%d: there is no spelling %q", n, k.spelling)
		}
		if f[3] != "-" {
			var ok bool
			if k.label, k.labelID, ok = strings.Cut(f[3], "="); !ok || k.labelID != "name" && k.labelID != "arn" && k.labelID != "-" {
				return fmt.Errorf("types.txt:%d: %q is not LABEL=name, arn or -", n, f[3])
			}
		}
		for _, form := range strings.Split(f[1], ",") {
			p, err := newPattern(k, form)
			if err != nil {
				return fmt.Errorf("types.txt:%d: %w", n, err)
			}
			k.patterns = append(k.patterns, p)
			patterns[p.service] = append(patterns[p.service], p)
		}
		kinds[k.name] = k
	}
	return nil
}

package awsresource

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
)

//go:embed spec.tsv
var specText string

// addSpec parses spec.tsv, which has the ARN forms of CloudFormation types that types.txt doesn't know. Their names are
// spelled one way. Types whose ARNs look like another type's are left out: clusters of DocumentDB and Neptune are
// RDS's by their ARNs.
func addSpec(text string, kinds map[string]*kind, patterns map[string][]*pattern) error {
	var all []*pattern
	for n, line := range slices.Collect(strings.Lines(text)) {
		line = strings.TrimSuffix(line, "\n")
		if line == "" || line[0] == '#' {
			continue
		}
		f := strings.Split(line, "\t")
		if len(f) != 2 {
			return fmt.Errorf("spec.tsv:%d: %d columns instead of 2", n+1, len(f))
		}
		if kinds[f[0]] != nil {
			continue // types.txt knows better
		}
		k := &kind{name: f[0], spelling: "name"}
		p, err := newPattern(k, f[1])
		if err != nil {
			return fmt.Errorf("spec.tsv:%d: %w", n+1, err)
		}
		k.patterns = []*pattern{p}
		all = append(all, p)
	}
	by := map[string][]*pattern{}
	for _, p := range all {
		by[p.service] = append(by[p.service], p)
	}
	added := map[string][]*pattern{}
	for _, p := range all {
		example := p.write(slices.Repeat([]string{"x0"}, p.names))
		like := func(other *pattern) bool {
			if other == p || other.hasRegion != p.hasRegion || other.hasAccount != p.hasAccount {
				return false
			}
			_, ok := other.match(example)
			return ok
		}
		if slices.ContainsFunc(patterns[p.service], like) || slices.ContainsFunc(by[p.service], like) {
			continue
		}
		kinds[p.of.name] = p.of
		added[p.service] = append(added[p.service], p)
	}
	for service, more := range added {
		patterns[service] = append(patterns[service], more...)
	}
	return nil
}

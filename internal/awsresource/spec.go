package awsresource

import (
	_ "embed"
	"fmt"
	"strings"
)

//go:embed spec.tsv
var specText string

// addSpec parses spec.tsv, which has the ARN forms of CloudFormation types that types.txt doesn't know. Their names are
// spelled one way.
func addSpec(text string, kinds map[string]*kind, patterns map[string][]*pattern) error {
	n := 0
	for line := range strings.Lines(text) {
		n++
		line = strings.TrimSuffix(line, "\n")
		if line == "" || line[0] == '#' {
			continue
		}
		f := strings.Split(line, "\t")
		if len(f) != 2 {
			return fmt.Errorf("spec.tsv:%d: %d columns instead of 2", n, len(f))
		}
		if kinds[f[0]] != nil {
			continue // types.txt knows better
		}
		k := &kind{name: f[0], spelling: "name"}
		p, err := newPattern(k, f[1])
		if err != nil {
			return fmt.Errorf("spec.tsv:%d: %w", n, err)
		}
		k.patterns = []*pattern{p}
		kinds[k.name] = k
		patterns[p.service] = append(patterns[p.service], p)
	}
	return nil
}

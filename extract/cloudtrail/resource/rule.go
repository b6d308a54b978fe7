package resource

import (
	_ "embed"
	"fmt"
	"maps"
	"slices"
	"strings"

	"liftgraph/internal/awsresource"
)

//go:embed rules.txt
var rulesText string

// The roles that a resource has in an event.
const (
	Created  = "created"
	Changed  = "changed"
	Deleted  = "deleted"
	Attached = "attached" // the other end of a link that was made or cut
	Used     = "used"     // operated, not configured
)

// rule says where an event names a resource that it touches.
type rule struct {
	source, event string
	role          string
	typ           string // AWS::EC2::Instance, or * where the value shows it
	paths         []name // the first one that has something counts
	seen          bool   // in a public record; else inferred
}

// name is where a resource's name stands: in one path, or in parts.
type name []path

// rules are those of rules.txt, by source and event. A fault in them is found when the program starts.
var rules = func() map[string]map[string][]*rule {
	all, err := parseRules(rulesText)
	if err != nil {
		panic("extract/cloudtrail/resource: " + err.Error())
	}
	by := map[string]map[string][]*rule{}
	for _, r := range all {
		if by[r.source] == nil {
			by[r.source] = map[string][]*rule{}
		}
		by[r.source][r.event] = append(by[r.source][r.event], r)
	}
	return by
}()

// Knows reports whether a rule is there for an event, by its service and its name without a version's date.
func Knows(service, call []byte) bool {
	return len(rules[string(service)][string(call)]) > 0 || len(rules["*"][string(call)]) > 0
}

// Calls returns the names of all events that a rule is there for, without dates, sorted.
func Calls() []string {
	all := map[string]struct{}{}
	for _, of := range rules {
		for call := range of {
			all[call] = struct{}{}
		}
	}
	return slices.Sorted(maps.Keys(all))
}

// rulesOf returns the rules of an event.
func rulesOf(service, call string) []*rule {
	if own := rules[service][call]; own != nil {
		return own
	}
	return rules["*"][call]
}

// parseRules parses rules.txt.
func parseRules(text string) (all []*rule, _ error) {
	n, twice := 0, map[string]bool{}
	for line := range strings.Lines(text) {
		n++
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		f := strings.Fields(line)
		if len(f) != 6 {
			return nil, fmt.Errorf("rules.txt:%d: %d columns instead of 6", n, len(f))
		}
		r := &rule{source: f[0], event: f[1], role: f[2], typ: f[3], seen: f[5] == "seen"}
		if r.typ != "*" {
			r.typ = "AWS::" + r.typ
		}
		switch {
		case r.role != Created && r.role != Changed && r.role != Deleted && r.role != Attached && r.role != Used:
			return nil, fmt.Errorf("rules.txt:%d: there is no role %q", n, f[2])
		case r.typ != "*" && !awsresource.Known(r.typ):
			return nil, fmt.Errorf("rules.txt:%d: types.txt has no type %q", n, f[3])
		case f[5] != "seen" && f[5] != "inferred":
			return nil, fmt.Errorf("rules.txt:%d: the source is %q instead of seen or inferred", n, f[5])
		case Call(r.event) != r.event || Service(r.source) != r.source:
			return nil, fmt.Errorf("rules.txt:%d: %s %s would never be found: names stand there without dates, sources without .amazonaws.com", n, f[0], f[1])
		case twice[strings.Join(f[:5], " ")]:
			return nil, fmt.Errorf("rules.txt:%d: the rule stands there twice", n)
		}
		twice[strings.Join(f[:5], " ")] = true
		for _, alternative := range strings.Split(f[4], "|") {
			var parts name
			for _, part := range strings.Split(alternative, "+") {
				p, err := parsePath(part)
				if err != nil {
					return nil, fmt.Errorf("rules.txt:%d: %w", n, err)
				}
				parts = append(parts, p)
			}
			r.paths = append(r.paths, parts)
		}
		all = append(all, r)
	}
	return all, nil
}

// suffix is how sources end.
const suffix = ".amazonaws.com"

// KnowsEvent reports whether a rule is there for an event, by its eventSource and eventName as they stand in a record.
func KnowsEvent(source, name []byte) bool {
	if n := len(source) - len(suffix); n > 0 && string(source[n:]) == suffix {
		source = source[:n]
	}
	if n := len(name); n > 0 && (isDigit(name[n-1])) {
		return Knows(source, []byte(Call(string(name))))
	}
	return Knows(source, name)
}

package awsresource

import (
	"fmt"
	"regexp"
	"strings"
)

// pattern is the form of a type's ARNs.
type pattern struct {
	of                    *kind
	service               string
	hasRegion, hasAccount bool
	parts                 []string // of REST: text and placeholders, in turn
	match                 *regexp.Regexp
	names                 int  // how many parts of the name it has
	opaque                bool // a part of it isn't in the name
}

var placeholder = regexp.MustCompile(`\{[a-z]+\}`)

// forms are what placeholders match.
var forms = map[string]string{
	"{name}": `([^/:]+)`, "{long}": `(.+)`, "{group}": `([^:*]+)`, "{secret}": `(.+)`,
	"{path}": `((?:[^:]+/)?)`, "{id}": `([^/:]+)`, "{tail}": `(?:[:/].*)?`,
}

// newPattern parses SERVICE:REGION:ACCOUNT:REST.
func newPattern(of *kind, form string) (*pattern, error) {
	f := strings.SplitN(form, ":", 4)
	if len(f) != 4 || f[0] == "" || f[1] != "" && f[1] != "R" || f[2] != "" && f[2] != "A" || f[3] == "" {
		return nil, fmt.Errorf("%q is no form of an ARN", form)
	}
	p := &pattern{of: of, service: f[0], hasRegion: f[1] == "R", hasAccount: f[2] == "A"}
	var expression strings.Builder
	expression.WriteString("^")
	rest := f[3]
	for rest != "" {
		at := placeholder.FindStringIndex(rest)
		if at == nil {
			at = []int{len(rest), len(rest)}
		}
		if text := rest[:at[0]]; text != "" {
			p.parts = append(p.parts, text)
			expression.WriteString(regexp.QuoteMeta(text))
		}
		if hole := rest[at[0]:at[1]]; hole != "" {
			re, ok := forms[hole]
			if !ok {
				return nil, fmt.Errorf("%q has an unknown placeholder %s", form, hole)
			}
			if hole == "{id}" && strings.HasSuffix(expression.String(), `(.+)-`) { // a secret's random end
				re = `([A-Za-z0-9]{6})`
			}
			p.parts = append(p.parts, hole)
			expression.WriteString(re)
			switch hole {
			case "{id}":
				p.opaque = true
			case "{path}", "{tail}":
			default:
				p.names++
			}
		}
		rest = rest[at[1]:]
	}
	var err error
	p.match, err = regexp.Compile(expression.String() + "$")
	return p, err
}

// holes are the placeholders that capture something.
func (p *pattern) holes() (all []string) {
	for _, part := range p.parts {
		if part[0] == '{' && part != "{tail}" {
			all = append(all, part)
		}
	}
	return all
}

// read returns what REST holds: the name, and the values of all placeholders.
func (p *pattern) read(rest string) (name string, values []string, ok bool) {
	m := p.match.FindStringSubmatch(rest)
	if m == nil {
		return "", nil, false
	}
	values = m[1:]
	var names []string
	for i, hole := range p.holes() {
		if hole != "{id}" && hole != "{path}" {
			names = append(names, values[i])
		}
	}
	if len(names) == 0 { // the ARN alone has an id
		names = values[len(values)-1:]
	}
	return strings.Join(names, "/"), values, true
}

// write returns REST with these values.
func (p *pattern) write(values []string) string {
	var b strings.Builder
	for _, part := range p.parts {
		switch {
		case part == "{tail}":
		case part[0] == '{':
			b.WriteString(values[0])
			values = values[1:]
		default:
			b.WriteString(part)
		}
	}
	return b.String()
}

// rename puts a name in its place among the values: the last part takes what is left. It reports whether the name has
// all parts.
func (p *pattern) rename(values []string, name string) bool {
	left := p.names
	for i, hole := range p.holes() {
		if hole == "{id}" || hole == "{path}" {
			continue
		}
		if left--; left == 0 {
			values[i] = name
			return name != ""
		}
		var ok bool
		if values[i], name, ok = strings.Cut(name, "/"); !ok || values[i] == "" {
			return false
		}
	}
	return p.names == 0
}

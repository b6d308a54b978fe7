package awsresource

import (
	"fmt"
	"strings"
)

// pattern is the form of a type's ARNs.
type pattern struct {
	of                    *kind
	service               string
	hasRegion, hasAccount bool
	parts                 []string // of REST: text and placeholders, in turn
	names                 int      // how many parts of the name it has
	opaque                bool     // a part of it isn't in the name
}

// newPattern parses SERVICE:REGION:ACCOUNT:REST.
func newPattern(of *kind, form string) (*pattern, error) {
	f := strings.SplitN(form, ":", 4)
	if len(f) != 4 || f[0] == "" || f[1] != "" && f[1] != "R" || f[2] != "" && f[2] != "A" || f[3] == "" {
		return nil, fmt.Errorf("%q is no form of an ARN", form)
	}
	p := &pattern{of: of, service: f[0], hasRegion: f[1] == "R", hasAccount: f[2] == "A"}
	for rest := f[3]; rest != ""; {
		if rest[0] != '{' {
			end := strings.IndexByte(rest+"{", '{')
			p.parts, rest = append(p.parts, rest[:end]), rest[end:]
			continue
		}
		hole, after, ok := strings.Cut(rest, "}")
		if hole += "}"; !ok || allowed[hole] == nil && hole != "{tail}" || hole == "{tail}" && after != "" {
			return nil, fmt.Errorf("%q has no such placeholder as %s, or has it where it can't stand", form, hole)
		}
		p.parts, rest = append(p.parts, hole), after
		switch hole {
		case "{id}":
			p.opaque = true
		case "{path}", "{tail}":
		default:
			p.names++
		}
	}
	return p, nil
}

// allowed report whether a placeholder may stand for a text.
var allowed = map[string]func(text string) bool{
	"{name}":   func(t string) bool { return t != "" && !strings.ContainsAny(t, "/:") },
	"{id}":     func(t string) bool { return t != "" && !strings.ContainsAny(t, "/:") },
	"{group}":  func(t string) bool { return t != "" && !strings.ContainsAny(t, ":*") },
	"{long}":   func(t string) bool { return t != "" },
	"{secret}": func(t string) bool { return t != "" },
	"{path}": func(t string) bool {
		return t == "" || strings.HasSuffix(t, "/") && !strings.Contains(t, ":") && t != "/"
	},
}

// matches returns the values of the placeholders in a text that parts have the form of; the longest first.
func matches(parts []string, text string, values []string) ([]string, bool) {
	if len(parts) == 0 {
		return values, text == ""
	}
	part, rest := parts[0], parts[1:]
	switch {
	case part[0] != '{':
		text, ok := strings.CutPrefix(text, part)
		if !ok {
			return nil, false
		}
		return matches(rest, text, values)
	case part == "{tail}":
		return values, text == "" || text[0] == ':' || text[0] == '/'
	case len(rest) == 0:
		return append(values, text), allowed[part](text)
	}
	for end := len(text); end >= 0; end-- {
		if !allowed[part](text[:end]) {
			continue
		}
		if all, ok := matches(rest, text[end:], append(values, text[:end])); ok {
			return all, true
		}
	}
	return nil, false
}

// maxRest is how long REST may be, in bytes, so that hostile text isn't looked at for long.
const maxRest = 1600

// match returns the values of all placeholders but the tail.
func (p *pattern) match(rest string) ([]string, bool) {
	if len(rest) > maxRest || p.parts[0][0] != '{' && !strings.HasPrefix(rest, p.parts[0]) {
		return nil, false
	}
	values, ok := matches(p.parts, rest, make([]string, 0, 4))
	if ok && p.of.spelling == "name" && p.isSecret() && !isSuffix(values[len(values)-1]) {
		return nil, false
	}
	return values, ok
}

// isSecret reports whether the pattern is that of secrets, whose random end has six characters.
func (p *pattern) isSecret() bool {
	return len(p.parts) > 1 && p.parts[1] == "{secret}"
}

func isSuffix(text string) bool {
	for i := range len(text) {
		if c := text[i] | 0x20; (c < 'a' || c > 'z') && (text[i] < '0' || text[i] > '9') {
			return false
		}
	}
	return len(text) == 6
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
	if values, ok = p.match(rest); !ok {
		return "", nil, false
	}
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

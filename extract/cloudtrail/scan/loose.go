package scan

import (
	"bytes"
	"encoding/json"
	"strings"
)

// objectOf returns the JSON object that a text stands for, nil where it stands for none. Exporters write structs and maps
// in many ways: as JSON, as JSON in a JSON string, as Hive and Trino do {a=1, b={c=2}}, as Python does {'a': None}, as
// DuckDB does {'a': x y}, as Spark does {a -> 1} and Row(a='1'), as Ruby does {"a"=>1}.
func objectOf(text []byte) []byte {
	for range 4 { // twice encoded, or more
		text = bytes.TrimSpace(text)
		if len(text) == 0 {
			return nil
		}
		if text[0] == '{' && members(text, nothing) {
			return text
		}
		if text[0] != '"' || skipString(text, 0) != len(text) {
			break
		}
		text = unquote(text)
	}
	if all := elements(text); len(all) == 1 && all[0][0] == '{' {
		return all[0]
	}
	v, ok := looseOf(string(text))
	if !ok {
		return nil
	}
	if list, one := v.([]any); one && len(list) == 1 {
		v = list[0]
	}
	if _, ok := v.(map[string]any); !ok {
		return nil
	}
	return marshal(v)
}

func nothing(_, _ []byte) {}

// looseOf reads a struct, a map or a list in any of the ways of [objectOf].
func looseOf(text string) (any, bool) {
	if len(text) == 0 || len(text) > MaxRecord || strings.IndexByte("{[(Rm", text[0]) < 0 {
		return nil, false
	}
	p := loose{text: text, spaced: strings.Contains(text, ", ")}
	v := p.value(0, 0, style{})
	p.space()
	return v, !p.bad && p.i == len(text)
}

// maxLoose is how deep such text may be nested.
const maxLoose = 64

// loose reads text that isn't JSON. Values may hold commas and equals signs: one ends where the next name begins.
type loose struct {
	text   string
	i      int
	spaced bool // commas between members are followed by spaces
	bad    bool
}

// style is how the names of an object are written: it is that of its first one.
type style struct {
	quote byte   // 0: none
	sep   string // "" in a list
}

func (p *loose) space() {
	for p.i < len(p.text) && strings.IndexByte(" \t\r\n", p.text[p.i]) >= 0 {
		p.i++
	}
}

func (p *loose) peek() byte {
	if p.i < len(p.text) {
		return p.text[p.i]
	}
	return 0
}

// value reads a value within something that end closes.
func (p *loose) value(depth int, end byte, in style) any {
	p.space()
	if depth > maxLoose {
		p.bad = true
	}
	if p.bad {
		return nil
	}
	at := p.i
	switch c := p.peek(); {
	case c == '{':
		return p.retry(at, end, in, func() any { return p.object('}', depth) })
	case c == '[':
		return p.retry(at, end, in, func() any { return p.list(']', depth) })
	case c == '(':
		return p.retry(at, end, in, func() any { return p.list(')', depth) })
	case strings.HasPrefix(p.text[p.i:], "Row("):
		p.i += len("Row")
		return p.object(')', depth)
	case strings.HasPrefix(p.text[p.i:], "map["): // as Go prints it
		p.i += len("map")
		return p.object(']', depth)
	case c == '"' || c == '\'':
		if s, ok := p.quoted(); ok {
			p.space()
			if p.i == len(p.text) || p.peek() == ',' || p.peek() == end {
				return s
			}
		}
		p.i = at
	}
	return p.bare(end, in)
}

// retry reads what may be nested; where it isn't well-formed in its turn, it is text.
func (p *loose) retry(at int, end byte, in style, read func() any) any {
	v := read()
	if p.bad && end != 0 {
		p.bad, p.i = false, at
		return p.bare(end, in)
	}
	return v
}

// object reads names and values, or a list where there are no names.
func (p *loose) object(end byte, depth int) any {
	start := p.i
	p.i++
	p.space()
	if p.peek() == end {
		p.i++
		return map[string]any{}
	}
	first, in, ok := p.name(p.i)
	if !ok {
		p.i = start
		return p.list(end, depth)
	}
	all := map[string]any{}
	for name := first; ; {
		all[name] = p.value(depth+1, end, in)
		p.space()
		switch {
		case p.bad:
			return nil
		case p.peek() == end && end != 0:
			p.i++
			return all
		case p.peek() == ',':
			p.i++
		case end == ']' && in.sep == ":": // Go has spaces alone
		default:
			p.bad = true
			return nil
		}
		p.space()
		var next style
		if name, next, ok = p.name(p.i); !ok || next.sep != in.sep {
			p.bad = true
			return nil
		}
	}
}

func (p *loose) list(end byte, depth int) any {
	all := []any{}
	p.i++
	for p.space(); p.peek() != end; {
		all = append(all, p.value(depth+1, end, style{}))
		p.space()
		switch {
		case p.bad || p.i == len(p.text):
			p.bad = true
			return nil
		case p.peek() == ',':
			p.i++
			p.space()
		case p.peek() != end:
			p.bad = true
			return nil
		}
	}
	p.i++
	return pairs(all)
}

// pairs makes an object of a list of pairs, as maps are printed by Python.
func pairs(list []any) any {
	all := map[string]any{}
	for _, e := range list {
		pair, ok := e.([]any)
		if !ok || len(pair) != 2 {
			return list
		}
		name, ok := pair[0].(string)
		if !ok {
			return list
		}
		all[name] = pair[1]
	}
	if len(all) == 0 {
		return list
	}
	return all
}

// separators stand between a name and its value.
var separators = []string{"=>", "->", "=", ":"}

// name reads a name and what separates it from its value; it moves only where there is one.
func (p *loose) name(at int) (name string, s style, ok bool) {
	was := p.i
	p.i = at
	defer func() {
		if !ok {
			p.i = was
		}
	}()
	if c := p.peek(); c == '"' || c == '\'' {
		if name, ok = p.quoted(); !ok {
			return "", s, false
		}
		s.quote = c
	} else {
		n := p.i
		for n < len(p.text) && (isWord(p.text[n]) || strings.IndexByte(".@/", p.text[n]) >= 0 || p.text[n] == '-' && !strings.HasPrefix(p.text[n:], "->")) {
			n++
		}
		if name = p.text[p.i:n]; name == "" {
			return "", s, false
		}
		p.i = n
	}
	p.space()
	for _, sep := range separators {
		if strings.HasPrefix(p.text[p.i:], sep) {
			p.i += len(sep)
			s.sep = sep
			return name, s, true
		}
	}
	return "", s, false
}

// quoted reads a string in quotes, with the escapes that JSON and Python have in common.
func (p *loose) quoted() (string, bool) {
	quote := p.text[p.i]
	var b strings.Builder
	for i := p.i + 1; i < len(p.text); i++ {
		c := p.text[i]
		switch {
		case c == quote:
			p.i = i + 1
			return b.String(), true
		case c == '\\' && i+1 < len(p.text):
			i++
			if c = p.text[i]; c == 'u' && i+4 < len(p.text) {
				if s := `"\` + p.text[i:i+5] + `"`; skipString([]byte(s), 0) == len(s) {
					b.Write(unquote([]byte(s)))
					i += 4
					continue
				}
			}
			if e := strings.IndexByte("ntrbf", c); e >= 0 {
				c = "\n\t\r\b\f"[e]
			}
			b.WriteByte(c)
		default:
			b.WriteByte(c)
		}
	}
	return "", false
}

// bare reads a value without quotes.
func (p *loose) bare(end byte, in style) any {
	start, open := p.i, 0
	for ; p.i < len(p.text); p.i++ {
		switch c := p.text[p.i]; {
		case c == '(' || c == '{' || c == '[':
			open++
		case open > 0 && (c == ')' || c == '}' || c == ']'):
			open--
		case open > 0:
		case c == end && end != 0:
			return scalar(p.text[start:p.i])
		case c == ',' && p.ends(in), end == ']' && in.sep == ":" && c == ' ' && p.named(p.i+1, in):
			return scalar(p.text[start:p.i])
		}
	}
	p.bad = true
	return nil
}

// ends reports whether the comma here ends a value.
func (p *loose) ends(in style) bool {
	after := strings.TrimLeft(p.text[p.i+1:], " \t\r\n")
	if p.spaced && len(after) == len(p.text)-p.i-1 {
		return false
	}
	return in.sep == "" || p.named(len(p.text)-len(after), in)
}

// named reports whether a name in that style begins there.
func (p *loose) named(at int, in style) bool {
	q := loose{text: p.text}
	_, s, ok := q.name(at)
	return ok && s == in
}

func scalar(text string) any {
	text = strings.TrimSpace(text)
	if isNone([]byte(text)) {
		return nil
	}
	return text
}

func marshal(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // strings can always be marshalled
	}
	return b
}

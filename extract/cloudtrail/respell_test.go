package cloudtrail

import (
	"bytes"
	"encoding/json"
	"fmt"
	"liftgraph/extract/cloudtrail/scan/oracle"
	"math/rand/v2"
	"strings"
	"unicode"
	"unicode/utf16"
)

// respell writes JSON in another way that means the same: members in another order, keys in another letter case, other
// white space, characters escaped in any way that there is.
func respell(r *rand.Rand, value []byte) string {
	var b strings.Builder
	(&speller{r, &b}).value(bytes.TrimSpace(value), 0)
	return b.String()
}

type speller struct {
	*rand.Rand
	*strings.Builder
}

func (s *speller) value(v []byte, depth int) {
	switch v[0] {
	case '{':
		members := oracle.Members(v)
		if !twice(members) {
			s.Shuffle(len(members), func(i, j int) { members[i], members[j] = members[j], members[i] })
		}
		s.WriteByte('{')
		for i, m := range members {
			s.comma(i)
			if s.IntN(4) == 0 && (depth == 0 || depth > 5) {
				m.Key = strings.Map(func(c rune) rune {
					if c > unicode.MaxASCII || s.IntN(2) == 0 {
						return c
					}
					return unicode.ToUpper(c)
				}, m.Key)
			}
			s.text(m.Key)
			s.space()
			s.WriteByte(':')
			s.space()
			s.value(m.Value, depth+1)
		}
		s.space()
		s.WriteByte('}')
	case '[':
		var list []json.RawMessage
		json.Unmarshal(v, &list)
		s.WriteByte('[')
		for i, e := range list {
			s.comma(i)
			s.value(e, depth+1)
		}
		s.space()
		s.WriteByte(']')
	case '"':
		var text string
		json.Unmarshal(v, &text)
		s.text(text)
	default:
		s.Write(v)
	}
}

// twice reports whether two members have a name in common, so that their order matters.
func twice(members []oracle.Member) bool {
	seen := map[string]bool{}
	for _, m := range members {
		if seen[strings.ToLower(m.Key)] {
			return true
		}
		seen[strings.ToLower(m.Key)] = true
	}
	return false
}

func (s *speller) comma(i int) {
	if i > 0 {
		s.space()
		s.WriteByte(',')
	}
	s.space()
}

func (s *speller) space() {
	for s.IntN(4) == 0 {
		s.WriteByte(" \t\r"[s.IntN(3)])
	}
}

func (s *speller) text(text string) {
	often := 2 + s.IntN(60)
	s.WriteByte('"')
	for _, c := range text {
		short := strings.IndexRune("\"\\/\b\f\n\r\t", c)
		switch {
		case short >= 0 && (c < ' ' || c == '"' || c == '\\' || s.IntN(2) == 0) && s.IntN(4) > 0:
			s.WriteString(`\` + `"\/bfnrt`[short:short+1])
		case c < ' ' || c == '"' || c == '\\' || s.IntN(often) == 0:
			form := []string{`\u%04x`, `\u%04X`}[s.IntN(2)]
			for _, unit := range utf16.Encode([]rune{c}) {
				fmt.Fprintf(s, form, unit)
			}
		default:
			s.WriteRune(c)
		}
	}
	s.WriteByte('"')
}

package admin

import "strings"

// statements splits a Cypher script at its semicolons, those in strings, names and comments excepted, as cypher-shell does.
// Comments are left out. Parts without a statement are left out too.
func statements(script string) []string {
	var list []string
	var b strings.Builder
	flush := func() {
		if s := strings.TrimSpace(b.String()); s != "" {
			list = append(list, s)
		}
		b.Reset()
	}
	for i := 0; i < len(script); i++ {
		rest := script[i:]
		switch c := script[i]; {
		case strings.HasPrefix(rest, "//"):
			i += to(rest, "\n") - 1
		case strings.HasPrefix(rest, "/*"):
			b.WriteByte(' ') // it parts words
			i += to(rest[2:], "*/") + 3
		case c == '\'' || c == '"' || c == '`':
			n := literal(rest)
			b.WriteString(rest[:n])
			i += n - 1
		case c == ';':
			flush()
		default:
			b.WriteByte(c)
		}
	}
	flush()
	return list
}

// to returns where end begins, or the length of s.
func to(s, end string) int {
	if i := strings.Index(s, end); i >= 0 {
		return i
	}
	return len(s)
}

// literal returns the length of the string or quoted name that s begins with. A backslash escapes in strings alone;
// a doubled backtick reads as two names in a row, which comes to the same.
func literal(s string) int {
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == '\\' && s[0] != '`':
			i++
		case s[i] == s[0]:
			return i + 1
		}
	}
	return len(s)
}

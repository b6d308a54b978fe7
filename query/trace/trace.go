// Package trace answers the question that the graph is made for: who and what changed this instance? It looks up one
// id in a published graph ([Ask]).
package trace

import (
	"cmp"
	"strings"
	"unicode"
)

// printable returns text that a user typed without what moves the cursor or turns the text around; a dash for nothing.
func printable(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, s)
	return cmp.Or(strings.TrimSpace(s), "-")
}

// Printable returns text that a user typed without control characters, line separators and characters that turn the
// direction of the text, for a terminal or a page.
func Printable(s string) string { return show(s) }

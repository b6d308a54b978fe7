package trace

import (
	"fmt"
	"strings"
	"unicode"
)

// EscapeJSON writes what turns the direction of text around, ends lines or commands a terminal as JSON's escapes: the document says the same.
func EscapeJSON(json string) string {
	if !strings.ContainsFunc(json, harmful) {
		return json
	}
	var b strings.Builder
	for _, r := range json {
		if harmful(r) {
			fmt.Fprintf(&b, "\\u%04x", r)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// harmful reports whether a character of JSON, outside of which it can't stand but in a text, isn't to be written as it is. The encoder
// escapes those below a space.
func harmful(r rune) bool {
	return unicode.Is(unicode.Bidi_Control, r) || r == '\u2028' || r == '\u2029' || 0x7f <= r && r < 0xa0
}

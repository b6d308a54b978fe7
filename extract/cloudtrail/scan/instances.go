package scan

import (
	"bytes"
	"encoding/json"
	"slices"
)

// An instance's id is i- and 8 or 17 hexadecimal digits: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/resource-ids.html
const (
	shortID = 8
	longID  = 17
)

// instanceIDs returns the ids of the instances that texts name, each once, sorted. A text is JSON or not; in JSON, ids are
// looked for in every key and string, also where a string holds JSON text in turn.
func instanceIDs(texts ...[]byte) []string {
	var ids []string
	for _, t := range texts {
		ids = appendIDs(ids, t)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// appendIDs looks at the text as it stands where nothing in it is escaped, since quotes end a word as well as any.
func appendIDs(ids []string, text []byte) []string {
	if bytes.IndexByte(text, '\\') < 0 || !json.Valid(text) {
		return appendPlainIDs(ids, text)
	}
	for s := range stringsOf(text) {
		if bytes.IndexByte(s, '\\') >= 0 {
			ids = appendIDs(ids, unquote(s)) // at most half as long
		} else {
			ids = appendPlainIDs(ids, s)
		}
	}
	return ids
}

// appendPlainIDs returns the ids that match \bi-[0-9a-f]{8}(?:[0-9a-f]{9})?\b.
func appendPlainIDs(ids []string, text []byte) []string {
	for i := 0; ; {
		dash := bytes.IndexByte(text[i:], '-')
		if dash < 0 {
			return ids
		}
		i += dash + 1
		if i < 2 || text[i-2] != 'i' || i > 2 && isWord(text[i-3]) {
			continue
		}
		n := hexDigits(text[i:])
		if (n == shortID || n == longID) && (i+n == len(text) || !isWord(text[i+n])) {
			ids = append(ids, string(text[i-2:i+n]))
		}
		i += n
	}
}

// hexDigits counts the lower-case hexadecimal digits that text begins with.
func hexDigits(text []byte) int {
	for i, c := range text {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return i
		}
	}
	return len(text)
}

// isWord reports whether a character is part of a word, as \b sees it.
func isWord(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z' || c == '_'
}

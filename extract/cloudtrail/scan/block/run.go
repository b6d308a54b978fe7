package block

// RunLength is the length of a run's id, a ULID: 01 and 24 capital letters or digits.
const RunLength = 26

// isUpper are the characters of a run's id: 1, or else 0.
var isUpper = func() (is [256]uint8) {
	for c := range is {
		if '0' <= c && c <= '9' || 'A' <= c && c <= 'Z' {
			is[c] = 1
		}
	}
	return is
}()

// IsRun reports whether an id of RunLength bytes has the form of a run's.
func IsRun(id []byte) bool {
	if id[0] != '0' || id[1] != '1' {
		return false
	}
	for _, c := range id {
		if isUpper[c] == 0 {
			return false
		}
	}
	return true
}

// findRun reports whether text holds what may be a run's id, behind which no other such character follows. An id and the
// character before it hold two neighbours of every 13th byte of the text, and what is between, so that few are looked at.
func findRun(text []byte) bool {
	before, i := uint8(0), 0
	for ; i+RunLength <= len(text); i += RunLength {
		w := (*[RunLength]byte)(text[i:])
		middle := isUpper[w[13]]
		if isUpper[w[0]]&(before|middle&isUpper[w[6]]) != 0 && endsWithRun(text, i) {
			return true
		}
		before = middle & isUpper[w[19]]
	}
	return i < len(text) && endsWithRun(text, i)
}

// endsWithRun reports whether the capital letters and digits around i end with what may be a run's id.
func endsWithRun(text []byte, i int) bool {
	for i < len(text) && isUpper[text[i]] != 0 {
		i++
	}
	return i >= RunLength && IsRun(text[i-RunLength:i])
}

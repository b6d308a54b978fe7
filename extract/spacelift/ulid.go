package spacelift

// ulidLength is the length of a ULID, whose first ten characters are the time it was made, in sortable form.
const ulidLength = 26

// isULID tells whether a text can stand for a run or a worker. It isn't strict about the alphabet: ids with letters
// that a ULID shouldn't have were seen.
func isULID(id string) bool {
	if len(id) != ulidLength {
		return false
	}
	for _, c := range []byte(id) {
		if (c < '0' || c > '9') && (c < 'A' || c > 'Z') {
			return false
		}
	}
	return true
}

// began gives the time of a ULID, to compare.
func began(id string) string { return id[:10] }

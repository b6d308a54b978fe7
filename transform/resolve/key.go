package resolve

// maxKey is the length of the longest id that a node can have, in bytes: Neo4j's indexes take twice as much.
const maxKey = 4096

// IsKey tells whether s can be the id of a node: not empty, not too long to be indexed, without control characters.
func IsKey(s string) bool {
	if s == "" || len(s) > maxKey {
		return false
	}
	for i := range len(s) {
		if s[i] < ' ' || s[i] == 0x7f {
			return false
		}
	}
	return true
}

//go:build !amd64

package block

// Skip reads blocks of text for as long as the depth can't fall below the floor within them, and returns how many these
// are. Of the block after them, if there is one, it finds the braces.
func Skip(s *State, text []byte) int { return s.skip(text) }

// MentionsRun reports whether text holds what may be a run's id.
func MentionsRun(text []byte) bool { return findRun(text) }

// FindMark is [findMark].
func FindMark(text []byte) int { return findMark(text) }

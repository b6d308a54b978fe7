package block

import "golang.org/x/sys/cpu"

var hasAVX2 = cpu.X86.HasAVX2 && cpu.X86.HasPCLMULQDQ && cpu.X86.HasBMI1 && cpu.X86.HasPOPCNT

//go:noescape
func skipAVX2(s *State, text *byte, n int) int

// Skip reads blocks of text for as long as the depth can't fall below the floor within them, and returns how many these
// are. Of the block after them, if there is one, it finds the braces: see State.skip, of which it is the fast twin.
func Skip(s *State, text []byte) int {
	if !hasAVX2 || len(text) < Size {
		return s.skip(text)
	}
	return skipAVX2(s, &text[0], len(text)/Size)
}

//go:noescape
func findRunAVX2(text *byte, last int) int

// findRunWidth is how many bytes findRunAVX2 reads at once.
const findRunWidth = 32 + 25

// MentionsRun is [findRun], faster where the processor allows it.
func MentionsRun(text []byte) bool {
	for hasAVX2 && len(text) >= findRunWidth {
		i := findRunAVX2(&text[0], len(text)-findRunWidth)
		if i < 0 {
			return false
		}
		if IsRun(text[i:i+RunLength]) && (i+RunLength == len(text) || isUpper[text[i+RunLength]] == 0) {
			return true
		}
		text = text[i+1:]
	}
	return findRun(text)
}

//go:noescape
func findMarkAVX2(text *byte, last int) int

// findMarkWidth is how many bytes findMarkAVX2 reads at once.
const findMarkWidth = 32 + 2

// FindMark is [findMark], faster where the processor allows it.
func FindMark(text []byte) int {
	if !hasAVX2 || len(text) < findMarkWidth {
		return findMark(text)
	}
	return findMarkAVX2(&text[0], len(text)-findMarkWidth)
}

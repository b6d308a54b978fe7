package cloudtrail

import "golang.org/x/sys/cpu"

var hasAVX2 = cpu.X86.HasAVX2 && cpu.X86.HasPCLMULQDQ && cpu.X86.HasBMI1 && cpu.X86.HasPOPCNT

//go:noescape
func skipAVX2(s *blocks, text *byte, n int) int

// skipBlocks is [blocks.skip], faster where the processor allows it.
func skipBlocks(s *blocks, text []byte) int {
	if !hasAVX2 || len(text) < blockSize {
		return s.skip(text)
	}
	return skipAVX2(s, &text[0], len(text)/blockSize)
}

//go:noescape
func findRunAVX2(text *byte, last int) int

// findRunWidth is how many bytes findRunAVX2 reads at once.
const findRunWidth = 32 + 25

// mentionsRun is [findRun], faster where the processor allows it.
func mentionsRun(text []byte) bool {
	for hasAVX2 && len(text) >= findRunWidth {
		i := findRunAVX2(&text[0], len(text)-findRunWidth)
		if i < 0 {
			return false
		}
		if isRun(text[i:i+runLength]) && (i+runLength == len(text) || isUpper[text[i+runLength]] == 0) {
			return true
		}
		text = text[i+1:]
	}
	return findRun(text)
}

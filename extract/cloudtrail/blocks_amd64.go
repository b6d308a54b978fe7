package cloudtrail

import "golang.org/x/sys/cpu"

var hasAVX2 = cpu.X86.HasAVX2 && cpu.X86.HasPCLMULQDQ && cpu.X86.HasBMI1 && cpu.X86.HasPOPCNT

//go:noescape
func skipAVX2(text *byte, n int, s *blocks) int

// skipBlocks is [blocks.skip], faster where the processor allows it.
func skipBlocks(s *blocks, text []byte) int {
	if !hasAVX2 || len(text) < blockSize {
		return s.skip(text)
	}
	return skipAVX2(&text[0], len(text)/blockSize, s)
}

//go:noescape
func findRunAVX2(text *byte, n int) int

// findRunWidth is how many bytes findRunAVX2 reads from where it looks for a run's beginning.
const findRunWidth = 32 + 25

// mentionsRun is [findRun], faster where the processor allows it.
func mentionsRun(text []byte) bool {
	if !hasAVX2 || len(text) < findRunWidth {
		return findRun(text)
	}
	for n := len(text) - findRunWidth + 1; ; {
		i := findRunAVX2(&text[0], n)
		if i >= n {
			break
		}
		if isRun(text[i:i+runLength]) && isUpper[text[i+runLength]] == 0 {
			return true
		}
		text, n = text[i+1:], n-i-1
	}
	return findRun(text[max(0, len(text)-findRunWidth+1):])
}

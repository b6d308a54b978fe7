package scan

import "liftgraph/extract/cloudtrail/scan/block"

// braces finds the braces in JSON text that stand outside of strings, but for those so deep that they don't matter. It
// doesn't check that the text is JSON.
type braces struct {
	block.State
	pos int // all before it was read
}

// next returns the next braces: a bit for each of those in the 64 bytes of b at a place. There are no more where it says so;
// the last bytes of b, less than 64, are then left for the next b, unless b is the last one.
func (s *braces) next(b []byte, last bool) (found uint64, at int, ok bool) {
	rest := b[s.pos:]
	n := block.Skip(&s.State, rest) * block.Size
	s.pos += n
	switch rest = rest[n:]; {
	case len(rest) >= block.Size:
	case len(rest) == 0 || !last:
		return 0, 0, false
	default:
		var rest64 [block.Size]byte
		copy(rest64[:], rest)
		if block.Skip(&s.State, rest64[:]) > 0 {
			s.pos = len(b)
			return 0, 0, false
		}
	}
	at, s.pos = s.pos, min(s.pos+block.Size, len(b))
	return s.Braces, at, true
}

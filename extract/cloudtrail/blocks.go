package cloudtrail

import (
	"encoding/binary"
	"math/bits"
)

// blockSize is how many bytes are looked at at once: a bit of a word stands for each.
const blockSize = 64

// blocks is where the reading of JSON text stands between two blocks, and what was found in the last one. Its layout is
// known to the assembly.
type blocks struct {
	depth  int    // of braces
	inside uint64 // of a string: all ones; else 0

	quotes, escapes, opens, closes uint64 // where ", \, { and } stand in the block, also inside of strings
}

// skip reads blocks for as long as nothing in them matters: as long as they hold no escapes, and the depth stays at two
// or more. It gives how many it has read; quotes to closes are those of the block after these, if there is one.
func (s *blocks) skip(text []byte) int {
	n := len(text) / blockSize
	for i := range n {
		s.find((*[blockSize]byte)(text[i*blockSize:]))
		inside := s.strings(s.quotes)
		closes := bits.OnesCount64(s.closes &^ inside)
		if s.escapes != 0 || s.depth < closes+2 {
			return i
		}
		s.depth += bits.OnesCount64(s.opens&^inside) - closes
		s.leave(inside)
	}
	return n
}

// strings gives which bytes of a block are inside of strings, their first quotes included, from where its quotes are.
func (s *blocks) strings(quotes uint64) uint64 {
	for shift := 1; shift < blockSize; shift *= 2 {
		quotes ^= quotes << shift
	}
	return quotes ^ s.inside
}

// leave goes on to the next block.
func (s *blocks) leave(inside uint64) { s.inside = uint64(int64(inside) >> (blockSize - 1)) }

// find fills in quotes, escapes, opens and closes: eight bytes at a time, in a word.
func (s *blocks) find(block *[blockSize]byte) {
	s.quotes, s.escapes, s.opens, s.closes = 0, 0, 0, 0
	for i := 0; i < blockSize; i += 8 {
		word := binary.LittleEndian.Uint64(block[i:])
		s.quotes |= equal(word, '"') << i
		s.escapes |= equal(word, '\\') << i
		s.opens |= equal(word, '{') << i
		s.closes |= equal(word, '}') << i
	}
}

// equal gives a bit for each byte of a word that is c.
func equal(word uint64, c byte) uint64 {
	const ones, sevens = 0x0101010101010101, 0x7f7f7f7f7f7f7f7f
	word ^= ones * uint64(c)                          // 0 where it is c
	zero := ^((word&sevens + sevens) | word | sevens) // the highest bit of a byte, where it was 0
	return zero >> 7 * 0x0102040810204080 >> 56       // which the product gathers
}

package cloudtrail

import (
	"encoding/binary"
	"math/bits"
)

// blockSize is how many bytes are looked at at once: a bit of a word stands for each.
const blockSize = 64

// blocks is where the reading of JSON text stands between two blocks, and what was found in the last one. The assembly
// knows its layout.
type blocks struct {
	depth   int    // of braces
	floor   int    // the depth below which they matter
	inside  uint64 // all ones where the next block begins inside of a string; else 0
	escaped uint64 // 1 where its first byte stands after a backslash that isn't escaped itself; else 0
	slash   uint64 // 1 where it stands after any backslash; else 0
	unicode uint64 // not 0 since a u stood after any backslash; it is for others to set it to 0
	braces  uint64 // those outside of strings in the last block
}

// skip reads blocks for as long as the depth can't fall below the floor within them. It gives how many these are. Of the
// block after them, if there is one, it finds the braces; it is then read too, but for its depth.
func (s *blocks) skip(text []byte) int {
	n := len(text) / blockSize
	for i := range n {
		block := (*[blockSize]byte)(text[i*blockSize:])
		slashes := find(block, '\\')
		s.unicode |= (slashes<<1 | s.slash) & find(block, 'u')
		s.slash = slashes >> (blockSize - 1)
		inside := s.strings(find(block, '"') &^ s.afterSlashes(slashes))
		s.inside = uint64(int64(inside) >> (blockSize - 1))
		opens, closes := find(block, '{')&^inside, find(block, '}')&^inside
		least := s.depth - bits.OnesCount64(closes)
		if least < s.floor {
			s.braces = opens | closes
			return i
		}
		s.depth = least + bits.OnesCount64(opens)
	}
	return n
}

// afterSlashes gives the bytes that stand after a backslash that isn't escaped itself, from where the backslashes are.
func (s *blocks) afterSlashes(slashes uint64) (escaped uint64) {
	escaped, s.escaped = s.escaped, 0
	for slashes &^= escaped; slashes != 0; {
		first := slashes & -slashes
		escaped |= first << 1
		slashes &^= first | first<<1
		s.escaped = first >> (blockSize - 1)
	}
	return escaped
}

// strings gives the bytes inside of strings, their first quotes included, from where the quotes are.
func (s *blocks) strings(quotes uint64) uint64 {
	for shift := 1; shift < blockSize; shift *= 2 {
		quotes ^= quotes << shift
	}
	return quotes ^ s.inside
}

// find gives the bytes of a block that are c.
func find(block *[blockSize]byte, c byte) (found uint64) {
	const ones, sevens = 0x0101010101010101, 0x7f7f7f7f7f7f7f7f
	for i := 0; i < blockSize; i += 8 {
		word := binary.LittleEndian.Uint64(block[i:]) ^ ones*uint64(c) // 0 where it is c
		zero := ^(word&sevens + sevens | word | sevens)                // the highest bit of a byte, where it was 0
		found |= zero >> 7 * 0x0102040810204080 >> 56 << i             // which the product gathers
	}
	return found
}

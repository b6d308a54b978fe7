// Package block looks at text 64 bytes at a time: for the braces of JSON outside of strings, and for what may be a run's id.
// On amd64 both are assembly; the portable Go beside it is what the assembly is tested against.
package block

import (
	"encoding/binary"
	"math/bits"
)

// Size is how many bytes a block has: a bit of a word stands for each.
const Size = 64

// State is where the reading of JSON text stands between two blocks, and what the last one held. Its zero value begins
// a text. The assembly takes the offsets of its fields from go_asm.h.
type State struct {
	Depth   int    // of braces
	Floor   int    // the depth below which braces matter
	inside  uint64 // all ones where the next block begins inside of a string; else 0
	escaped uint64 // 1 where its first byte follows a backslash that isn't escaped itself; else 0
	slash   uint64 // 1 where it follows any backslash; else 0
	Unicode uint64 // not 0 since a u followed any backslash; the caller sets it to 0
	Braces  uint64 // those outside of strings in the last block
}

// InString reports whether the next block begins inside of a string.
func (s *State) InString() bool { return s.inside != 0 }

// skip reads blocks for as long as the depth can't fall below the floor within them. It returns how many these are. Of the
// block after them, if there is one, it finds the braces; it is then read too, but for its depth.
func (s *State) skip(text []byte) int {
	n := len(text) / Size
	for i := range n {
		block := (*[Size]byte)(text[i*Size:])
		slashes := find(block, '\\')
		s.Unicode |= (slashes<<1 | s.slash) & find(block, 'u')
		s.slash = slashes >> (Size - 1)
		inside := s.strings(find(block, '"') &^ s.afterSlashes(slashes))
		s.inside = uint64(int64(inside) >> (Size - 1))
		opens, closes := find(block, '{')&^inside, find(block, '}')&^inside
		least := s.Depth - bits.OnesCount64(closes)
		if least < s.Floor {
			s.Braces = opens | closes
			return i
		}
		s.Depth = least + bits.OnesCount64(opens)
	}
	return n
}

// afterSlashes returns the bytes that stand after a backslash that isn't escaped itself, from where the backslashes are.
func (s *State) afterSlashes(slashes uint64) (escaped uint64) {
	escaped, s.escaped = s.escaped, 0
	for slashes &^= escaped; slashes != 0; {
		first := slashes & -slashes
		escaped |= first << 1
		slashes &^= first | first<<1
		s.escaped = first >> (Size - 1)
	}
	return escaped
}

// strings returns the bytes inside of strings, their first quotes included, from where the quotes are.
func (s *State) strings(quotes uint64) uint64 {
	for shift := 1; shift < Size; shift *= 2 {
		quotes ^= quotes << shift
	}
	return quotes ^ s.inside
}

// find returns the bytes of a block that are c.
func find(block *[Size]byte, c byte) (found uint64) {
	const ones, sevens = 0x0101010101010101, 0x7f7f7f7f7f7f7f7f
	for i := 0; i < Size; i += 8 {
		word := binary.LittleEndian.Uint64(block[i:]) ^ ones*uint64(c) // 0 where it is c
		zero := ^(word&sevens + sevens | word | sevens)                // the highest bit of a byte, where it was 0
		found |= zero >> 7 * 0x0102040810204080 >> 56 << i             // which the product gathers
	}
	return found
}

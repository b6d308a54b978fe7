package resolve

import (
	"encoding/binary"
	"errors"
	"strings"
)

// A sort key is a tag and texts, encoded so that keys sort as their texts do, one after the other:
// each text ends in 0 1, and a zero byte within it becomes 0 255.
func appendKey(dst []byte, tag byte, texts ...string) []byte {
	dst = append(dst, tag)
	for _, s := range texts {
		for {
			i := strings.IndexByte(s, 0)
			if i < 0 {
				break
			}
			dst = append(append(dst, s[:i]...), 0, 255)
			s = s[i+1:]
		}
		dst = append(append(dst, s...), 0, 1)
	}
	return dst
}

// keyTexts fills texts from a key that appendKey made.
func keyTexts(key []byte, texts []string) error {
	rest := key[1:]
	var b []byte
	for i := range texts {
		b = b[:0]
		for {
			j := indexZero(rest)
			if j < 0 || j+1 == len(rest) {
				return errDamaged
			}
			b = append(b, rest[:j]...)
			end := rest[j+1] == 1
			rest = rest[j+2:]
			if end {
				break
			}
			b = append(b, 0)
		}
		texts[i] = string(b)
	}
	return nil
}

func indexZero(b []byte) int {
	for i, c := range b {
		if c == 0 {
			return i
		}
	}
	return -1
}

var errDamaged = errors.New("resolve: damaged fragment")

// A value is texts with their lengths before them.
func appendTexts(dst []byte, texts ...string) []byte {
	for _, s := range texts {
		dst = append(binary.AppendUvarint(dst, uint64(len(s))), s...)
	}
	return dst
}

// texts fills out from what appendTexts made and gives the rest.
func texts(src []byte, out ...*string) ([]byte, error) {
	for _, s := range out {
		n, w := binary.Uvarint(src)
		if w <= 0 || n > uint64(len(src)-w) {
			return nil, errDamaged
		}
		*s = string(src[w : w+int(n)])
		src = src[w+int(n):]
	}
	return src, nil
}

// appendNewestFirst makes values with later times sort first.
func appendNewestFirst(dst []byte, updated int64) []byte {
	return binary.BigEndian.AppendUint64(dst, ^(uint64(updated) ^ 1<<63))
}

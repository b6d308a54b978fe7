package extsort

import (
	"bytes"
	"encoding/binary"
	"errors"
	"strings"
)

// Keys and values are made of texts, here for all sorters. In a key each text ends in 0 1, and a zero byte within it becomes
// 0 255: so keys sort as their texts do, one after the other. In a value a text has its length before it.

// ErrDamaged is the error of a key or value that isn't what it was made as.
var ErrDamaged = errors.New("a spill file is damaged")

// AppendKey appends texts to the key dst.
func AppendKey(dst []byte, texts ...string) []byte {
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

// KeyTexts fills out from a key that [AppendKey] made, and returns the rest of it.
func KeyTexts(key []byte, out ...*string) ([]byte, error) {
	var b []byte
	for _, text := range out {
		b = b[:0]
		for {
			i := bytes.IndexByte(key, 0)
			if i < 0 || i+1 == len(key) {
				return nil, ErrDamaged
			}
			b = append(b, key[:i]...)
			end := key[i+1] == 1
			key = key[i+2:]
			if end {
				break
			}
			b = append(b, 0)
		}
		*text = string(b)
	}
	return key, nil
}

// AppendTexts appends texts to the value dst.
func AppendTexts(dst []byte, texts ...string) []byte {
	for _, s := range texts {
		dst = append(binary.AppendUvarint(dst, uint64(len(s))), s...)
	}
	return dst
}

// Texts fills out from a value that [AppendTexts] made, and returns the rest of it.
func Texts(src []byte, out ...*string) ([]byte, error) {
	for _, s := range out {
		text, rest, err := CutText(src)
		if err != nil {
			return nil, err
		}
		*s, src = string(text), rest
	}
	return src, nil
}

// CutText returns the first text of a value that [AppendTexts] made, which points into it, and the rest.
func CutText(src []byte) (text, rest []byte, err error) {
	n, w := binary.Uvarint(src)
	if w <= 0 || n > uint64(len(src)-w) {
		return nil, nil, ErrDamaged
	}
	return src[w : w+int(n)], src[w+int(n):], nil
}

// AppendNewestFirst appends a time to the value dst so that later ones sort first.
func AppendNewestFirst(dst []byte, at int64) []byte {
	return binary.BigEndian.AppendUint64(dst, ^(uint64(at) ^ 1<<63))
}

// Cursor stands on a pair of sorted ones, for merges: before the first call of Advance on the first.
type Cursor struct {
	*Iterator
	at  []byte
	end bool
}

// Cursor ends the input as [Sorter.Sort] does, and returns a cursor on the first pair.
func (s *Sorter) Cursor() (*Cursor, error) {
	it, err := s.Sort()
	if err != nil {
		return nil, err
	}
	c := &Cursor{Iterator: it}
	c.Advance()
	return c, nil
}

// Advance moves to the next pair. At the end and after an error, see [Iterator.Err], there is none.
func (c *Cursor) Advance() {
	if c.end = !c.Next(); !c.end {
		c.at = append(c.at[:0], c.Key()...)
	}
}

// More reports whether the cursor stands on a pair.
func (c *Cursor) More() bool { return !c.end }

// At reports whether the cursor stands on a pair of this key.
func (c *Cursor) At(key []byte) bool { return !c.end && bytes.Equal(c.at, key) }

// Before reports whether the cursor stands on a pair whose key is less than this one.
func (c *Cursor) Before(key []byte) bool { return !c.end && bytes.Compare(c.at, key) < 0 }

package parquetsafe

import (
	"encoding/binary"
	"math/bits"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/format"
)

// checkPage looks at a page's bytes for runs and lengths that make more of them than the page says. It doesn't check what the
// library checks itself.
func (s *stream) checkPage(h *format.PageHeader, plain []byte) error {
	repetition, definition := s.column.MaxRepetitionLevel(), s.column.MaxDefinitionLevel()
	values := valuesOf(h)
	switch h.Type {
	case format.DictionaryPage:
		return checkPlain(s.column.Type(), values, plain)
	case format.DataPageV2:
		v2 := &h.DataPageHeaderV2.V
		r, d := int(v2.RepetitionLevelsByteLength), int(v2.DefinitionLevelsByteLength)
		if repetition > 0 {
			if err := s.checkRows(plain[:r], repetition, values); err != nil {
				return err
			}
		}
		if definition > 0 {
			if err := checkRuns(plain[r:r+d], width(definition), values); err != nil {
				return err
			}
		}
		return s.checkValues(v2.Encoding, values-int(v2.NumNulls), plain[r+d:])
	default:
		v1 := &h.DataPageHeader.V
		for i, level := range []int{repetition, definition} {
			if level == 0 {
				continue
			}
			if len(plain) < 4 {
				return refuse("a page ends before its levels")
			}
			n := uint64(binary.LittleEndian.Uint32(plain))
			if n > uint64(len(plain)-4) {
				return refuse("a page has levels of %d bytes, where %d are left", n, len(plain)-4)
			}
			if encoding := [...]format.Encoding{v1.RepetitionLevelEncoding, v1.DefinitionLevelEncoding}[i]; encoding != format.RLE {
				return refuse("a page has levels in the old encoding %s: write it with a newer library", encoding)
			}
			var err error
			if levels := plain[4 : 4+n]; i == 0 {
				err = s.checkRows(levels, level, values)
			} else {
				err = checkRuns(levels, width(level), values)
			}
			if err != nil {
				return err
			}
			plain = plain[4+n:]
		}
		return s.checkValues(v1.Encoding, values, plain)
	}
}

func width(level int) int { return bits.Len(uint(level)) }

// slack is how many values more than it says a page's runs may have: writers fill the last group of bits.
const slack = 1 << 10

// checkRuns adds up runs of values of so many bits.
func checkRuns(b []byte, width, values int) error {
	return eachRun(b, width, values, func(int, []byte, bool) {})
}

// eachRun calls visit with each run: how many values, and their bits, which are those of one value where it is repeated.
func eachRun(b []byte, width, values int, visit func(n int, bits []byte, repeated bool)) error {
	for total := uint64(0); len(b) > 0; {
		u, size := binary.Uvarint(b)
		if size <= 0 {
			return refuse("a run of values has no length")
		}
		b = b[size:]
		n, length := u>>1, uint64(width+7)/8
		repeated := u&1 == 0
		if n > maxValues {
			return refuse("a run has %d values, in a page that says it has %d", n, values)
		}
		if !repeated {
			n, length = 8*n, n*uint64(width)
		}
		if length = min(length, uint64(len(b))); n > 0 { // the library says so where bytes are missing
			visit(int(n), b[:length], repeated)
		}
		b = b[length:]
		if total += n; total > uint64(values+slack) {
			return refuse("its runs have more values than the %d that a page says it has", values)
		}
	}
	return nil
}

// checkRows adds up repetition levels, and returns an error for a row of too many values: rows are held as a whole.
func (s *stream) checkRows(b []byte, level, values int) error {
	w := width(level)
	left, longest := values, 0
	err := eachRun(b, w, values, func(n int, bits []byte, repeated bool) {
		n = min(n, left)
		left -= n
		for i := range n {
			if repeated && (len(bits) == 0 || bits[0] != 0) {
				s.open += n
				break
			}
			if repeated {
				s.open = 1
				break
			}
			if levelAt(bits, i, w) != 0 {
				s.open++
			} else {
				s.open = 1
			}
			longest = max(longest, s.open)
		}
		longest = max(longest, s.open)
	})
	if err == nil && longest > maxRow {
		err = refuse("a row has more than %d values", maxRow)
	}
	return err
}

// levelAt returns the i-th level of w bits, which begin with the lowest.
func levelAt(b []byte, i, w int) int {
	v := 0
	for bit := range w {
		at := i*w + bit
		if at/8 < len(b) && b[at/8]>>(at%8)&1 != 0 {
			v |= 1 << bit
		}
	}
	return v
}

// checkPlain compares a number of plain values with their bytes.
func checkPlain(t parquet.Type, values int, b []byte) error {
	size := map[parquet.Kind]int{parquet.Int32: 4, parquet.Float: 4, parquet.Int64: 8, parquet.Double: 8, parquet.Int96: 12, parquet.ByteArray: 4, parquet.FixedLenByteArray: t.Length()}[t.Kind()]
	if values*size > len(b) {
		return refuse("a page of %d bytes says that it has %d values", len(b), values)
	}
	return nil
}

// plainDictionary is how old writers name the encoding of indexes.
const plainDictionary format.Encoding = 2

// checkValues looks at what values are encoded as.
func (s *stream) checkValues(encoding format.Encoding, values int, b []byte) error {
	switch encoding {
	case format.RLEDictionary, plainDictionary:
		if !s.dictionary {
			return refuse("a page needs a dictionary, and there is none")
		}
		if len(b) == 0 {
			return nil
		}
		if b[0] > 32 {
			return refuse("a page has indexes of %d bits", b[0])
		}
		return checkRuns(b[1:], int(b[0]), values)
	case format.RLE:
		if len(b) < 4 {
			return refuse("a page ends before its values")
		}
		return checkRuns(b[4:], 1, values)
	case format.DeltaBinaryPacked:
		_, _, _, err := deltas(b, values, false)
		return err
	case format.DeltaLengthByteArray:
		sum, _, rest, err := deltas(b, values, true)
		if err == nil && sum > int64(len(rest)) {
			err = refuse("a page has texts of %d bytes, where %d are left", sum, len(rest))
		}
		return err
	case format.DeltaByteArray:
		prefixes, _, rest, err := deltas(b, values, true)
		if err != nil {
			return err
		}
		suffixes, _, rest, err := deltas(rest, values, true)
		if err == nil && (suffixes > int64(len(rest)) || prefixes+suffixes > maxPage) {
			err = refuse("a page has texts of %d bytes, made of %d", prefixes+suffixes, len(rest))
		}
		return err
	default:
		return nil
	}
}

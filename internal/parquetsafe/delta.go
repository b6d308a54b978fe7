package parquetsafe

import (
	"encoding/binary"
	"math"
)

// deltas goes over numbers that are written as differences, and returns their sum where it is asked for, how many there are,
// and what follows. Lengths may not be negative. https://parquet.apache.org/docs/file-format/data-pages/encodings
func deltas(b []byte, values int, lengths bool) (sum int64, count int, rest []byte, err error) {
	var head [3]uint64 // the size of a block, its parts, and how many numbers there are
	for i := range head {
		n, size := binary.Uvarint(b)
		if size <= 0 {
			return 0, 0, nil, errDeltas
		}
		head[i], b = n, b[size:]
	}
	first, size := binary.Varint(b)
	if size <= 0 {
		return 0, 0, nil, errDeltas
	}
	b = b[size:]
	block, parts, total := head[0], head[1], head[2]
	if block == 0 || block > 1<<16 || block%128 != 0 || parts == 0 || parts > block/32 || block%parts != 0 || block/parts%32 != 0 || total > uint64(values) {
		return 0, 0, nil, refuse("a page of %d values has %d differences, in blocks of %d and parts of %d", values, total, block, parts)
	}
	if total == 0 {
		return 0, 0, b, nil
	}
	last := first
	add := func(n int64) bool {
		sum += n
		return n >= 0 && n <= math.MaxInt32
	}
	if lengths && !add(first) {
		return 0, 0, nil, refuse("a text has %d bytes", first)
	}
	for left, part := total-1, int(block/parts); left > 0; {
		least, size := binary.Varint(b)
		if size <= 0 || uint64(len(b)-size) < parts {
			return 0, 0, nil, errDeltas
		}
		widths := b[size : size+int(parts)]
		b = b[size+int(parts):]
		for _, w := range widths {
			if left == 0 {
				break
			}
			if w > 64 {
				return 0, 0, nil, refuse("a page has differences of %d bits", w)
			}
			n := min(uint64(part), left)
			bytes := part * int(w) / 8
			if bytes > len(b) && uint64(len(b))*8 < n*uint64(w) {
				return 0, 0, nil, errDeltas
			}
			if lengths {
				for i := range int(n) {
					last += least + int64(bitsAt(b, i, int(w)))
					if !add(last) {
						return 0, 0, nil, refuse("a text has %d bytes", last)
					}
				}
			}
			left -= n
			b = b[min(bytes, len(b)):]
		}
	}
	return sum, int(total), b, nil
}

var errDeltas = refuse("a page ends within its differences")

// bitsAt returns the i-th number of w bits, which begin with the lowest.
func bitsAt(b []byte, i, w int) (v uint64) {
	for done, at := 0, i*w; done < w; {
		take := min(8-at%8, w-done)
		if at/8 < len(b) {
			v |= uint64(b[at/8]>>(at%8)&(1<<take-1)) << done
		}
		done, at = done+take, at+take
	}
	return v
}

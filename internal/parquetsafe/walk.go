package parquetsafe

import (
	"encoding/binary"
	"errors"
)

// What Thrift's compact protocol writes as the type of a value.
const (
	thriftTrue   = 1
	thriftFalse  = 2
	thriftByte   = 3
	thriftInt64  = 6 // and 16 and 32 bits before it
	thriftDouble = 7
	thriftText   = 8
	thriftList   = 9
	thriftSet    = 10
	thriftMap    = 11
	thriftStruct = 12
)

// errShort says that the bytes end within a value.
var errShort = errors.New("it ends in the middle")

// walker goes over a struct of Thrift without making anything of it, so that the lengths in it are known to be true.
type walker struct {
	b      []byte
	at     int
	memory int64 // that the library would take for the lists so far
}

// checkFooter returns an error where the footer would take more memory than there may be.
func checkFooter(footer []byte) error {
	w := walker{b: footer}
	if err := w.structure(nil); errors.Is(err, errShort) {
		return refuse("a length in its footer is greater than what is there")
	} else if err != nil {
		return err
	}
	return nil
}

// headerLength returns how many bytes a struct at the beginning of b has.
func headerLength(b []byte) (int, error) {
	w := walker{b: b}
	err := w.structure(nil)
	return w.at, err
}

// structure goes over a struct, whose place is the numbers of the fields that it stands in.
func (w *walker) structure(place []int16) error {
	if len(place) > maxDepth {
		return refuse("its metadata is nested deeper than %d", maxDepth)
	}
	last := int16(0)
	for {
		if w.at == len(w.b) {
			return errShort
		}
		c := w.b[w.at]
		w.at++
		if c&15 == 0 {
			return nil
		}
		if delta := int16(c >> 4); delta != 0 {
			last += delta
		} else {
			n, err := w.varint()
			if err != nil {
				return err
			}
			last = int16(n>>1) ^ -int16(n&1)
		}
		if c&15 == thriftTrue || c&15 == thriftFalse {
			continue
		}
		if err := w.value(c&15, append(place, last)); err != nil {
			return err
		}
	}
}

// value goes over a value that stands alone or in a list.
func (w *walker) value(kind byte, place []int16) error {
	switch {
	case kind == thriftTrue || kind == thriftFalse || kind == thriftByte:
		return w.skip(1)
	case kind > thriftByte && kind <= thriftInt64:
		_, err := w.varint()
		return err
	case kind == thriftDouble:
		return w.skip(8)
	case kind == thriftText:
		n, err := w.varint()
		if err != nil {
			return err
		}
		return w.skip(n)
	case kind == thriftList || kind == thriftSet:
		return w.list(place)
	case kind == thriftMap:
		return refuse("its metadata has a map, which Parquet's never has")
	case kind == thriftStruct:
		return w.structure(place)
	}
	return refuse("its metadata has values of type %d, which Thrift doesn't have", kind)
}

func (w *walker) list(place []int16) error {
	if len(place) > maxDepth {
		return refuse("its metadata is nested deeper than %d", maxDepth)
	}
	if w.at == len(w.b) {
		return errShort
	}
	c := w.b[w.at]
	w.at++
	n, kind := uint64(c>>4), c&15
	if n == 15 {
		var err error
		if n, err = w.varint(); err != nil {
			return err
		}
	}
	if n > uint64(len(w.b)-w.at) { // each takes a byte at least
		return errShort
	}
	if w.memory += int64(n) * elementSize(kind, place); w.memory > maxMetadata {
		return refuse("its metadata takes more than %d MiB of memory", maxMetadata>>20)
	}
	for range n {
		if err := w.value(kind, place); err != nil {
			return err
		}
	}
	return nil
}

// elementSize is about what the library takes for an element of a list, in bytes.
func elementSize(kind byte, place []int16) int64 {
	switch {
	case kind != thriftStruct:
		return 32
	case len(place) == 2 && place[0] == 4: // a column of a row group
		return 2048
	default:
		return 512
	}
}

func (w *walker) skip(n uint64) error {
	if n > uint64(len(w.b)-w.at) {
		return errShort
	}
	w.at += int(n)
	return nil
}

func (w *walker) varint() (uint64, error) {
	n, size := binary.Uvarint(w.b[w.at:])
	if size == 0 {
		return 0, errShort
	}
	if size < 0 {
		return 0, refuse("its metadata has a number of more than 64 bits")
	}
	w.at += size
	return n, nil
}

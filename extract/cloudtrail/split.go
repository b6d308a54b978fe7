package cloudtrail

import (
	"bytes"
	"errors"
	"fmt"
	"math/bits"
	"unicode/utf8"
)

// maxRecord is how long a record may be, in bytes. CloudTrail itself allows 256 KB.
const maxRecord = 8 << 20

// taker takes the records of an object, one after the other. An error ends the reading of the object.
type taker interface {
	record(_ []byte, escaped bool) error  // which is valid during the call, and whether there may be backslashes in it
	tooLarge() error                      // instead of one that is longer than maxRecord
	malformed(text []byte, _ error) error // instead of a line that holds none
}

// errMalformed is wrapped by errors that say that a text isn't well-formed, errCut where it only ends too early.
var (
	errMalformed = errors.New("it isn't well-formed JSON")
	errCut       = fmt.Errorf("%w: it ends in the middle", errMalformed)
)

// splitter finds the records in JSON text without parsing it: the objects of the array Records, in as many documents as
// there are; or else the objects that follow one another, in arrays or not.
type splitter struct {
	take taker
	blocks
	pos    int  // all before it was looked at
	escape bool // what stands there is escaped

	escaped bool // there were backslashes since the record began

	start   int  // of the record under way, or of what stands before the next one
	arrays  int  // open ones around the objects at depth 0
	log     bool // the object at depth 0 has an array Records
	logs    bool // one had
	records bool // and this is in it
	dropped bool // the beginning of the record under way is gone: it is too large
}

// run implements [splitting].
func (s *splitter) run(b []byte, last bool) error {
	for {
		rest := b[s.pos:]
		if !s.escape {
			s.pos += skipBlocks(&s.blocks, rest) * blockSize
			rest = b[s.pos:]
		}
		n := blockSize
		switch {
		case len(rest) >= blockSize && s.escape:
			s.find((*[blockSize]byte)(rest))
		case len(rest) >= blockSize: // skipBlocks did that
		case len(rest) > 0 && last:
			var block [blockSize]byte
			n = copy(block[:], rest)
			s.find(&block)
		default:
			return s.between(b)
		}
		if err := s.block(b, n); err != nil {
			return err
		}
	}
}

// block takes the records that end in the next n bytes, in which is what blocks has found.
func (s *splitter) block(b []byte, n int) error {
	quotes := s.quotes
	if s.escape || s.escapes != 0 {
		s.escaped = true
		quotes &^= s.afterEscapes()
	}
	inside := s.strings(quotes)
	at := s.pos
	s.pos += n
	for braces := (s.opens | s.closes) &^ inside; braces != 0; braces &= braces - 1 {
		var err error
		if i := at + bits.TrailingZeros64(braces); b[i] == '{' {
			err = s.opened(b, i)
		} else {
			err = s.closed(b, i)
		}
		if err != nil {
			return err
		}
	}
	s.leave(inside)
	return nil
}

// afterEscapes gives which bytes of the block stand after a backslash that isn't itself escaped.
func (s *splitter) afterEscapes() (which uint64) {
	escapes := s.escapes
	if s.escape {
		which, escapes, s.escape = 1, escapes&^1, false
	}
	for escapes != 0 {
		first := escapes & -escapes
		which |= first << 1
		s.escape = first<<1 == 0
		escapes &^= first | first<<1
	}
	return which
}

func (s *splitter) opened(b []byte, at int) error {
	s.depth++
	if s.depth > 2 {
		return nil
	}
	if s.depth == 1 {
		if err := s.outside(b[s.start:at]); err != nil {
			return err
		}
		s.start = at
		return nil
	}
	if s.records {
		switch gap := bytes.TrimSpace(b[s.start:at]); {
		case len(gap) == 1 && gap[0] == ',':
			s.start = at
			return nil
		case len(gap) == 0 || gap[0] != ']':
			return fmt.Errorf("%w: %.20q between two records", errMalformed, gap)
		}
		s.records = false
	}
	if endsWithRecords(b[s.start:at]) {
		s.start, s.log, s.logs, s.records, s.dropped = at, true, true, true, false
	}
	return nil
}

func (s *splitter) closed(b []byte, at int) error {
	s.depth--
	if s.depth > 1 {
		return nil
	}
	from := s.start
	switch {
	case s.depth < 0:
		return fmt.Errorf("%w: a } too many", errMalformed)
	case s.depth == 0 && s.records && !bytes.HasPrefix(bytes.TrimSpace(b[from:at]), []byte("]")):
		return fmt.Errorf("%w: %.20q after the last record", errMalformed, b[from:at])
	case s.depth == 0 && s.log:
		s.start, s.log, s.records = at+1, false, false
		return nil
	case s.depth == 1 && s.log && !s.records:
		s.start = at + 1
		return nil
	case s.depth == 1 && !s.log:
		return nil
	}
	s.start = at + 1
	escaped := s.escaped
	s.escaped = s.escapes != 0 // in this block
	switch {
	case s.dropped:
		s.dropped = false
		return s.take.tooLarge()
	case s.depth == 0 && emptyLog(b[from:s.start]):
		return nil
	default:
		return s.take.record(b[from:s.start], escaped)
	}
}

// between checks what was looked at since the last record, where no other has begun.
func (s *splitter) between(b []byte) error {
	if s.depth > 0 {
		return nil
	}
	gap := b[s.start:s.pos]
	s.start = s.pos
	return s.outside(gap)
}

// outside checks what stands outside of all objects: white space, commas and the brackets of arrays.
func (s *splitter) outside(gap []byte) error {
	for _, c := range gap {
		switch c {
		case ',', ' ', '\n', '\r', '\t':
		case '[':
			s.arrays++
		case ']':
			s.arrays--
		default:
			return fmt.Errorf("%w: %.20q where a record should begin", errMalformed, bytes.TrimSpace(gap))
		}
	}
	return nil
}

// finish implements [splitting].
func (s *splitter) finish([]byte) error {
	if s.depth > 0 || s.arrays > 0 {
		return errCut
	}
	return nil
}

// lookBack is what is kept of a text in case that it tells the beginning of Records.
const lookBack = 1 << 10

// drop implements [splitting].
func (s *splitter) drop() int {
	n := s.start
	if long := s.pos - lookBack; s.log && !s.records {
		n = max(n, long)
	} else if long-n > maxRecord {
		n, s.dropped = long, true
	}
	s.start -= n
	s.pos -= n
	return n
}

var recordsKey = []byte(`"Records"`)

// endsWithRecords tells whether an array begins at the end of b, as the member Records.
func endsWithRecords(b []byte) bool {
	for _, c := range []byte{'[', ':'} {
		if b = bytes.TrimRight(b, " \t\r\n"); len(b) == 0 || b[len(b)-1] != c {
			return false
		}
		b = b[:len(b)-1]
	}
	b = bytes.TrimRight(b, " \t\r\n")
	return len(b) >= len(recordsKey) && bytes.EqualFold(b[len(b)-len(recordsKey):], recordsKey)
}

// emptyLog tells whether an object that holds no other is a log without records.
func emptyLog(object []byte) bool {
	key := bytes.TrimLeft(object[1:], " \t\r\n")
	if len(key) < len(recordsKey) || !bytes.EqualFold(key[:len(recordsKey)], recordsKey) {
		return false
	}
	value := bytes.TrimLeft(key[len(recordsKey):], " \t\r\n:")
	return bytes.HasPrefix(value, []byte("null")) || bytes.HasPrefix(value, []byte("[")) && bytes.HasPrefix(bytes.TrimLeft(value[1:], " \t\r\n"), []byte("]"))
}

var byteOrderMark = utf8.AppendRune(nil, '\uFEFF')

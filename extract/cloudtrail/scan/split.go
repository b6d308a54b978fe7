package scan

import (
	"bytes"
	"errors"
	"fmt"
	"math/bits"

	"liftgraph/extract/cloudtrail/scan/block"
)

// splitter finds the records in JSON text without parsing it: the objects of the array Records, in as many documents as
// there are; or else the objects that follow one another, in arrays or not.
type splitter struct {
	take taker
	braces

	start   int  // of the record under way, or of what stands before the next one
	dropped bool // its beginning is gone: it is too large

	arrays  int  // open ones around the objects at depth 0
	log     bool // the object at depth 0 has an array Records
	records bool // and this is in it
	logs    bool // there was one
}

// run implements [splitting].
func (s *splitter) run(b []byte, last bool) error {
	for {
		found, at, ok := s.next(b, last)
		if !ok {
			return s.between(b)
		}
		for ; found != 0; found &= found - 1 {
			var err error
			if i := at + bits.TrailingZeros64(found); b[i] == '{' {
				err = s.opened(b, i)
			} else {
				err = s.closed(b, i)
			}
			if err != nil {
				return err
			}
		}
	}
}

// newSplitter makes a splitter of documents.
func newSplitter(take taker) *splitter {
	s := &splitter{take: take}
	s.reset()
	return s
}

// reset starts over with another text.
func (s *splitter) reset() {
	// Depth 2 is where the records of a log stand, and where it shows whether an object is one.
	s.braces = braces{State: block.State{Floor: 2}}
	s.start, s.arrays, s.dropped, s.log, s.records = 0, 0, false, false, false
}

func (s *splitter) opened(b []byte, at int) error {
	s.Depth++
	if s.Depth > 2 {
		return nil
	}
	if s.Depth == 1 {
		if err := s.outside(b[s.start:at]); err != nil {
			return err
		}
		s.start = at
		return nil
	}
	if s.records {
		gap := bytes.TrimSpace(b[s.start:at])
		if len(gap) > 1 && gap[0] == ',' {
			var err error
			if gap, err = s.noRecords(gap); err != nil {
				return err
			}
		}
		switch {
		case len(gap) == 1 && gap[0] == ',':
			s.start = at
			return nil
		case len(gap) == 0 || gap[0] != ']':
			return fmt.Errorf("%w: something else between two records", ErrMalformed)
		}
		s.records = false
	}
	if endsWithRecords(b[s.start:at]) {
		s.start, s.log, s.logs, s.records, s.dropped = at, true, true, true, false
	}
	return nil
}

func (s *splitter) closed(b []byte, at int) error {
	s.Depth--
	if s.Depth > 1 {
		return nil
	}
	from := s.start
	if s.Depth == 0 && s.records {
		if gap := bytes.TrimSpace(b[from:at]); len(gap) > 0 && gap[0] == ',' {
			rest, err := s.noRecords(gap)
			if err != nil {
				return err
			}
			from = at - len(rest)
		}
	}
	switch {
	case s.Depth < 0:
		return fmt.Errorf("%w: a } too many", ErrMalformed)
	case s.Depth == 0 && s.records && !bytes.HasPrefix(bytes.TrimSpace(b[from:at]), []byte("]")):
		return fmt.Errorf("%w: something else after the last record", ErrMalformed)
	case s.Depth == 0 && s.log:
		s.start, s.log, s.records = at+1, false, false
		return nil
	case s.Depth == 1 && s.log && !s.records:
		s.start = at + 1
		return nil
	case s.Depth == 1 && !s.log:
		return nil
	}
	s.start = at + 1
	escaped := s.Unicode != 0
	if escaped && bytes.IndexByte(b[s.start:s.pos], '\\') < 0 { // or else it may be the next one's
		s.Unicode = 0
	}
	switch {
	case s.dropped || s.start-from > MaxRecord:
		s.dropped = false
		return s.take.tooLarge()
	case s.Depth == 0 && emptyLog(b[from:s.start]):
		return nil
	default:
		return s.take.record(b[from:s.start], escaped)
	}
}

// noRecords takes values among the records that are no objects, such as null, each behind a comma: each is a bad record,
// and costs no other. It returns what follows them.
func (s *splitter) noRecords(gap []byte) (rest []byte, err error) {
	for {
		value := skipSpace(gap, 1)
		end := skipValue(gap, value, 0)
		if end < 0 {
			return gap, nil
		}
		if err := s.take.malformed(gap[value:end], errNoObject); err != nil {
			return nil, err
		}
		if gap = bytes.TrimLeft(gap[end:], " \t\r\n"); len(gap) == 0 || gap[0] != ',' {
			return gap, nil
		}
	}
}

// errNoObject says that what stands where a record should isn't one.
var errNoObject = errors.New("it is no object, as records are")

// between checks what was looked at since the last record, where no other has begun.
func (s *splitter) between(b []byte) error {
	if s.Depth > 0 {
		return nil
	}
	gap := b[s.start:s.pos]
	for _, part := range []string{"nul", "nu", "n"} { // the next piece may begin with the rest
		gap = bytes.TrimSuffix(gap, []byte(part))
	}
	s.start += len(gap)
	return s.outside(gap)
}

// outside checks what stands outside of all objects: white space, commas and the brackets of arrays.
func (s *splitter) outside(gap []byte) error {
	for i := 0; i < len(gap); i++ {
		if bytes.HasPrefix(gap[i:], []byte("null")) {
			if err := s.take.malformed(gap[i:i+len("null")], errNoObject); err != nil {
				return err
			}
			i += len("null") - 1
			continue
		}
		switch gap[i] {
		case ',', ' ', '\n', '\r', '\t':
		case '[':
			s.arrays++
		case ']':
			s.arrays--
		default:
			return fmt.Errorf("%w: something else where a record should begin", ErrMalformed)
		}
	}
	return nil
}

// finish implements [splitting].
func (s *splitter) finish(b []byte) error {
	if s.Depth == 0 && s.start < len(b) {
		if err := s.outside(b[s.start:]); err != nil {
			return err
		}
	}
	if s.Depth > 0 || s.arrays > 0 {
		return ErrCut
	}
	return nil
}

// lookBack is what is kept of a text in case that it holds the beginning of Records.
const lookBack = 1 << 10

// drop implements [splitting].
func (s *splitter) drop() int {
	n := s.start
	if long := s.pos - lookBack; s.log && !s.records {
		n = max(n, long)
	} else if long-n > MaxRecord {
		n, s.dropped = long, true
	}
	s.start = max(s.start, n) // what was dropped is no part of a record any more
	s.start -= n
	s.pos -= n
	return n
}

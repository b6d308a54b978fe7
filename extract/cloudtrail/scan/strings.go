package scan

import (
	"bytes"
	"errors"
	"fmt"
)

// stringSplitter takes the records of a text that is strings of JSON, each a document as text: one behind the other, or in
// arrays.
type stringSplitter struct {
	take   taker
	start  int  // of the string under way, or of what is looked at next
	inside bool // of a string
	pos    int  // all before it was looked at
	large  bool // the beginning of the string is gone: it is too long
	arrays int  // that are open
}

// run implements [splitting].
func (s *stringSplitter) run(b []byte, _ bool) error {
	for {
		if !s.inside {
			for s.pos < len(b) && b[s.pos] != '"' {
				switch b[s.pos] {
				case ' ', '\t', '\r', '\n', ',':
				case '[':
					s.arrays++
				case ']':
					s.arrays--
				case 'n', 'u', 'l': // null
				default:
					return fmt.Errorf("%w: something else where a string should begin", ErrMalformed)
				}
				s.pos++
			}
			if s.start = s.pos; s.pos == len(b) {
				return nil
			}
			s.inside, s.pos = true, s.pos+1
		}
		for s.pos < len(b) && b[s.pos] != '"' {
			if b[s.pos] == '\\' {
				if s.pos+1 == len(b) {
					return nil
				}
				s.pos++
			}
			s.pos++
		}
		if s.pos == len(b) {
			return nil
		}
		s.pos++
		if err := s.text(b[s.start:s.pos]); err != nil {
			return err
		}
		s.inside, s.start = false, s.pos
	}
}

// text takes a string.
func (s *stringSplitter) text(quoted []byte) error {
	if s.large || len(quoted) > MaxRecord {
		s.large = false
		return s.take.tooLarge()
	}
	if skipString(quoted, 0) != len(quoted) {
		return s.take.malformed(quoted, fmt.Errorf("%w: it is no string", ErrMalformed))
	}
	text := bytes.TrimSpace(unquote(quoted))
	if len(text) > 0 && text[0] == '"' && skipString(text, 0) == len(text) { // twice encoded
		text = bytes.TrimSpace(unquote(text))
	}
	inner := newSplitter(s.take)
	err := inner.run(text, true)
	if err == nil {
		err = inner.finish(text)
	}
	if errors.Is(err, ErrMalformed) {
		return s.take.malformed(text, err)
	}
	return err
}

// finish implements [splitting].
func (s *stringSplitter) finish([]byte) error {
	if s.inside || s.arrays > 0 {
		return ErrCut
	}
	return nil
}

// drop implements [splitting].
func (s *stringSplitter) drop() int {
	n := s.start
	if s.inside && s.pos-n > MaxRecord {
		n, s.large = s.pos, true
	}
	s.pos -= n
	s.start = 0
	return n
}

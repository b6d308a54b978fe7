package scan

import (
	"bytes"
	"errors"
	"fmt"
)

// lineSplitter takes the lines of a text. One that isn't well-formed spoils no other.
type lineSplitter struct {
	take   func(line []byte) error // which is valid during the call
	skip   func() error            // instead, for a line longer than MaxRecord
	quoted bool                    // an end of line in quotes doesn't end the line

	last   bool // the line has no end
	before int  // how many ends of line stand before the one under way
	ends   int  // how many do so far

	start    int  // of the line under way
	searched int  // up to here, for its end
	inside   bool // of quotes, there
	dropped  bool // its beginning is gone: it is too long
}

// run implements [splitting].
func (l *lineSplitter) run(b []byte, _ bool) error {
	for l.next(b) {
		if err := l.line(b[l.start : l.searched-1]); err != nil {
			return err
		}
		l.start, l.before = l.searched, l.ends
	}
	return nil
}

// finish implements [splitting]: the last line may do without an end.
func (l *lineSplitter) finish(b []byte) error {
	l.last = true
	if l.inside {
		return l.broken(errors.New("a quote that is opened there isn't closed"))
	}
	return l.line(b[l.start:])
}

// broken says that where the lines end is unknown from the one under way on.
func (l *lineSplitter) broken(why error) error {
	return fmt.Errorf("it can't be read from line %d on: %w", l.before+1, why)
}

// next searches the end of the line under way.
func (l *lineSplitter) next(b []byte) bool {
	for {
		rest := b[l.searched:]
		i := bytes.IndexByte(rest, '\n')
		if i >= 0 {
			rest = rest[:i]
		}
		if l.quoted && bytes.Count(rest, []byte{'"'})%2 == 1 {
			l.inside = !l.inside
		}
		if i < 0 {
			l.searched = len(b)
			return false
		}
		l.searched += i + 1
		l.ends++
		if !l.inside {
			return true
		}
	}
}

func (l *lineSplitter) line(line []byte) error {
	if l.dropped || len(line) > MaxRecord {
		l.dropped = false
		return l.skip()
	}
	return l.take(line)
}

// drop implements [splitting].
func (l *lineSplitter) drop() int {
	n := l.start
	if l.searched-l.start > MaxRecord {
		n, l.dropped = l.searched, true
	}
	l.start, l.searched = 0, l.searched-n
	return n
}

// jsonLines takes the records of a text whose documents each stand on a line of their own, most of them a record.
func jsonLines(take taker) *lineSplitter {
	s := newSplitter(take)
	l := &lineSplitter{skip: take.tooLarge}
	l.take = func(line []byte) error {
		s.reset()
		if bytes.HasPrefix(line, []byte{'{'}) && !beginsWithRecords(line) {
			s.Floor, s.Depth, s.pos = 1, 1, 1 // nothing matters before the object ends
		}
		err := s.run(line, true)
		if err == nil {
			err = s.finish(line)
		}
		if !errors.Is(err, ErrMalformed) || l.last && errors.Is(err, ErrCut) {
			return err
		}
		return take.malformed(line, err)
	}
	return l
}

// linesBehind takes the records of lines that have something before them, up to the first brace.
func linesBehind(take taker) *lineSplitter {
	l := jsonLines(take)
	inner := l.take
	l.take = func(line []byte) error {
		if len(bytes.TrimSpace(line)) == 0 {
			return nil
		}
		if at := bytes.IndexByte(line, '{'); at > 0 {
			line = line[at:]
		}
		return inner(line)
	}
	return l
}

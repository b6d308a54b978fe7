package spool

import (
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"slices"
)

// Line is an event as a spool holds it.
type Line struct {
	File   string // the path of its segment
	Number int64  // of the line, from 1
	Body   []byte // one JSON object without white space; valid until the next line
}

// Read returns the events of a spool, those of a segment in the order in which they were kept, and segments in the order in which they
// were begun. A receiver may be at work: what it keeps meanwhile may be left out, and so are segments that it shipped and removed. An
// error is about one segment; who goes on gets the next.
func Read(dir string) iter.Seq2[Line, error] {
	return func(yield func(Line, error) bool) {
		// A segment that loses its open name while the directory is read may not be seen under either, but then it is the second time.
		first, err := segmentsIn(dir)
		if err != nil {
			yield(Line{}, err)
			return
		}
		second, err := segmentsIn(dir)
		if err != nil {
			yield(Line{}, err)
			return
		}
		stems := append(first.stems(), second.stems()...)
		slices.Sort(stems)
		for _, stem := range slices.Compact(stems) {
			if !readSegment(dir, stem, yield) {
				return
			}
		}
	}
}

// readSegment returns the events of a segment, under whichever name it has.
func readSegment(dir, stem string, yield func(Line, error) bool) (more bool) {
	for _, name := range []string{closedName(stem), openName(stem), closedName(stem)} {
		f, err := os.Open(filepath.Join(dir, name))
		if gone(err) {
			continue
		}
		if err != nil {
			return yield(Line{}, err)
		}
		defer f.Close()
		lines := linesOf(f)
		if name == closedName(stem) {
			lines = closedLines(f)
		}
		return readLines(f.Name(), name == openName(stem), lines, yield)
	}
	return true
}

func readLines(path string, open bool, lines iter.Seq2[[]byte, error], yield func(Line, error) bool) (more bool) {
	number := int64(0)
	for line, err := range lines {
		number++
		if open && errors.Is(err, errTorn) {
			break
		}
		if err != nil {
			return yield(Line{}, fmt.Errorf("%s, line %d: %w", path, number, err))
		}
		if !yield(Line{path, number, line}, nil) {
			return false
		}
	}
	return true
}

package scan

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
)

// shape is how the records of a text are laid out.
type shape int

const (
	shapeEmpty   shape = iota
	shapeJSON          // documents of JSON, on any number of lines
	shapeLines         // a document a line
	shapeStrings       // documents, each a string of JSON
	shapeBehind        // a document a line, behind something else
	shapeCSV
	shapeParquet
)

// shapeOf returns a text's shape from how it begins, or an error that wraps ErrUnknown.
func shapeOf(head []byte) (shape, error) {
	if bytes.HasPrefix(head, []byte("PAR1")) {
		return shapeParquet, nil
	}
	if behind(head) {
		return shapeBehind, nil
	}
	if what := foreign(head); what != "" {
		return 0, fmt.Errorf("%w: %s", ErrUnknown, what)
	}
	head = bytes.TrimLeft(head, " \t\r\n")
	if len(head) == 0 {
		return shapeEmpty, nil
	}
	switch c := head[0]; {
	case (c == '[' || c == '"') && stringsAhead.Match(head):
		return shapeStrings, nil
	case c == '[':
		return shapeJSON, nil
	case c == '{':
		return shapeOfObjects(head), nil
	case c == '"' || c == '@' || c == '_' || 'a' <= c|0x20 && c|0x20 <= 'z':
		return shapeCSV, nil
	}
	return 0, fmt.Errorf("%w: it begins with %.8q", ErrUnknown, head)
}

// stringsAhead is how strings of JSON begin, alone or in an array, as with --query 'Events[].CloudTrailEvent' of the AWS CLI. One ^ stands
// before both: with one in each, all of the head is looked through for every object, which took a fifth of the time.
var stringsAhead = regexp.MustCompile(`^(?:\[\s*(?:null\s*,\s*)*"|"\s*(?:\\n|\\t|\\")*[{\[])`)

// behind reports whether the first line has an event behind something else, as aws logs tail prints it, and syslog.
func behind(head []byte) bool {
	line, _, _ := bytes.Cut(bytes.TrimLeft(head, " \t\r\n"), []byte{'\n'})
	at := bytes.IndexByte(line, '{')
	return at > 0 && line[0] != '[' && line[0] != '"' && eventAhead.Match(line[at:])
}

// eventAhead is how events begin, and what wraps them.
var eventAhead = regexp.MustCompile(`^\{\s*"(?i:eventVersion|eventID|eventTime|eventName|userIdentity|Records|version|detail)"\s*:`)

// ErrUnknown says that an object holds no CloudTrail events, as far as can be seen.
var ErrUnknown = errors.New("it holds no CloudTrail events in any form that is known")

// shapeOfObjects looks whether the first line holds a record as a whole, or would do so if it were well-formed.
func shapeOfObjects(text []byte) shape {
	first, rest, more := bytes.Cut(text, []byte{'\n'})
	if !more {
		return shapeJSON
	}
	s := newSplitter(discard{})
	err := s.run(first, true)
	if err == nil {
		err = s.finish(first)
	}
	switch {
	case s.logs || endsWithRecords(first):
		return shapeJSON
	case !errors.Is(err, ErrCut) || s.InString() || bytes.HasPrefix(rest, []byte("{")):
		return shapeLines
	default:
		return shapeJSON // on several lines
	}
}

// discard takes records and does nothing with them.
type discard struct{}

func (discard) record([]byte, bool) error     { return nil }
func (discard) tooLarge() error               { return nil }
func (discard) malformed([]byte, error) error { return nil }

package scan

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
)

// errNoEvent says that a record isn't one of CloudTrail's.
var errNoEvent = errors.New("it has neither a userIdentity nor an eventID nor an eventName, as CloudTrail's events do")

// isOne reports whether a record is an event, whatever it lacks.
func (e *event) isOne() bool {
	return e[userIdentity] != nil || e[eventID] != nil || e[eventName] != nil
}

// isPlain reports whether a record is an event itself, so that none is looked for within.
func (e *event) isPlain() bool {
	return !e.triggers() && e.isOne() && e[userIdentity] != nil || e.stands()
}

// namesIdentity reports fast whether a record is one of those that are events: most begin with the version, the id or
// the like, or name the identity, spelled so.
func namesIdentity(record []byte) bool {
	const open, event = `{"`, "event"
	if len(record) > len(open+event) && string(record[:len(open)]) == open && is(record[len(open):len(open+event)], event) {
		return true
	}
	return bytes.Contains(record, []byte(`Identity"`)) || bytes.Contains(record, []byte(`Identity\"`)) || bytes.Contains(record, []byte(`ventid"`))
}

// maxUnsure is how many records an object may begin with that aren't events.
const maxUnsure = 1000

// learn takes whether a record is an event. With the first one, those before it that aren't are bad records of a good
// object.
func (s *scan) learn(isEvent bool) {
	if s.known || !isEvent {
		return
	}
	s.known = true
	for _, r := range s.unsure {
		s.batch.reject(r)
	}
	s.unsure = nil
}

// identify takes an event. Where none has an identity, which runs made them can't be known.
func (s *scan) identify(e *event) { s.identified = s.identified || e[userIdentity] != nil }

// errNoIdentity says that the events of an object don't say who made them.
var errNoIdentity = errors.New("none of its events has a userIdentity, so that which runs made them is unknown: export it with the field userIdentity")

// isControl reports whether a record is what CloudWatch Logs sends to see whether a subscription works, or what stands
// before each document that is meant for Elasticsearch's _bulk.
func isControl(record []byte) bool {
	return bytes.Contains(record, []byte("CWL CONTROL MESSAGE")) || bulkAction.Match(record)
}

var bulkAction = regexp.MustCompile(`^\s*\{\s*"(?:index|create)"\s*:\s*\{[^{}]*\}\s*\}\s*$`)

// end says how the reading of an object ended. Where nothing in it was an event, it is something else, and its records
// don't count.
func (s *scan) end(err error) error {
	n := len(s.unsure)
	s.count -= int64(n)
	s.unsure = nil
	if n > 0 && (err == nil || errors.Is(err, ErrUnknown)) {
		if s.large && s.shape == "" {
			s.shape = fmt.Sprintf("it is a document of more than %d MiB that isn't a list of Records: export an event a line", MaxRecord>>20)
		}
		if s.shape != "" {
			return fmt.Errorf("%w: %s", ErrUnknown, s.shape)
		}
		return fmt.Errorf("%w: none of its first %d records is one", ErrUnknown, n)
	}
	if err == nil && s.count > 0 && s.known && !s.identified {
		return errNoIdentity
	}
	return err
}

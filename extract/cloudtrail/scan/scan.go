package scan

import (
	"cmp"
	"fmt"
	"slices"

	"liftgraph/extract/cloudtrail/scan/block"
	"liftgraph/internal/raw"
)

// scan takes the records of one object, and gathers in batches what is to be delivered of them.
type scan struct {
	opts    Options
	concern concern
	later   later
	keys    []Key // of the record that is looked at
	object  string
	send    func(Batch) error

	batch Batch
	count int64 // of records so far
	seen  map[raw.Instance]struct{}

	coverage coverage

	identified bool           // one of them has an identity
	nested     bool           // some stand within records that are none
	known      bool           // the object holds events
	shape      string         // what it seems to be instead
	large      bool           // a record was too large, until then
	unsure     []raw.Rejected // until then
}

// record implements [taker].
func (s *scan) record(b []byte, escaped bool) error {
	concerns := s.concern.of(b, escaped)
	held := Held{}
	if !concerns && s.later.wanted {
		if is, grant := s.later.of(b); is {
			var few bool
			s.keys, few = keysIn(b, s.keys[:0])
			held, concerns = Held{Keys: s.keys, Text: b, Grant: grant}, !few
		}
	}
	later := held.Text != nil && !concerns
	plain := !concerns && s.identified && !s.nested && namesIdentity(b)
	var e event
	var err error
	if !plain {
		if e, err = recordOf(b); !e.isPlain() {
			if inner := within(b); len(inner) > 0 {
				return s.inner(inner)
			}
		}
	}
	if err := s.next(); err != nil {
		return err
	}
	if s.opts.Changes {
		s.cover(b)
	}
	held.Number = s.count
	switch {
	case plain && later:
		s.batch.hold(held)
		return nil
	case plain:
		s.ignore(b)
		return nil
	}
	isEvent := e.isOne() && !e.triggers()
	s.learn(isEvent)
	if isEvent {
		s.identify(&e)
	}
	switch {
	case !isEvent && err == nil && (holdsNone(b) || isControl(b)):
		s.count--
		s.batch.In--
	case !isEvent:
		if !s.known && s.shape == "" && err == nil {
			s.shape = shapeSeen(b)
		}
		s.rejectText(b, cmp.Or(err, errNoEvent))
	case !concerns && !later:
		s.ignore(b)
	case err != nil:
		s.rejectText(b, err)
	case later:
		s.batch.hold(held)
	default:
		s.keep(&e)
	}
	return nil
}

// inner takes the events that stand within a record. From then on, each record is looked into, since one may hold many.
func (s *scan) inner(events []event) error {
	s.nested = true
	s.learn(true)
	for i := range events {
		if err := s.event(&events[i]); err != nil {
			return err
		}
	}
	return nil
}

// ignore counts a record of no concern.
func (s *scan) ignore(record []byte) {
	if name := s.unknownChange(record); name != "" {
		s.batch.unknown(name)
		s.batch.filtered[unknownEvent]++
		return
	}
	s.batch.filtered[notSpacelift]++
}

// event takes an event that isn't a record of JSON.
func (s *scan) event(e *event) error {
	if err := s.next(); err != nil {
		return err
	}
	if s.opts.Changes {
		s.coverEvent(e)
	}
	s.identify(e)
	if who := e[userIdentity]; s.concern == (concern{}) && !s.later.wanted && !block.MentionsRun(who) && !escapes(who) {
		s.batch.filtered[notSpacelift]++
		return nil
	}
	s.keep(e)
	return nil
}

// next counts a record.
func (s *scan) next() error {
	if len(s.unsure) == maxUnsure {
		return ErrUnknown
	}
	if s.batch.full() {
		if err := s.flush(); err != nil {
			return err
		}
	}
	s.count++
	s.batch.In++
	return nil
}

// keep keeps what is to be delivered of an event, and counts the event in the ledger, once: by what becomes of the call,
// or of the grant.
func (s *scan) keep(e *event) {
	if !s.named() {
		s.batch.filtered[notNamed]++
		return
	}
	f := s.sift(e)
	s.touch(e, &f)
	reason, err := f.check(e)
	switch {
	case err != nil:
		s.rejectEvent(e, reason, err)
		return
	case f.empty():
		s.batch.filtered[f.why]++
	default:
		s.batch.Out++
	}
	if f.grant != nil {
		s.batch.add(f.grant)
	}
	if f.call != nil {
		s.batch.add(f.call)
	}
	if f.touched != nil {
		s.batch.add(f.touched)
	}
	if f.actor != nil {
		s.batch.add(f.actor)
	}
	for _, i := range f.also {
		s.instance(i)
	}
}

// maxSeen is how many instances of an object are remembered so that they aren't delivered again.
const maxSeen = 1 << 14

func (s *scan) instance(i raw.Instance) {
	if _, seen := s.seen[i]; seen {
		return
	}
	if len(s.seen) == maxSeen {
		clear(s.seen)
	}
	s.seen[i] = struct{}{}
	s.batch.add(&i)
}

// tooLarge implements [taker].
func (s *scan) tooLarge() error {
	if err := s.next(); err != nil {
		return err
	}
	s.large = s.large || !s.known
	s.reject("record_too_large", fmt.Errorf("it is longer than %d MiB, where CloudTrail writes 256 KB at most", MaxRecord>>20), nil)
	return nil
}

// malformed implements [taker].
func (s *scan) malformed(text []byte, why error) error {
	if err := s.next(); err != nil {
		return err
	}
	s.rejectText(text, why)
	return nil
}

// rejectText quarantines a text of which nothing is known. It isn't shown: it may hold secrets, credentials even, and its
// object and offset locate it.
func (s *scan) rejectText(text []byte, why error) {
	s.reject("malformed", why, map[string]int{"bytes": len(text)})
}

// rejectEvent shows no more of an event than what identifies it: its parameters may hold secrets.
func (s *scan) rejectEvent(e *event, reason string, why error) {
	shown := map[string]string{}
	for _, f := range []field{eventID, eventTime, eventName, eventSource} {
		shown[fieldNames[f]] = string(e[f])
	}
	s.reject(reason, why, shown)
}

func (s *scan) reject(reason string, why error, record any) {
	if !s.named() {
		s.batch.filtered[notNamed]++
		return
	}
	r := raw.Rejected{
		Stage: "extract", Source: SourceName, Kind: raw.KindAPICall, Object: s.object, Offset: s.count, Reason: reason, Detail: why.Error(), Record: record,
	}
	if s.known {
		s.batch.reject(r)
	} else {
		s.unsure = append(s.unsure, r)
	}
}

// named reports whether the record that is read now is one of those that were asked for.
func (s *scan) named() bool {
	if s.opts.Only == nil {
		return true
	}
	_, found := slices.BinarySearch(s.opts.Only, s.count)
	return found
}

// flush sends what was gathered.
func (s *scan) flush() error {
	b := s.batch
	s.batch = Batch{}
	return s.send(b)
}

package spool

import "liftgraph/extract/audittrail/payload"

// maxRecent is how many events are known again when they are delivered once more: deliveries are repeated within minutes. It is
// about 12 MiB.
const maxRecent = 1 << 17

// recent is the events that were kept last.
type recent struct {
	known map[payload.Digest]struct{}
	ring  []payload.Digest // the oldest at next, once it is full
	next  int
}

// has reports whether an event is known.
func (r *recent) has(d payload.Digest) bool {
	_, ok := r.known[d]
	return ok
}

// add makes an event known, in place of the oldest.
func (r *recent) add(d payload.Digest) {
	if r.known == nil {
		r.known = map[payload.Digest]struct{}{}
	}
	if r.has(d) {
		return
	}
	if len(r.ring) < maxRecent {
		r.ring = append(r.ring, d)
	} else {
		delete(r.known, r.ring[r.next])
		r.ring[r.next] = d
		r.next = (r.next + 1) % maxRecent
	}
	r.known[d] = struct{}{}
}

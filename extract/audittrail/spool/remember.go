package spool

import (
	"slices"

	"liftgraph/extract/audittrail/payload"
)

// maxRemembered bounds the bytes of events that are read to know them again.
const maxRemembered = 256 << 20

// remember makes the last events of closed segments known. Of open ones, which a process left that was killed, it is unknown whether
// they are durable. It goes on where a segment can't be read: its events may then be kept twice, which is better than to keep none.
func (s *Spool) remember() error {
	found, err := segmentsIn(s.dir)
	if err != nil {
		return err
	}
	var last [][]payload.Digest // by segment, the newest first
	count, bytes := 0, 0
	for _, stem := range slices.Backward(found.closed) {
		var digests []payload.Digest
		readSegment(s.dir, stem, func(l Line, err error) bool {
			if err != nil {
				s.log.Warn("a segment can't be read: an event of it that is delivered again is kept again", "error", err)
				return false
			}
			bytes += len(l.Body)
			if p, err := payload.Parse(l.Body); err == nil {
				digests = append(digests, p.Digest)
			}
			if len(digests) == 2*maxRecent {
				digests = append(digests[:0], digests[maxRecent:]...)
			}
			return true
		})
		last = append(last, digests)
		if count += len(digests); count >= maxRecent || bytes >= maxRemembered {
			break
		}
	}
	for _, digests := range slices.Backward(last) {
		for _, d := range digests {
			s.recent.add(d)
		}
	}
	return nil
}

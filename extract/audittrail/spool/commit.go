package spool

import (
	"errors"
	"fmt"
	"time"

	"liftgraph/extract/audittrail/payload"
)

// maxBatch bounds the bytes that are made durable together, by the last event that fits: further ones wait for the next commit.
const maxBatch = 16 << 20

// delivery is an event on its way to the disk.
type delivery struct {
	line   []byte
	digest payload.Digest
	answer chan answer // takes one without a reader

	duplicate bool // of another one in the same commit
}

type answer struct {
	duplicate bool
	err       error
}

// commitAll makes events durable until the spool is closed. All that come while one commit is under way make up the next, so that
// many share one sync.
func (s *Spool) commitAll() {
	for {
		var old <-chan time.Time
		if s.open != nil {
			old = s.open.old.C
		}
		select {
		case d := <-s.incoming:
			s.commit(s.gather(d))
		case <-old:
			s.rotate()
		case <-s.stop:
			if s.open != nil {
				s.rotate()
			}
			return
		}
	}
}

// gather takes the events that wait, and answers those that are durable already.
func (s *Spool) gather(d *delivery) []*delivery {
	var batch []*delivery
	here := map[payload.Digest]bool{}
	for bytes := 0; ; {
		if s.recent.has(d.digest) {
			d.answer <- answer{duplicate: true}
		} else {
			d.duplicate = here[d.digest]
			here[d.digest] = true
			batch = append(batch, d)
			bytes += len(d.line)
		}
		if bytes >= maxBatch {
			return batch
		}
		select {
		case d = <-s.incoming:
		default:
			return batch
		}
	}
}

// commit makes events durable and answers them, or fails all of them.
func (s *Spool) commit(batch []*delivery) {
	if len(batch) == 0 {
		return
	}
	began, n := time.Now(), 0
	err := s.write(batch)
	for _, d := range batch {
		if err == nil && !d.duplicate {
			s.recent.add(d.digest)
			n++
		}
		d.answer <- answer{d.duplicate, err}
	}
	s.opts.Committed(Commit{Events: n, Took: time.Since(began), Err: err})
	if s.open != nil && s.open.size >= s.opts.MaxBytes {
		s.rotate()
	}
}

// write adds events to the open segment, or to a new one. A segment that couldn't be written or synced ends with what
// was durable before: after a sync that failed, it is unknown what a later one means.
func (s *Spool) write(batch []*delivery) error {
	if s.open == nil {
		if err := s.begin(); err != nil {
			return fmt.Errorf("begin a segment: %w", err)
		}
	}
	if err := s.open.add(batch); err != nil {
		return errors.Join(err, s.abandon())
	}
	return nil
}

// rotate ends the open segment, which is durable.
func (s *Spool) rotate() {
	if err := s.open.file.Close(); err != nil {
		s.log.Warn("a segment didn't close; it is durable", "file", s.open.path, "error", err)
	}
	s.end()
}

package receiver

import (
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"liftgraph/extract/audittrail/payload"
)

// logEvery is the least time between two lines about the same.
const logEvery = time.Minute

// seldom logs why deliveries are refused, so that a sender can't flood the log with it.
type seldom struct {
	log *slog.Logger

	mu    sync.Mutex
	lines map[result]*line
}

type line struct {
	last  time.Time
	since int // refusals that weren't logged
}

// refused logs a refusal, and how many there were since the last line about such.
func (s *seldom) refused(r result, from string, err error) {
	s.mu.Lock()
	if s.lines == nil {
		s.lines = map[result]*line{}
	}
	l := s.lines[r]
	if l == nil {
		l = new(line)
		s.lines[r] = l
	}
	l.since++
	n, now := l.since, time.Now()
	due := now.Sub(l.last) >= logEvery
	if due {
		*l = line{last: now}
	}
	s.mu.Unlock()
	if !due {
		return
	}
	args := []any{"result", string(r), "since_last", n}
	if from != "" {
		args = append(args, "remote", from)
	}
	if r == unavailable {
		s.log.Error("deliveries can't be kept: senders are asked to retry", append(args, "error", err)...)
		return
	}
	s.log.Warn("deliveries are refused", append(args, "reason", reason(r, err))...)
}

// reason says why a delivery was refused, in words that don't come from it.
func reason(r result, err error) string {
	for _, known := range []error{payload.ErrNotAnObject, payload.ErrTooDeep} {
		if errors.Is(err, known) {
			return known.Error()
		}
	}
	if r == unauthorized {
		return "the signature is missing or wrong: check that the secret is the webhook's"
	}
	return http.StatusText(answers[r].status) + ": " + answers[r].text
}

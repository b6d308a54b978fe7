package spool

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"time"
)

// Store is where closed segments are shipped to.
type Store interface {
	// Put keeps a file under a key, and returns nil only when what is kept was found to be the same. A file that is kept already is
	// no error: a process may have been killed before it could remove the segment.
	Put(ctx context.Context, key, path string) error
}

// The wait after a segment couldn't be shipped: it doubles up to a bound.
const (
	shipRetry    = time.Second
	shipRetryCap = 5 * time.Minute
)

// Ship ships closed segments until ctx is done, and removes each when it is kept. Result receives each attempt; it may be nil.
// A segment that can't be shipped is tried again until it can.
func (s *Spool) Ship(ctx context.Context, to Store, result func(segment string, err error)) {
	for wait := shipRetry; ; {
		err := s.ShipOnce(ctx, to, result)
		var again <-chan time.Time
		news := s.closed
		if err != nil {
			again, news = time.After(wait/2+rand.N(wait/2)), nil
			wait = min(2*wait, shipRetryCap)
		} else {
			wait = shipRetry
		}
		select {
		case <-news:
		case <-again:
		case <-ctx.Done():
			return
		}
	}
}

// maxFailures is how many segments fail before the others aren't tried: one may be at fault itself, several hardly are.
const maxFailures = 3

// ShipOnce tries to ship each segment that is closed now.
func (s *Spool) ShipOnce(ctx context.Context, to Store, result func(segment string, err error)) error {
	found, err := segmentsIn(s.dir)
	if err != nil {
		return err
	}
	var failed []error
	for _, stem := range found.closed {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if slices.Contains(found.open, stem) {
			continue // it still has both names
		}
		name := closedName(stem)
		err := s.ship(ctx, to, stem, name)
		if result != nil {
			result(name, err)
		}
		if err == nil {
			continue
		}
		if failed = append(failed, fmt.Errorf("%s: %w", name, err)); len(failed) == maxFailures {
			break
		}
	}
	return errors.Join(failed...)
}

func (s *Spool) ship(ctx context.Context, to Store, stem, name string) error {
	path := filepath.Join(s.dir, name)
	if err := to.Put(ctx, hour(stem)+name, path); err != nil {
		return err
	}
	return s.removeDurably(path)
}

// hour returns the folder of a segment: that of the hour in which it began, in UTC.
func hour(stem string) string {
	began, err := time.Parse(stemTime, stem[:min(len(stemTime), len(stem))])
	if err != nil {
		return "" // a name that isn't of a spool's making
	}
	return began.Format("year=2006/month=01/day=02/hour=15/")
}

// Package spool keeps events on disk until they are read: durable when they are acknowledged, each once, in segments that are
// closed one after the other.
//
//	DIR/current-20260131T010203.123456Z-000001.ndjson      a segment that is being written, or is about to be compressed
//	DIR/events-20260131T010203.123456Z-000001.ndjson.zst   a closed one
//	DIR/damaged-20260131T010203.123456Z-000001             what a segment was that held lines that are no events
//
// A segment is one JSON object a line. It appears under its closed name whole, and only then loses its open one: a kill
// at any moment loses and doubles nothing for who reads by [Read].
package spool

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"liftgraph/extract/audittrail/payload"
)

// Options says how a spool works. The zero value is usable.
type Options struct {
	MaxBytes  int64         // a segment is closed when it holds more, uncompressed; 0: 64 MiB
	MaxAge    time.Duration // or when its first event is older; 0: 5 minutes
	Log       *slog.Logger  // receives what couldn't be closed or shipped, and what was found damaged; nil: silent
	Committed func(Commit)  // receives each commit, one after the other; may be nil

	disk disk
}

// Commit is an attempt to make events durable, together.
type Commit struct {
	Events int
	Took   time.Duration // writing and syncing
	Err    error
}

// ErrClosed is given for an event that comes after [Spool.Drain].
var ErrClosed = errors.New("the spool is closed")

// Spool is a directory that this process alone writes to. Its methods may be called from several goroutines.
type Spool struct {
	dir    string
	opts   Options
	disk   disk
	log    *slog.Logger
	unlock func() error

	incoming chan *delivery
	stop     chan struct{} // closed when no more events are taken
	closable chan struct{} // there may be a segment to compress
	closed   chan struct{} // and one to ship
	working  sync.WaitGroup
	drained  func() error
	health   health

	recent recent   // the committer's, with the next two
	open   *segment // nil: none
	count  int      // segments begun

	mu      sync.Mutex
	current string           // the stem of open, or ""
	durable map[string]int64 // by stem: how many bytes count, of segments that a failed commit ended
}

// Open opens the spool in a directory, which it makes where there is none, and puts in order what a killed process left. A directory
// that another process writes to is an error.
func Open(dir string, opts Options) (*Spool, error) {
	opts.MaxBytes = cmp.Or(opts.MaxBytes, 64<<20)
	opts.MaxAge = cmp.Or(opts.MaxAge, 5*time.Minute)
	if opts.Log == nil {
		opts.Log = slog.New(slog.DiscardHandler)
	}
	if opts.Committed == nil {
		opts.Committed = func(Commit) {}
	}
	if opts.disk == nil {
		opts.disk = localDisk{}
	}
	if err := makeDir(dir, opts.disk); err != nil {
		return nil, err
	}
	unlock, err := lock(dir)
	if err != nil {
		return nil, err
	}
	s := &Spool{
		dir: dir, opts: opts, disk: opts.disk, log: opts.Log, unlock: unlock,
		incoming: make(chan *delivery), stop: make(chan struct{}),
		closable: make(chan struct{}, 1), closed: make(chan struct{}, 1),
		durable: map[string]int64{},
	}
	s.drained = sync.OnceValue(func() error {
		close(s.stop)
		s.working.Wait()
		return s.closeSegments()
	})
	if err := s.closeSegments(); err != nil {
		s.log.Error(notClosed, "error", err)
	}
	if err := s.remember(); err != nil {
		return nil, errors.Join(err, unlock())
	}
	s.working.Go(s.commitAll)
	s.working.Go(s.closeAll)
	return s, nil
}

// Append keeps an event. When it returns nil, the event is durable: it was written now, or, where duplicate is true, before. After an
// error, also one of ctx, it may be kept or not; the event can be given again.
func (s *Spool) Append(ctx context.Context, p payload.Payload) (duplicate bool, err error) {
	d := &delivery{line: p.Line, digest: p.Digest, answer: make(chan answer, 1)}
	select {
	case s.incoming <- d:
	case <-s.stop:
		return false, ErrClosed
	case <-ctx.Done():
		return false, context.Cause(ctx)
	}
	select {
	case a := <-d.answer:
		return a.duplicate, a.err
	case <-ctx.Done():
		return false, context.Cause(ctx)
	}
}

// Drain takes no more events, and closes the segment that is open. What it closed can still be shipped.
func (s *Spool) Drain() error { return s.drained() }

// Close drains the spool, if that isn't done, and lets others write to the directory. It must be called once, after [Spool.Ship]
// returned.
func (s *Spool) Close() error { return errors.Join(s.Drain(), s.unlock()) }

// wake signals to a goroutine that there is something to do, unless it knows already.
func wake(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

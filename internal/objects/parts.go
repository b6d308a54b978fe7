package objects

import (
	"context"
	"errors"
	"io"
	"sync"
)

// parts reads a large object part by part. The part that is delivered comes straight from its request; those behind it are read
// meanwhile as long as there is memory for them. So every object that is open goes on, however many there are.
type parts struct {
	b      *bucket
	ctx    context.Context
	cancel context.CancelFunc
	o      Object

	head    *part    // straight from its request, or
	current *segment // read before; or neither
	queue   []*segment
	next    int64 // where the first part begins that wasn't asked for
	err     error

	reading sync.WaitGroup
}

// segment is a part that is read into memory.
type segment struct {
	buffer []byte // given back when it is delivered
	rest   []byte
	filled chan error
}

func (b *bucket) openParts(ctx context.Context, o Object) (io.ReadCloser, error) {
	r := &parts{b: b, o: o}
	r.ctx, r.cancel = context.WithCancel(ctx)
	r.head = r.nextPart()
	if err := r.head.connect(); err != nil {
		r.cancel()
		return nil, err
	}
	r.readAhead()
	return r, nil
}

// nextPart returns the first part that wasn't asked for.
func (r *parts) nextPart() *part {
	start := r.next
	r.next = min(start+r.b.part, r.o.Size)
	return &part{b: r.b, ctx: r.ctx, o: r.o, at: start, end: r.next}
}

// readAhead begins to read parts into memory.
func (r *parts) readAhead() {
	for len(r.queue) < r.b.ahead && r.next < r.o.Size {
		var buffer []byte
		select {
		case buffer = <-r.b.buffers:
		default:
			return
		}
		if buffer == nil {
			buffer = make([]byte, r.b.part)
		}
		p := r.nextPart()
		s := &segment{buffer: buffer, rest: buffer[:p.end-p.at], filled: make(chan error, 1)}
		r.queue = append(r.queue, s)
		r.reading.Go(func() {
			err := p.fill(s.rest)
			_ = p.Close()
			s.filled <- err
		})
	}
}

func (r *parts) Read(buf []byte) (int, error) {
	for r.err == nil {
		n, err := r.read(buf)
		if n > 0 || len(buf) == 0 {
			return n, nil
		}
		if r.err = err; errors.Is(err, io.EOF) {
			r.err = r.advance()
		}
	}
	return 0, r.err
}

// read reads from the part that is delivered now.
func (r *parts) read(buf []byte) (int, error) {
	if r.head != nil {
		return r.head.Read(buf)
	}
	if len(r.current.rest) == 0 {
		return 0, io.EOF
	}
	n := copy(buf, r.current.rest)
	r.current.rest = r.current.rest[n:]
	return n, nil
}

// advance goes to the next part; after the last there is io.EOF.
func (r *parts) advance() error {
	if r.head != nil {
		_ = r.head.Close()
		r.head = nil
	} else {
		r.b.buffers <- r.current.buffer
		r.current = nil
	}
	switch {
	case len(r.queue) > 0:
		r.current, r.queue = r.queue[0], r.queue[1:]
		r.readAhead()
		return <-r.current.filled
	case r.next < r.o.Size:
		r.head = r.nextPart()
		r.readAhead()
		return nil
	}
	return io.EOF
}

// Close ends the requests under way and frees the memory.
func (r *parts) Close() error {
	r.cancel()
	r.reading.Wait()
	if r.head != nil {
		_ = r.head.Close()
	}
	if r.current != nil {
		r.queue = append(r.queue, r.current)
	}
	for _, s := range r.queue {
		r.b.buffers <- s.buffer
	}
	r.head, r.current, r.queue = nil, nil, nil
	if r.err == nil {
		r.err = io.ErrClosedPipe
	}
	return nil
}

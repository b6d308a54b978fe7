package cloudtrail

import (
	"bytes"
	"context"
	"errors"
	"io"

	"liftgraph/internal/objects"
)

// Objects up to smallObject bytes are read as a whole while others before them are scanned: aheadBytes and aheadObjects
// at most, so that small ones don't wait for one answer after the other.
const (
	smallObject  = 8 << 20
	aheadBytes   = 32 << 20
	aheadObjects = 64
)

// isSmall reports whether an object is read ahead. One without a size may be a pipe.
func isSmall(o objects.Object) bool { return 0 < o.Size && o.Size <= smallObject }

// body is what was read of a small object, and why no more.
type body struct {
	*bytes.Buffer // nil where nothing could be read
	err           error
}

// fetch reads a small object.
func fetch(ctx context.Context, store objects.Store, o objects.Object) body {
	r, err := store.Open(ctx, o)
	if err != nil {
		return body{err: err}
	}
	b := new(bytes.Buffer)
	select {
	case b = <-buffers:
		b.Reset()
	default:
	}
	b.Grow(int(o.Size) + bytes.MinRead) // so that ReadFrom doesn't have to
	_, err = b.ReadFrom(r)
	return body{b, errors.Join(err, r.Close())}
}

// buffers are bodies that were scanned, none of them large. A [sync.Pool] would lose them too often: their memory has to be
// zeroed when it is new.
var buffers = make(chan *bytes.Buffer, 16)

const maxBuffer = 1 << 20

// reader returns what was read. It is a [bytes.Reader] where that is all.
func (b body) reader() io.Reader {
	switch {
	case b.Buffer == nil:
		return broken{b.err}
	case b.err != nil:
		return io.MultiReader(b.Buffer, broken{b.err})
	default:
		return bytes.NewReader(b.Bytes())
	}
}

func (b body) size() int {
	if b.Buffer == nil {
		return 0
	}
	return b.Len()
}

// release hands its memory to another one.
func (b body) release() {
	if b.Buffer == nil || b.Cap() > maxBuffer {
		return
	}
	select {
	case buffers <- b.Buffer:
	default:
	}
}

// broken is what can't be read.
type broken struct{ err error }

func (b broken) Read([]byte) (int, error) { return 0, b.err }

// counter is a reader that counts, and ends with its context.
type counter struct {
	ctx context.Context
	r   io.Reader
	add func(n int)
}

func (c *counter) Read(p []byte) (int, error) {
	if c.ctx.Err() != nil {
		return 0, context.Cause(c.ctx)
	}
	n, err := c.r.Read(p)
	c.add(n)
	return n, err
}

package published

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"

	"golang.org/x/sync/singleflight"

	"liftgraph/internal/objects"
)

const (
	blockBytes = 32 << 10 // read at once where fewer are wanted: a request costs more than they do
	mostLarge  = 1 << 20  // larger reads aren't kept
	mostKept   = 8 << 20  // bytes that are kept in all
)

// kept are the parts of objects that were read last, of all readers of a location together: each reader begins with the end of a file
// that others have read, and what is checked is read after it.
type kept struct {
	mu    sync.Mutex
	parts []part // the last used at the end
	bytes int
	reads singleflight.Group // readers that want the same part at the same time wait for one request
}

// part is some bytes of an object.
type part struct {
	key   string
	at    int64
	bytes []byte
}

// from returns what is kept of an object from an offset on; nothing where that isn't.
func (k *kept) from(key string, off int64) []byte {
	k.mu.Lock()
	defer k.mu.Unlock()
	for i, p := range slices.Backward(k.parts) {
		if p.key == key && p.at <= off && off < p.at+int64(len(p.bytes)) {
			k.parts = append(slices.Delete(k.parts, i, i+1), p)
			return p.bytes[off-p.at:]
		}
	}
	return nil
}

func (k *kept) add(p part) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.parts = append(k.parts, p)
	k.bytes += len(p.bytes)
	drop := 0
	for ; k.bytes > mostKept; drop++ {
		k.bytes -= len(k.parts[drop].bytes)
	}
	k.parts = slices.Delete(k.parts, 0, drop)
}

// ranges reads an object of S3.
type ranges struct {
	ctx    context.Context
	store  objects.Store
	object objects.Object
	kept   *kept
}

// ReadAt implements [io.ReaderAt].
func (r *ranges) ReadAt(p []byte, off int64) (n int, err error) {
	if off >= r.object.Size {
		return 0, io.EOF
	}
	want := p[:min(int64(len(p)), r.object.Size-off)]
	for n < len(want) {
		at := off + int64(n)
		b := r.kept.from(r.object.Key, at)
		if b == nil && len(want)-n > mostLarge {
			if err := objects.Range(r.ctx, r.store, r.object, want[n:], at); err != nil {
				return n, err
			}
			n = len(want)
			continue
		}
		if b == nil {
			if b, err = r.read(at, len(want)-n); err != nil {
				return n, err
			}
		}
		n += copy(want[n:], b)
	}
	if n < len(p) {
		err = io.EOF
	}
	return n, err
}

// read requests some bytes from an offset on, or the block that they are in, and keeps them. It returns at least one.
func (r *ranges) read(off int64, size int) ([]byte, error) {
	start := off
	if size < blockBytes {
		start = off / blockBytes * blockBytes
		size = int(min(blockBytes, r.object.Size-start))
	}
	for {
		got, err, _ := r.kept.reads.Do(fmt.Sprint(r.object.Key, " ", start, " ", size), func() (any, error) {
			b := make([]byte, size)
			if err := objects.Range(r.ctx, r.store, r.object, b, start); err != nil {
				return nil, err
			}
			r.kept.add(part{r.object.Key, start, b})
			return b, nil
		})
		switch {
		case err == nil:
			return got.([]byte)[off-start:], nil
		case !errors.Is(err, context.Canceled) || r.ctx.Err() != nil: // else it was another reader that was canceled
			return nil, err
		}
	}
}

// Close implements [io.Closer].
func (r *ranges) Close() error { return nil }

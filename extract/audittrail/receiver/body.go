package receiver

import (
	"errors"
	"io"
	"net/http"
	"os"
	"sync/atomic"
)

// What is allocated for a body before any of it came: what was announced, up to this.
const firstPart = 32 << 10

// budget is memory that deliveries share, in bytes.
type budget struct{ left atomic.Int64 }

func (b *budget) take(n int) bool {
	if b.left.Add(int64(-n)) < 0 {
		b.give(n)
		return false
	}
	return true
}

func (b *budget) give(n int) { b.left.Add(int64(n)) }

// read reads a body. Memory is taken as it comes, not as it is announced. Release, which is never nil, frees the memory.
func (r *Receiver) read(w http.ResponseWriter, req *http.Request) (body []byte, release func(), refusal result, err error) {
	taken := 0
	release = func() { r.memory.give(taken) }
	size := firstPart
	if n := req.ContentLength; n >= 0 && n < firstPart {
		size = int(n) + 1 // one more, to see its end
	}
	in := http.MaxBytesReader(w, req.Body, r.cfg.MaxBody)
	for {
		if len(body) == cap(body) {
			if !r.memory.take(size - taken) {
				return nil, release, overloaded, nil
			}
			taken = size
			body = append(make([]byte, 0, size), body...)
			size = min(2*size, int(r.cfg.MaxBody)+1)
		}
		n, err := in.Read(body[len(body):cap(body)])
		body = body[:len(body)+n]
		if err == io.EOF {
			return body, release, "", nil
		}
		if err != nil {
			return nil, release, broken(err), err
		}
	}
}

// broken returns why a body has no end.
func broken(err error) result {
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return tooLarge
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return slow
	}
	return aborted
}

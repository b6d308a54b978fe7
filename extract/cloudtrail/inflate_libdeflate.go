//go:build cgo && libdeflate

package cloudtrail

// #cgo LDFLAGS: -ldeflate
// #include <libdeflate.h>
import "C"

import (
	"bytes"
	"io"
	"unsafe"

	"github.com/klauspost/compress/gzip"
)

// maxInflated is how much memory a gzip member may take to be decompressed at once.
const maxInflated = 32 << 20

// inflater decompresses gzip with libdeflate, which is more than twice as fast, but has to hold a member as a whole. From
// the first one on that is too large, or cut or damaged, the rest goes the usual way.
type inflater struct {
	c    *C.struct_libdeflate_decompressor
	out  []byte
	slow gzip.Reader

	rest  []byte    // of the object
	ready []byte    // of what was decompressed
	then  io.Reader // what comes after it, instead of rest
}

// reset makes it read a gzip file.
func (f *inflater) reset(r io.Reader) (io.Reader, error) {
	body, ok := r.(*bytes.Reader)
	if !ok {
		return &f.slow, f.slow.Reset(r)
	}
	if f.c == nil {
		f.c, f.out = C.libdeflate_alloc_decompressor(), make([]byte, maxInflated)
	}
	f.rest, f.ready, f.then = make([]byte, body.Len()), nil, nil
	_, err := io.ReadFull(body, f.rest)
	return f, err
}

// next decompresses a member, or gives why there is none.
func (f *inflater) next() error {
	switch {
	case f.then != nil:
		return nil
	case len(f.rest) == 0:
		return io.EOF
	}
	var in, out C.size_t
	if C.libdeflate_gzip_decompress_ex(f.c, unsafe.Pointer(&f.rest[0]), C.size_t(len(f.rest)), unsafe.Pointer(&f.out[0]), C.size_t(len(f.out)), &in, &out) == C.LIBDEFLATE_SUCCESS {
		f.rest, f.ready = f.rest[in:], f.out[:out]
		return nil
	}
	f.then = &f.slow
	return f.slow.Reset(bytes.NewReader(f.rest))
}

// Read implements [io.Reader].
func (f *inflater) Read(p []byte) (int, error) {
	for len(f.ready) == 0 && f.then == nil {
		if err := f.next(); err != nil {
			return 0, err
		}
	}
	if len(f.ready) == 0 {
		return f.then.Read(p)
	}
	n := copy(p, f.ready)
	f.ready = f.ready[n:]
	return n, nil
}

// WriteTo implements [io.WriterTo].
func (f *inflater) WriteTo(w io.Writer) (written int64, _ error) {
	for {
		n, err := w.Write(f.ready)
		written += int64(n)
		f.ready = nil
		if err == nil && f.then == nil {
			err = f.next()
		}
		switch {
		case err == io.EOF:
			return written, nil
		case err != nil:
			return written, err
		case f.then != nil:
			n, err := f.slow.WriteTo(w)
			return written + n, err
		}
	}
}

func (f *inflater) close() {
	if f.c != nil {
		C.libdeflate_free_decompressor(f.c)
	}
}

//go:build cgo && libdeflate

package gunzip

// #cgo LDFLAGS: -ldeflate
// #include <libdeflate.h>
import "C"

import (
	"bytes"
	"errors"
	"io"
	"unsafe"

	"github.com/klauspost/compress/gzip"
)

// maxMember is how many bytes a member may hold that is decompressed at once.
const maxMember = 32 << 20

// Reader decompresses one gzip file after the other. Its zero value is ready. A file in memory, which is a [bytes.Reader],
// is decompressed by whole members; from the first one on that is too large, cut or damaged, it goes the usual way.
type Reader struct {
	c     *C.struct_libdeflate_decompressor
	file  []byte
	out   []byte
	usual gzip.Reader

	rest   []byte // of the file
	ready  []byte // of what was decompressed
	giveUp bool   // the rest is for the usual way
}

// Reset gives what a gzip file holds, until the next Reset. Its errors, and those of reading, are those of package
// [gzip] and of r.
func (r *Reader) Reset(from io.Reader) (io.Reader, error) {
	memory, ok := from.(*bytes.Reader)
	if !ok || memory.Len() == 0 {
		return &r.usual, r.usual.Reset(from)
	}
	if r.c == nil {
		r.c, r.out = C.libdeflate_alloc_decompressor(), make([]byte, maxMember)
	}
	r.file = append(r.file[:0], make([]byte, memory.Len())...)
	r.rest, r.ready, r.giveUp = r.file, nil, false
	if _, err := io.ReadFull(memory, r.file); err != nil {
		return nil, err
	}
	return (*members)(r), nil
}

// Close frees what the reader holds.
func (r *Reader) Close() {
	if r.c != nil {
		C.libdeflate_free_decompressor(r.c)
	}
}

// members is a reader of a file in memory.
type members Reader

// next decompresses a member.
func (r *members) next() error {
	if len(r.rest) == 0 {
		return io.EOF
	}
	var in, out C.size_t
	if C.libdeflate_gzip_decompress_ex(r.c, unsafe.Pointer(&r.rest[0]), C.size_t(len(r.rest)), unsafe.Pointer(&r.out[0]), C.size_t(len(r.out)), &in, &out) == C.LIBDEFLATE_SUCCESS {
		r.rest, r.ready = r.rest[in:], r.out[:out]
		return nil
	}
	r.giveUp = true
	return r.usual.Reset(bytes.NewReader(r.rest))
}

// Read implements [io.Reader].
func (r *members) Read(p []byte) (int, error) {
	for len(r.ready) == 0 && !r.giveUp {
		if err := r.next(); err != nil {
			return 0, err
		}
	}
	if len(r.ready) == 0 {
		return r.usual.Read(p)
	}
	n := copy(p, r.ready)
	r.ready = r.ready[n:]
	return n, nil
}

// WriteTo implements [io.WriterTo].
func (r *members) WriteTo(w io.Writer) (written int64, _ error) {
	for {
		n, err := w.Write(r.ready)
		written += int64(n)
		if r.ready = nil; err != nil {
			return written, err
		}
		if r.giveUp {
			n, err := r.usual.WriteTo(w)
			return written + n, err
		}
		if err := r.next(); errors.Is(err, io.EOF) {
			return written, nil
		} else if err != nil {
			return written, err
		}
	}
}

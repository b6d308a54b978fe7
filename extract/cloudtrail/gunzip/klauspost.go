//go:build !cgo || !libdeflate

package gunzip

import (
	"io"

	"github.com/klauspost/compress/gzip"
)

// Reader decompresses one gzip file after the other. Its zero value is ready.
type Reader struct{ z gzip.Reader }

// Reset gives what a gzip file holds, until the next Reset. Its errors, and those of reading, are those of package
// [gzip] and of r.
func (r *Reader) Reset(from io.Reader) (io.Reader, error) { return &r.z, r.z.Reset(from) }

// Close frees what the reader holds.
func (r *Reader) Close() {}

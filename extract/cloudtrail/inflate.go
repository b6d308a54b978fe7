//go:build !cgo || !libdeflate

package cloudtrail

import (
	"io"

	"github.com/klauspost/compress/gzip"
)

// inflater decompresses gzip. The build tag libdeflate replaces it.
type inflater struct{ gzip.Reader }

// reset makes it read a gzip file.
func (f *inflater) reset(r io.Reader) (io.Reader, error) { return &f.Reader, f.Reset(r) }

func (f *inflater) close() {}

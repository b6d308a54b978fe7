package cloudtrail

import (
	"bufio"
	"bytes"
	"fmt"
	"io"

	"github.com/klauspost/compress/zstd"

	"liftgraph/extract/cloudtrail/gunzip"
)

// decoder decompresses one object after the other.
type decoder struct {
	in   *bufio.Reader
	gzip gunzip.Reader
	zstd *zstd.Decoder
}

const (
	readSize      = 64 << 10
	maxZstdWindow = 32 << 20 // bytes of memory that an object may ask for; zstd -19 takes 8 MiB, --long more
)

func (d *decoder) close() {
	d.gzip.Close()
	if d.zstd != nil {
		d.zstd.Close()
	}
}

// open gives what an object holds: decompressed, where its first bytes say that it is compressed.
func (d *decoder) open(r io.Reader) (io.Reader, error) {
	magic, stored, err := d.begin(r)
	switch {
	case err != nil:
		return nil, err
	case bytes.HasPrefix(magic, []byte{0x1f, 0x8b}):
		return d.gzip.Reset(stored)
	case bytes.HasPrefix(magic, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		if d.zstd == nil {
			if d.zstd, err = zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(maxZstdWindow)); err != nil {
				return nil, err
			}
		}
		if err := d.zstd.Reset(stored); err != nil {
			return nil, fmt.Errorf("zstd: %w", err)
		}
		return d.zstd, nil
	default:
		return stored, nil
	}
}

// begin gives an object's first bytes, and all of it as a reader that decompresses fast: gzip and flate read memory, or
// a bufio.Reader, without a call for each byte.
func (d *decoder) begin(r io.Reader) (magic []byte, _ io.Reader, _ error) {
	if body, ok := r.(*bytes.Reader); ok {
		magic = make([]byte, 4)
		n, err := body.ReadAt(magic, 0)
		if err == io.EOF {
			err = nil
		}
		return magic[:n], body, err
	}
	if d.in == nil {
		d.in = bufio.NewReaderSize(nil, readSize)
	}
	d.in.Reset(r)
	magic, err := d.in.Peek(4)
	if err == io.EOF {
		err = nil
	}
	return magic, d.in, err
}

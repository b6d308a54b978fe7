// Package unpack decompresses what says by its first bytes that it is compressed: gzip, also of several members, and zstd.
package unpack

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// Reader decompresses one object after the other, with the same memory. Its zero value is ready. It isn't safe for
// concurrent use.
type Reader struct {
	in   *bufio.Reader
	gzip gzip.Reader
	zstd *zstd.Decoder
}

const (
	readSize      = 64 << 10
	maxZstdWindow = 32 << 20 // bytes of memory that an object may ask for; zstd -19 takes 8 MiB, --long more
)

// Close frees the memory.
func (d *Reader) Close() {
	if d.zstd != nil {
		d.zstd.Close()
	}
}

// Open gives what an object holds, until the next call: as it stands where it isn't compressed.
func (d *Reader) Open(r io.Reader) (io.Reader, error) {
	if d.in == nil {
		d.in = bufio.NewReaderSize(nil, readSize)
	}
	d.in.Reset(r)
	magic, err := d.in.Peek(4)
	switch {
	case err != nil && !errors.Is(err, io.EOF):
		return nil, err
	case bytes.HasPrefix(magic, []byte{0x1f, 0x8b}):
		if err := d.gzip.Reset(d.in); err != nil {
			return nil, fmt.Errorf("gzip: %w", err)
		}
		return &d.gzip, nil
	case bytes.HasPrefix(magic, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		if d.zstd == nil {
			if d.zstd, err = zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(maxZstdWindow)); err != nil {
				return nil, err
			}
		}
		if err := d.zstd.Reset(d.in); err != nil {
			return nil, fmt.Errorf("zstd: %w", err)
		}
		return d.zstd, nil
	}
	return d.in, nil
}

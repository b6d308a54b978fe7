package objects

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// Decompressor decompresses one object after the other, with the same memory: gzip, also of several members, and zstd, as
// an object's first bytes say. Its zero value is ready. It isn't safe for concurrent use.
type Decompressor struct {
	in   *bufio.Reader
	more *Decompressor // of what is compressed twice
	gzip gzip.Reader
	zstd *zstd.Decoder
}

const readSize = 64 << 10

// MaxZstdWindow is how many bytes of memory an object may ask for: zstd -19 takes 8 MiB, --long more.
const MaxZstdWindow = 32 << 20

// Close frees the memory.
func (d *Decompressor) Close() {
	if d.zstd != nil {
		d.zstd.Close()
	}
	if d.more != nil {
		d.more.Close()
	}
}

// Open returns what an object holds, valid until the next call: decompressed, or as it stands where it isn't compressed.
func (d *Decompressor) Open(r io.Reader) (io.Reader, error) {
	magic, stored, err := d.begin(r)
	switch {
	case err != nil:
		return nil, err
	case bytes.HasPrefix(magic, []byte{0x1f, 0x8b}):
		if err := d.gzip.Reset(stored); err != nil {
			return nil, fmt.Errorf("gzip: %w", err)
		}
		return &d.gzip, nil
	case isZstd(magic):
		if d.zstd == nil {
			if d.zstd, err = zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(MaxZstdWindow)); err != nil {
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

// isZstd reports whether an object begins with a frame of zstd, or with one that is to be skipped, as pzstd writes it.
func isZstd(magic []byte) bool {
	return bytes.HasPrefix(magic, zstdMagic) || len(magic) == 4 && magic[0]&0xf0 == 0x50 && bytes.Equal(magic[1:], []byte{0x2a, 0x4d, 0x18})
}

// begin returns an object's first bytes, and all of it as a reader that decompresses fast: gzip and flate read memory, or a
// bufio.Reader, without a call for each byte.
func (d *Decompressor) begin(r io.Reader) (magic []byte, _ io.Reader, _ error) {
	if body, ok := r.(*bytes.Reader); ok {
		magic = make([]byte, 4)
		n, err := body.ReadAt(magic, 0)
		if errors.Is(err, io.EOF) {
			err = nil
		}
		return magic[:n], body, err
	}
	if d.in == nil {
		d.in = bufio.NewReaderSize(nil, readSize)
	}
	d.in.Reset(r)
	magic, err := d.in.Peek(4)
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return magic, d.in, err
}

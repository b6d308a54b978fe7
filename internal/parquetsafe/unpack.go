package parquetsafe

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/snappy"
	"github.com/klauspost/compress/zstd"
	"github.com/parquet-go/parquet-go/format"
	"github.com/pierrec/lz4/v4"
)

// unpacker decompresses pages, one after the other, to the size that each says and no further.
type unpacker struct {
	gzip   *gzip.Reader
	brotli *brotli.Reader
	zstd   *zstd.Decoder
}

// append appends the size bytes that packed holds.
func (u *unpacker) append(to []byte, codec format.CompressionCodec, packed []byte, size int) ([]byte, error) {
	if size == 0 && len(packed) == 0 {
		return to, nil
	}
	room := to[len(to) : len(to)+size : len(to)+size]
	var err error
	switch codec {
	case format.Snappy:
		var n int
		if n, err = snappy.DecodedLen(packed); err == nil && n != size {
			return to, wrongSize(n, size)
		}
		if err == nil {
			_, err = snappy.Decode(room, packed)
		}
	case format.Lz4Raw:
		var n int
		if n, err = lz4.UncompressBlock(packed, room); err == nil && n != size {
			return to, wrongSize(n, size)
		}
	case format.Zstd:
		if u.zstd == nil {
			if u.zstd, err = zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(maxPage), zstd.WithDecodeAllCapLimit(true), zstd.WithDecoderLowmem(true)); err != nil {
				return to, err
			}
		}
		var all []byte
		if all, err = u.zstd.DecodeAll(packed, room[:0:size]); errors.Is(err, zstd.ErrDecoderSizeExceeded) {
			return to, refuse("a page decompresses to more than the %d bytes that it says", size)
		} else if err == nil && len(all) != size {
			return to, wrongSize(len(all), size)
		}
	case format.Gzip:
		if u.gzip == nil {
			u.gzip = new(gzip.Reader)
		}
		if err = u.gzip.Reset(bytes.NewReader(packed)); err == nil {
			err = exactly(room, u.gzip)
		}
	case format.Brotli:
		if u.brotli == nil {
			u.brotli = new(brotli.Reader)
		}
		if err = u.brotli.Reset(bytes.NewReader(packed)); err == nil {
			err = exactly(room, u.brotli)
		}
	default:
		return to, fmt.Errorf("its compression %s isn't read: write it with another one", codec)
	}
	if err != nil {
		return to, fmt.Errorf("decompressing a page: %w", err)
	}
	return to[:len(to)+size], nil
}

// exactly fills room with what r holds, which may be neither less nor more.
func exactly(room []byte, r io.Reader) error {
	n, err := io.ReadFull(r, room)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return wrongSize(n, len(room))
	}
	if err != nil {
		return err
	}
	var more [1]byte
	for {
		n, err := r.Read(more[:])
		switch {
		case n > 0:
			return refuse("a page decompresses to more than the %d bytes that it says", len(room))
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
	}
}

func wrongSize(got, said int) error {
	return refuse("a page decompresses to %d bytes, and says %d", got, said)
}

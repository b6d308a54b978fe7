package blockgzip

import (
	"bytes"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"slices"

	"github.com/klauspost/compress/flate"
)

// Reader reads one block after the other of any files.
type Reader struct {
	packed []byte
	in     bytes.Reader
	flate  io.ReadCloser
}

// Block returns the text of the block at an offset of a file, until the next call. Bytes that aren't those that were
// written are an error.
func (r *Reader) Block(file io.ReaderAt, offset int64, b Block) (io.Reader, error) {
	r.packed = slices.Grow(r.packed[:0], int(b.Bytes)+len(final))[:b.Bytes]
	if n, err := file.ReadAt(r.packed, offset); n < len(r.packed) {
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return nil, err
	}
	if got := Checksum(r.packed); got != b.Sum {
		return nil, fmt.Errorf("the block at byte %d isn't as it was written: its checksum is %08x, not %08x", offset, got, b.Sum)
	}
	r.packed = append(r.packed, final[:]...)
	r.in.Reset(r.packed)
	if r.flate == nil {
		r.flate = flate.NewReader(&r.in)
		return r.flate, nil
	}
	return r.flate, r.flate.(flate.Resetter).Reset(&r.in, nil)
}

// Whole verifies that blocks are all of a file, and the file gzip, as they are read one after the other.
type Whole struct {
	file      io.ReaderAt
	size, at  int64
	sum, text uint32
	blocks    Reader
}

// NewWhole begins with a file of so many bytes.
func NewWhole(file io.ReaderAt, size int64) (*Whole, error) {
	var head [len(header)]byte
	if _, err := file.ReadAt(head[:], 0); err != nil || head != header {
		return nil, errors.Join(errors.New("it doesn't begin as it should"), err)
	}
	return &Whole{file: file, size: size, at: int64(HeadBytes)}, nil
}

// Next returns the text of the next block, all of which is to be read.
func (w *Whole) Next(b Block) (io.Reader, error) {
	r, err := w.blocks.Block(w.file, w.at, b)
	w.at += b.Bytes
	return io.TeeReader(r, w), err
}

// Write sums up text that was read.
func (w *Whole) Write(text []byte) (int, error) {
	w.sum = crc32.Update(w.sum, crc32.IEEETable, text)
	w.text += uint32(len(text))
	return len(text), nil
}

// Close returns an error unless the file ends behind the last block, with what gzip says of all text.
func (w *Whole) Close() error {
	tail := make([]byte, TailBytes)
	if w.at+int64(len(tail)) != w.size {
		return fmt.Errorf("its blocks end at byte %d of %d", w.at, w.size)
	}
	if _, err := w.file.ReadAt(tail, w.at); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	if !bytes.Equal(tail, appendTail(nil, w.sum, w.text)) {
		return errors.New("it doesn't end with the checksum and size of its text")
	}
	return nil
}

// Package blockgzip writes gzip that can be read in the middle: one member, as every reader takes it, whose blocks of
// text don't depend on each other and begin at offsets that the writer returns.
//
// Members one after the other would do the same, but Java reports no more bytes to be available behind the first one
// (java.util.zip.InflaterInputStream), so that its readers go on in bites of 8 KiB: neo4j-admin 5.26 was many times slower then.
package blockgzip

import (
	"encoding/binary"
	"hash/crc32"
	"io"

	"github.com/klauspost/compress/flate"
)

// header says gzip and deflate; no name, no time and no system, so that the bytes depend on the text alone.
var header = [...]byte{0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff}

// final is a deflate block without text that says that it is the last one.
var final = [...]byte{3, 0}

// What a file has before its first block and behind its last one, in bytes.
const (
	HeadBytes = len(header)
	TailBytes = len(final) + 8
)

// Block is the location of a block.
type Block struct {
	Bytes int64
	Sum   uint32 // [Checksum] of these
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// Checksum returns the CRC-32C of a block's bytes.
func Checksum(b []byte) uint32 { return crc32.Checksum(b, castagnoli) }

// Writer writes one file after the other. The first begins with Reset.
type Writer struct {
	w     counter
	flate *flate.Writer
	sum   uint32 // of the text, as gzip has it
	size  uint32 // of the text, modulo 2^32
}

// NewWriter compresses at a level of [flate.NewWriter].
func NewWriter(level int) (*Writer, error) {
	f, err := flate.NewWriter(nil, level)
	return &Writer{flate: f}, err
}

// Reset begins a file.
func (w *Writer) Reset(to io.Writer) error {
	w.w, w.sum, w.size = counter{w: to}, 0, 0
	_, err := to.Write(header[:])
	return err
}

// Block writes a block of text.
func (w *Writer) Block(text []byte) (Block, error) {
	w.sum = crc32.Update(w.sum, crc32.IEEETable, text)
	w.size += uint32(len(text))
	w.w.n, w.w.sum = 0, 0
	w.flate.Reset(&w.w) // it forgets the blocks before
	if _, err := w.flate.Write(text); err != nil {
		return Block{}, err
	}
	err := w.flate.Flush() // to a whole byte
	return Block{w.w.n, w.w.sum}, err
}

// Close ends the file.
func (w *Writer) Close() error {
	tail := appendTail(nil, w.sum, w.size)
	_, err := w.w.w.Write(tail)
	return err
}

func appendTail(dst []byte, sum, size uint32) []byte {
	dst = append(dst, final[:]...)
	dst = binary.LittleEndian.AppendUint32(dst, sum)
	return binary.LittleEndian.AppendUint32(dst, size)
}

// counter counts and sums up what passes.
type counter struct {
	w   io.Writer
	n   int64
	sum uint32
}

// Write implements [io.Writer].
func (c *counter) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += int64(n)
	c.sum = crc32.Update(c.sum, castagnoli, p[:n])
	return n, err
}

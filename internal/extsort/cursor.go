package extsort

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// runCursor reads one run.
type runCursor struct {
	in         *bufio.Reader
	packed     []byte
	block      []byte
	rest       []byte
	key, value []byte
	err        error
}

func (s *spillFile) cursor(r run) *runCursor {
	return &runCursor{in: bufio.NewReaderSize(io.NewSectionReader(s.file, r.start, r.end-r.start), 16<<10)}
}

var errDamaged = errors.New("a sort run on disk is damaged")

func (c *runCursor) next() bool {
	for len(c.rest) == 0 {
		n, err := binary.ReadUvarint(c.in)
		if err != nil {
			if !errors.Is(err, io.EOF) {
				c.err = fmt.Errorf("read a sort run: %w", err)
			}
			return false
		}
		if uint64(cap(c.packed)) < n {
			c.packed = make([]byte, n)
		}
		c.packed = c.packed[:n]
		if _, err := io.ReadFull(c.in, c.packed); err != nil {
			c.err = fmt.Errorf("read a sort run: %w", err)
			return false
		}
		if c.block, err = decoder().DecodeAll(c.packed, c.block[:0]); err != nil {
			c.err = fmt.Errorf("%w: %w", errDamaged, err)
			return false
		}
		c.rest = c.block
	}
	k, n1 := binary.Uvarint(c.rest)
	v, n2 := binary.Uvarint(c.rest[max(n1, 0):])
	if n1 <= 0 || n2 <= 0 || k+v > uint64(len(c.rest)-n1-n2) {
		c.err = errDamaged
		return false
	}
	c.rest = c.rest[n1+n2:]
	c.key, c.value, c.rest = c.rest[:k], c.rest[k:k+v], c.rest[k+v:]
	return true
}

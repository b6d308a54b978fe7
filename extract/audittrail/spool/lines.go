package spool

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"

	"github.com/klauspost/compress/zstd"
)

// maxLine bounds an event, in bytes. None is written that is longer.
const maxLine = 64 << 20

// errTorn is given for what follows the last line break: an event that was never durable, or isn't yet.
var errTorn = errors.New("the last line has no end")

// linesOf returns the lines of what r reads, without their line breaks, each valid until the next. The first error ends them.
func linesOf(r io.Reader) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		in := bufio.NewReaderSize(r, 64<<10)
		var long []byte
		for {
			part, err := in.ReadSlice('\n')
			line := part
			if len(long) > 0 || errors.Is(err, bufio.ErrBufferFull) {
				long = append(long, part...)
				line = long
			}
			switch {
			case err == nil:
				if !yield(line[:len(line)-1], nil) {
					return
				}
				long = long[:0]
			case len(line) > maxLine+1:
				yield(nil, fmt.Errorf("a line is longer than %d MiB", maxLine>>20))
				return
			case errors.Is(err, bufio.ErrBufferFull):
			case errors.Is(err, io.EOF):
				if len(line) > 0 {
					yield(line, errTorn)
				}
				return
			default:
				yield(nil, err)
				return
			}
		}
	}
}

// closedLines returns the lines of a closed segment.
func closedLines(f *os.File) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		z, err := zstd.NewReader(f, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true))
		if err != nil {
			yield(nil, err)
			return
		}
		defer z.Close()
		linesOf(z)(yield)
	}
}

package cloudtrail

import (
	"bufio"
	"errors"
	"io"
	"os"
)

// spill keeps bytes in memory, and those for which there is no room there in a temporary file.
type spill struct {
	dir    string
	blocks [][]byte
	f      *os.File // nil: all is in memory
	w      *bufio.Writer
}

// The size of a block, and how many there are at most.
const (
	spillBlock  = 1 << 20
	spillBlocks = 16
)

// Write implements [io.Writer].
func (s *spill) Write(p []byte) (int, error) {
	size := len(p)
	for len(p) > 0 && s.f == nil {
		last := len(s.blocks) - 1
		if last < 0 || len(s.blocks[last]) == spillBlock {
			if len(s.blocks) == spillBlocks {
				break
			}
			s.blocks = append(s.blocks, make([]byte, 0, spillBlock))
			last++
		}
		n := min(len(p), spillBlock-len(s.blocks[last]))
		s.blocks[last] = append(s.blocks[last], p[:n]...)
		p = p[n:]
	}
	if len(p) == 0 {
		return size, nil
	}
	if s.f == nil {
		f, err := unnamedFile(s.dir)
		if err != nil {
			return 0, err
		}
		s.f, s.w = f, bufio.NewWriterSize(f, 256<<10)
	}
	_, err := s.w.Write(p)
	return size, err
}

// flush makes what was written ready to be read.
func (s *spill) flush() error {
	if s.w == nil {
		return nil
	}
	return s.w.Flush()
}

// ReadAt implements [io.ReaderAt].
func (s *spill) ReadAt(p []byte, at int64) (n int, err error) {
	for n < len(p) {
		if at < spillBlock*spillBlocks {
			i, from := int(at/spillBlock), int(at%spillBlock)
			if i >= len(s.blocks) || from >= len(s.blocks[i]) {
				return n, io.EOF
			}
			m := copy(p[n:], s.blocks[i][from:])
			n, at = n+m, at+int64(m)
			continue
		}
		if s.f == nil {
			return n, io.EOF
		}
		m, err := s.f.ReadAt(p[n:], at-spillBlock*spillBlocks)
		return n + m, err
	}
	return n, nil
}

// slice returns bytes that lie in one block in memory, without a copy; nil where they don't.
func (s *spill) slice(at, size int64) []byte {
	i, from := at/spillBlock, at%spillBlock
	if i >= int64(len(s.blocks)) || from+size > int64(len(s.blocks[i])) {
		return nil
	}
	return s.blocks[i][from : from+size]
}

// close removes the file.
func (s *spill) close() error {
	s.blocks = nil
	if s.f == nil {
		return nil
	}
	return s.f.Close()
}

// unnamedFile makes a temporary file that is gone when it is closed.
func unnamedFile(dir string) (*os.File, error) {
	f, err := os.CreateTemp(dir, ".liftgraph-cloudtrail-*")
	if err != nil {
		return nil, err
	}
	if err := os.Remove(f.Name()); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

package extsort

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"sync"

	"github.com/klauspost/compress/zstd"

	"liftgraph/internal/disk"
)

// blockSize is how many bytes of pairs make a block. Blocks are compressed one by one, so that a run
// being read costs one block of memory and not a decoder's window.
const blockSize = 64 << 10

// askEvery is after how many pairs a long merge asks whether to go on.
const askEvery = 1 << 14

// One encoder and one decoder serve every sorter: block calls share no state.
var (
	encoder = sync.OnceValue(func() *zstd.Encoder {
		e, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(2), zstd.WithWindowSize(blockSize), zstd.WithLowerEncoderMem(true), zstd.WithEncoderCRC(true))
		if err != nil {
			panic(err) // only for options that contradict each other
		}
		return e
	})
	decoder = sync.OnceValue(func() *zstd.Decoder {
		d, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(2), zstd.WithDecoderLowmem(true))
		if err != nil {
			panic(err)
		}
		return d
	})
)

// create makes a spill file; a test replaces it to make the disk fail.
var create = func(dir string) (file, error) { return disk.CreateTemp(dir, ".liftgraph-sort-*") }

type file interface {
	io.Writer
	io.ReaderAt
	io.Closer
	Name() string
}

// spillFile holds sorted runs, one after the other.
type spillFile struct {
	dir  string
	file file
	size int64
	runs []run
}

type run struct{ start, end int64 }

func newSpillFile(dir string) (*spillFile, error) {
	f, err := create(dir)
	if err != nil {
		return nil, err
	}
	if err := os.Remove(f.Name()); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return &spillFile{dir: dir, file: f}, nil
}

func (s *spillFile) close() error { return s.file.Close() }

// writeRun appends the pairs of a sorted buffer as a run.
func (s *spillFile) writeRun(b *buffer) error {
	w := s.beginRun()
	for i := range b.index {
		key, value := b.pair(i)
		if err := w.add(key, value); err != nil {
			return err
		}
	}
	return w.end()
}

// mergePass merges every fanIn runs into one, in a new file, and closes the old one.
func (s *spillFile) mergePass(stop func() error) (*spillFile, error) {
	next, err := newSpillFile(s.dir)
	if err != nil {
		return s, err
	}
	for rest := s.runs; len(rest) > 0; {
		n := min(fanIn, len(rest))
		if err := next.mergeRuns(s, rest[:n], stop); err != nil {
			return s, errors.Join(err, next.close())
		}
		rest = rest[n:]
	}
	return next, s.close()
}

func (s *spillFile) mergeRuns(from *spillFile, runs []run, stop func() error) error {
	m, err := newMerge(from, runs)
	if err != nil {
		return err
	}
	w := s.beginRun()
	for n := 1; m.next(); n++ {
		if n%askEvery == 0 {
			if err := stop(); err != nil {
				return err
			}
		}
		if err := w.add(m.pair()); err != nil {
			return err
		}
	}
	if m.err != nil {
		return m.err
	}
	return w.end()
}

type runWriter struct {
	s     *spillFile
	start int64
	block []byte
	out   []byte
	buf   *bufio.Writer
}

func (s *spillFile) beginRun() *runWriter {
	return &runWriter{s: s, start: s.size, block: make([]byte, 0, blockSize), buf: bufio.NewWriterSize(s.file, blockSize)}
}

func (w *runWriter) add(key, value []byte) error {
	if len(w.block)+len(key)+len(value)+2*binary.MaxVarintLen32 > blockSize && len(w.block) > 0 {
		if err := w.flush(); err != nil {
			return err
		}
	}
	w.block = binary.AppendUvarint(w.block, uint64(len(key)))
	w.block = binary.AppendUvarint(w.block, uint64(len(value)))
	w.block = append(append(w.block, key...), value...)
	return nil
}

func (w *runWriter) flush() error {
	w.out = encoder().EncodeAll(w.block, w.out[:0])
	var head [binary.MaxVarintLen64]byte
	n, err := w.buf.Write(binary.AppendUvarint(head[:0], uint64(len(w.out))))
	w.s.size += int64(n)
	if err == nil {
		n, err = w.buf.Write(w.out)
		w.s.size += int64(n)
	}
	w.block = w.block[:0]
	return err
}

func (w *runWriter) end() error {
	if err := w.flush(); err != nil {
		return err
	}
	w.s.runs = append(w.s.runs, run{w.start, w.s.size})
	return w.buf.Flush()
}

// Package extsort sorts any number of key-value pairs in a fixed amount of memory.
//
// Pairs gather in a buffer; a full buffer is sorted and written to disk as a run of zstd blocks
// while the next one fills; the runs are merged when they are read. Pairs come out by key and,
// within a key, by value, so that the order doesn't depend on that of their arrival.
//
// Spill files are unlinked as soon as they are made: a killed process leaves nothing behind.
package extsort

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"slices"
)

// Config sizes a sorter.
type Config struct {
	Dir    string // where spill files are made
	Memory int    // bytes for the two buffers together; DefaultMemory if 0

	Stop func() error // asked now and then during long merges; an error of it ends them; may be nil
}

// DefaultMemory is the buffer memory of a sorter, in bytes. A smaller one makes more runs, not more memory elsewhere.
const DefaultMemory = 8 << 20

// fanIn is how many runs are merged at once. More of them are first merged into fewer, in another pass over the disk.
const fanIn = 64

// Sorter takes pairs in any order. It isn't safe for concurrent use.
type Sorter struct {
	dir    string
	stop   func() error
	limit  int
	buf    *buffer
	spare  chan *buffer // holds the other buffer when it isn't being written
	spills *spillFile
	failed chan error // the outcome of the spill under way
	busy   bool
	closed bool
}

// New makes a sorter. Nothing touches the disk before a buffer is full.
func New(cfg Config) *Sorter {
	if cfg.Memory == 0 {
		cfg.Memory = DefaultMemory
	}
	if cfg.Stop == nil {
		cfg.Stop = func() error { return nil }
	}
	s := &Sorter{dir: cfg.Dir, stop: cfg.Stop, limit: min(cfg.Memory/2, math.MaxInt32), buf: new(buffer), spare: make(chan *buffer, 1), failed: make(chan error, 1)}
	s.spare <- new(buffer)
	return s
}

// Add takes a pair, which it copies. An error of the disk may come from a pair that was added before.
func (s *Sorter) Add(key, value []byte) error {
	if s.buf.size()+len(key)+len(value) > s.limit && len(s.buf.index) > 0 {
		if err := s.spill(); err != nil {
			return err
		}
	}
	s.buf.add(key, value)
	return nil
}

// spill hands the full buffer to the background and goes on with the other one.
func (s *Sorter) spill() error {
	if err := s.wait(); err != nil {
		return err
	}
	if s.spills == nil {
		f, err := newSpillFile(s.dir)
		if err != nil {
			return err
		}
		s.spills = f
	}
	full := s.buf
	s.buf = <-s.spare
	s.busy = true
	go func() {
		full.sort()
		err := s.spills.writeRun(full)
		full.reset()
		s.spare <- full
		s.failed <- err
	}()
	return nil
}

func (s *Sorter) wait() error {
	if !s.busy {
		return nil
	}
	s.busy = false
	if err := <-s.failed; err != nil {
		return fmt.Errorf("write a sort run: %w", err)
	}
	return nil
}

// Sort ends the input and returns the pairs in order. The sorter can't be used afterwards; the iterator owns its files.
func (s *Sorter) Sort() (*Iterator, error) {
	if s.closed {
		return nil, errors.New("extsort: sorted twice")
	}
	s.closed = true
	if err := s.wait(); err != nil {
		return nil, errors.Join(err, s.spills.close())
	}
	if s.spills == nil {
		s.buf.sort()
		return newIterator(&bufferCursor{buf: s.buf}, nil), nil
	}
	s.buf.sort()
	err := s.spills.writeRun(s.buf)
	s.buf, s.spare = nil, nil
	if err == nil {
		for len(s.spills.runs) > fanIn && err == nil {
			s.spills, err = s.spills.mergePass(s.stop)
		}
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("write a sort run: %w", err), s.spills.close())
	}
	m, err := newMerge(s.spills, s.spills.runs)
	if err != nil {
		return nil, errors.Join(err, s.spills.close())
	}
	return newIterator(m, s.spills), nil
}

// Close drops the sorter where [Sorter.Sort] was not reached.
func (s *Sorter) Close() error {
	if s.closed {
		return nil
	}
	s.closed = true
	err := s.wait()
	if s.spills != nil {
		err = errors.Join(err, s.spills.close())
	}
	return err
}

// buffer is pairs in memory: their bytes one after the other, and where each begins.
type buffer struct {
	data  []byte
	index []entry
}

type entry struct{ off, key, value uint32 } // offset, lengths

const entrySize = 12

func (b *buffer) size() int { return len(b.data) + len(b.index)*entrySize }

func (b *buffer) reset() { b.data, b.index = b.data[:0], b.index[:0] }

func (b *buffer) add(key, value []byte) {
	b.index = append(b.index, entry{uint32(len(b.data)), uint32(len(key)), uint32(len(value))})
	b.data = append(append(b.data, key...), value...)
}

func (b *buffer) pair(i int) (key, value []byte) {
	e := b.index[i]
	mid := e.off + e.key
	return b.data[e.off:mid:mid], b.data[mid : mid+e.value : mid+e.value]
}

func (b *buffer) sort() {
	slices.SortFunc(b.index, func(x, y entry) int {
		xm, ym := x.off+x.key, y.off+y.key
		if c := bytes.Compare(b.data[x.off:xm], b.data[y.off:ym]); c != 0 {
			return c
		}
		return bytes.Compare(b.data[xm:xm+x.value], b.data[ym:ym+y.value])
	})
}

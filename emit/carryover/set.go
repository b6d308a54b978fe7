package carryover

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"slices"
	"sort"
	"strings"

	"liftgraph/internal/disk"
	"liftgraph/internal/extsort"
)

// A look-up reads a block of about so many bytes of ids. Where there would be more than so many blocks, they are larger: memory
// doesn't grow with the set.
const (
	blockSize = 2 << 10
	maxBlocks = 1 << 16
)

// set is ids on disk, sorted and each once, with the first id of each block in memory. The file has no name, and nothing is left of it.
type set struct {
	file   *disk.File
	size   int64
	firsts []string // the first id of each block
	starts []int64  // where each block begins

	block int // that is in buf; -1: none
	buf   []byte
}

// setWriter writes a set.
type setWriter struct {
	set  *set
	out  *bufio.Writer
	last []byte
	any  bool
	size int64 // of a block
	head []byte
}

// newSetWriter begins a set in a directory. The caller closes the set.
func newSetWriter(dir string) (*setWriter, error) {
	file, err := disk.CreateTemp(dir, ".liftgraph-ids-*")
	if err != nil {
		return nil, err
	}
	w := &setWriter{set: &set{file: &file, block: -1}, size: blockSize, out: bufio.NewWriterSize(file, 64<<10)}
	if err := os.Remove(file.Name()); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return w, nil
}

// add takes the next id, in order; one that was the last already is taken once.
func (w *setWriter) add(id string) error {
	if w.any && string(w.last) == id {
		return nil
	}
	w.any = true
	w.last = append(w.last[:0], id...)
	s := w.set
	if n := len(s.starts); n == 0 || s.size-s.starts[n-1] >= w.size {
		if n == maxBlocks {
			w.widen()
		}
		s.firsts, s.starts = append(s.firsts, strings.Clone(id)), append(s.starts, s.size)
	}
	w.head = binary.AppendUvarint(w.head[:0], uint64(len(id)))
	s.size += int64(len(w.head) + len(id))
	if _, err := w.out.Write(w.head); err != nil {
		return err
	}
	_, err := w.out.WriteString(id)
	return err
}

// widen makes one block of each two.
func (w *setWriter) widen() {
	s := w.set
	for i := range len(s.starts) / 2 {
		s.firsts[i], s.starts[i] = s.firsts[2*i], s.starts[2*i]
	}
	clear(s.firsts[len(s.starts)/2:])
	s.firsts, s.starts = s.firsts[:len(s.starts)/2], s.starts[:len(s.starts)/2]
	w.size *= 2
}

// done completes the set.
func (w *setWriter) done() error { return w.out.Flush() }

// newSet makes a set of the keys in a sorter, which it closes.
func newSet(dir string, sorter *extsort.Sorter) (_ *set, err error) {
	it, err := sorter.Sort()
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, it.Close()) }()
	w, err := newSetWriter(dir)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, w.set.close())
		}
	}()
	for it.Next() {
		if err := w.add(string(it.Key())); err != nil {
			return nil, err
		}
	}
	return w.set, errors.Join(it.Err(), w.done())
}

// close frees the file. It may be called for no set, too.
func (s *set) close() error {
	if s == nil || s.file == nil {
		return nil
	}
	file := s.file
	s.file = nil
	return file.Close()
}

// has reports whether an id is in the set; no set has none. Ids in about their order cost least.
func (s *set) has(id string) (bool, error) {
	if s == nil || len(s.firsts) == 0 || id < s.firsts[0] {
		return false, nil
	}
	b := s.block
	if b < 0 || id < s.firsts[b] || b+1 < len(s.firsts) && id >= s.firsts[b+1] {
		b = sort.Search(len(s.firsts), func(i int) bool { return s.firsts[i] > id }) - 1
		if err := s.read(b); err != nil {
			return false, err
		}
	}
	for rest := s.buf; len(rest) > 0; {
		size, w := binary.Uvarint(rest)
		if w <= 0 || uint64(len(rest)-w) < size {
			return false, errors.New("read a spill file: it is damaged")
		}
		if known := rest[w : w+int(size)]; string(known) >= id {
			return string(known) == id, nil
		}
		rest = rest[w+int(size):]
	}
	return false, nil
}

// read reads a block.
func (s *set) read(b int) error {
	end := s.size
	if b+1 < len(s.starts) {
		end = s.starts[b+1]
	}
	s.block, s.buf = -1, slices.Grow(s.buf[:0], int(end-s.starts[b]))[:end-s.starts[b]]
	if _, err := s.file.ReadAt(s.buf, s.starts[b]); err != nil {
		return fmt.Errorf("read a spill file: %w", err)
	}
	s.block = b
	return nil
}

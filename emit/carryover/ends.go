package carryover

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"

	"liftgraph/graph"
	"liftgraph/internal/extsort"
)

// endsMemory is that of one label's sorter: all of them are open at once.
const endsMemory = 4 << 20

// gather reads the previous relationships that tell the past, and keeps the ids at their ends, on disk, by label.
func (s *Sink) gather() (err error) {
	sorters := map[graph.Label]*extsort.Sorter{}
	defer func() {
		for _, e := range sorters {
			err = errors.Join(err, e.Close())
		}
	}()
	of := func(l graph.Label) *extsort.Sorter {
		if sorters[l] == nil {
			sorters[l] = extsort.New(extsort.Config{Dir: s.cfg.Temp, Memory: endsMemory, Stop: s.cfg.Stop})
		}
		return sorters[l]
	}
	for _, t := range s.cfg.Previous.Model.Tables() {
		r := t.Relationship
		if r != nil && r.Type == graph.Resource {
			s.roots[r.From] = true
		}
		if r == nil || !r.Past {
			continue
		}
		if err := s.endsOf(t, of(r.From), of(r.To)); err != nil {
			return err
		}
	}
	for label, sorter := range sorters {
		if s.ends[label], err = newSet(s.cfg.Temp, sorter); err != nil {
			return err
		}
	}
	return nil
}

// endsOf adds the ends of a table's rows.
func (s *Sink) endsOf(t *graph.Table, from, to *extsort.Sorter) error {
	var start, end []byte
	n := 0
	for row, err := range s.cfg.Previous.Rows(t) {
		if err == nil && n%4096 == 0 {
			err = s.cfg.Stop()
		}
		if err != nil {
			return err
		}
		if n++; n == 1 || row[0].Text != string(start) { // rows are sorted by it
			start = append(start[:0], row[0].Text...)
			if err := from.Add(start, nil); err != nil {
				return err
			}
		}
		end = append(end[:0], row[1].Text...)
		if err := to.Add(end, nil); err != nil {
			return err
		}
	}
	return nil
}

// set is ids on disk, sorted and each once. Nobody sees the file, and nothing is left of it.
type set struct {
	file *os.File
	size int64
}

// newSet makes a set of the keys in a sorter, which it closes.
func newSet(dir string, sorter *extsort.Sorter) (_ *set, err error) {
	it, err := sorter.Sort()
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, it.Close()) }()
	file, err := os.CreateTemp(dir, ".liftgraph-ends-*")
	if err != nil {
		return nil, err
	}
	s := &set{file: file}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.close())
		}
	}()
	if err := os.Remove(file.Name()); err != nil {
		return nil, err
	}
	w := bufio.NewWriterSize(file, 64<<10)
	var last, head []byte
	for first := true; it.Next(); first = false {
		if !first && string(it.Key()) == string(last) {
			continue
		}
		last = append(last[:0], it.Key()...)
		head = binary.AppendUvarint(head[:0], uint64(len(last)))
		s.size += int64(len(head) + len(last))
		_, err := w.Write(head)
		if err == nil {
			_, err = w.Write(last)
		}
		if err != nil {
			return nil, err
		}
	}
	return s, errors.Join(it.Err(), w.Flush())
}

func (s *set) close() error {
	if s == nil {
		return nil
	}
	return s.file.Close()
}

// reader gives one that stands before the first id. Several may read at once.
func (s *set) reader() *setReader { return &setReader{set: s} }

// setReader tells of ids whether they are in a set, quickly where they come in order.
type setReader struct {
	set  *set
	in   *bufio.Reader // nil before the first
	id   []byte        // the current one
	more bool
}

func (r *setReader) has(id string) (bool, error) {
	if behind := string(r.id) > id || !r.more && string(r.id) == id; r.in == nil || behind {
		r.in = bufio.NewReaderSize(io.NewSectionReader(r.set.file, 0, r.set.size), 64<<10)
		if err := r.next(); err != nil {
			return false, err
		}
	}
	for r.more && string(r.id) < id {
		if err := r.next(); err != nil {
			return false, err
		}
	}
	return r.more && string(r.id) == id, nil
}

// next moves on; at the end it keeps the last id.
func (r *setReader) next() error {
	n, err := binary.ReadUvarint(r.in)
	if r.more = err == nil; errors.Is(err, io.EOF) {
		return nil
	}
	if err == nil {
		if uint64(cap(r.id)) < n {
			r.id = make([]byte, n)
		}
		r.id = r.id[:n]
		_, err = io.ReadFull(r.in, r.id)
	}
	if err != nil {
		return fmt.Errorf("read a spill file: %w", err)
	}
	return nil
}

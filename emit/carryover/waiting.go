package carryover

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"liftgraph/graph"
	"liftgraph/internal/disk"
)

// needs returns the tables that must be complete before the rows of another one can be judged: those of the nodes at the ends; for runs
// that of their stacks; and for nodes that relationships need which are kept with their owners, those of the owners.
func (s *Sink) needs(t *graph.Table) (list []*graph.Table) {
	model := s.cfg.Previous.Model
	add := func(l graph.Label) {
		if other, ok := model.Table(string(l)); ok && other != t {
			list = append(list, other)
		}
	}
	if t.Relationship != nil {
		add(t.Relationship.From)
		add(t.Relationship.To)
		return list
	}
	if stack := t.Node.Refs[stackID]; stack != "" {
		add(stack)
	}
	for _, other := range model.Tables() {
		r := s.rules[other]
		if r.owner < 0 || !r.lasting && r.digest < 0 {
			continue
		}
		if end := []graph.Label{other.Relationship.From, other.Relationship.To}[1-r.owner]; end == t.Node.Label && end != r.ownerLabel {
			add(r.ownerLabel)
		}
	}
	return list
}

// settled reports whether the rows of a table can be judged.
func (s *Sink) settled(t *graph.Table) bool {
	return !slices.ContainsFunc(s.needs(t), func(other *graph.Table) bool { return !s.closed[other] })
}

// waiting is a table whose rows wait on disk. The file has no name.
type waiting struct {
	sink  *Sink
	table *graph.Table
	file  disk.File
	out   *bufio.Writer
	buf   []byte
	head  []byte
	whole bool // every row was written
}

// wait begins a table whose rows can't be judged yet.
func (s *Sink) wait(t *graph.Table) (*waiting, error) {
	file, err := disk.CreateTemp(s.cfg.Temp, ".liftgraph-rows-*")
	if err != nil {
		return nil, err
	}
	w := &waiting{sink: s, table: t, file: file, out: bufio.NewWriterSize(file, 64<<10)}
	s.waiting = append(s.waiting, w)
	return w, os.Remove(file.Name())
}

// Write implements [graph.TableWriter].
func (w *waiting) Write(row graph.Row) error {
	w.buf = graph.AppendRow(w.buf[:0], row, w.table.Columns)
	w.head = binary.AppendUvarint(w.head[:0], uint64(len(w.buf)))
	if _, err := w.out.Write(w.head); err != nil {
		return err
	}
	_, err := w.out.Write(w.buf)
	return err
}

// Close implements [graph.TableWriter].
func (w *waiting) Close() error {
	if err := w.out.Flush(); err != nil {
		return err
	}
	w.whole = true
	return w.sink.resume()
}

func (w *waiting) close() error { return w.file.Close() }

// resume writes the tables that waited for those that are complete now.
func (s *Sink) resume() error {
	for {
		i := slices.IndexFunc(s.waiting, func(w *waiting) bool { return w.whole && s.settled(w.table) })
		if i < 0 {
			return nil
		}
		w := s.waiting[i]
		s.waiting = slices.Delete(s.waiting, i, i+1)
		if err := errors.Join(w.replay(), w.close()); err != nil {
			return err
		}
	}
}

// replay judges the rows that waited.
func (w *waiting) replay() (err error) {
	if _, err := w.file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	in := bufio.NewReaderSize(w.file, 64<<10)
	to, err := w.sink.merge(w.table)
	if err != nil {
		return err
	}
	row := make(graph.Row, len(w.table.Columns))
	for {
		n, err := binary.ReadUvarint(in)
		if errors.Is(err, io.EOF) {
			return to.finish()
		}
		if err == nil {
			w.buf = slices.Grow(w.buf[:0], int(n))[:n]
			_, err = io.ReadFull(in, w.buf)
		}
		if err == nil {
			err = graph.DecodeRow(row, w.buf)
		}
		if err == nil {
			err = to.Write(row)
		}
		if err != nil {
			return errors.Join(fmt.Errorf("rows of %s: %w", w.table.Name, err), to.Close())
		}
	}
}

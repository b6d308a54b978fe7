package verify

import (
	"encoding/binary"
	"errors"

	"liftgraph/internal/extsort"
)

// endsMemory is that of one label's sorter: all of them are open at once.
const endsMemory = 4 << 20

// place is where an end of an edge was read.
type place struct {
	table, part int
	row         int64 // within the part, from 1
	column      int   // 0 or 1
}

// ends are the ids of one label that edges name, gathered and then given in order.
type ends struct {
	sorter   *extsort.Sorter
	iterator *extsort.Iterator
	id, buf  []byte
	key      []byte // the current id; nil at the end
}

func newEnds(tmp string) *ends {
	return &ends{sorter: extsort.New(extsort.Config{Dir: tmp, Memory: endsMemory})}
}

func (e *ends) add(id string, p place) error {
	e.id = append(e.id[:0], id...)
	// Big-endian, so that the first place comes first.
	e.buf = binary.BigEndian.AppendUint64(e.buf[:0], uint64(p.table)<<32|uint64(p.part))
	e.buf = binary.BigEndian.AppendUint64(e.buf, uint64(p.row)<<1|uint64(p.column))
	return e.sorter.Add(e.id, e.buf)
}

// sort ends the gathering and moves to the first id.
func (e *ends) sort() (err error) {
	if e.iterator, err = e.sorter.Sort(); err != nil {
		return err
	}
	e.next()
	return nil
}

func (e *ends) next() {
	e.key = nil
	if e.iterator.Next() {
		e.key = e.iterator.Key()
	}
}

func (e *ends) err() error { return e.iterator.Err() }

func (e *ends) place() (place, error) {
	v := e.iterator.Value()
	if len(v) != 16 {
		return place{}, errors.New("verify: damaged spill file")
	}
	file, row := binary.BigEndian.Uint64(v), binary.BigEndian.Uint64(v[8:])
	return place{int(file >> 32), int(uint32(file)), int64(row >> 1), int(row & 1)}, nil
}

// close frees what is left, at any time.
func (e *ends) close() error {
	if e.iterator != nil {
		return e.iterator.Close()
	}
	return e.sorter.Close()
}

package file

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"

	"liftgraph/emit/lake"
	"liftgraph/emit/parquetfile"
	"liftgraph/graph"
	"liftgraph/internal/extsort"
)

// datedWriter writes a table that has a folder for each date: rows come in the order of their keys, and are sorted by date on disk,
// so that one file is open at a time, whatever the number of dates.
type datedWriter struct {
	table      *graph.Table
	event      *string // the folder that to writes into
	to         *parquetfile.Writer
	index      *tableIndex
	sorter     *extsort.Sorter
	stop       func() error // returns an error when the job was interrupted
	rows       uint64
	key, value []byte
}

// Write implements [graph.TableWriter].
func (w *datedWriter) Write(row graph.Row) error {
	if len(row) != len(w.table.Columns) {
		return fmt.Errorf("%s: a row of %d columns, not %d", w.table.Name, len(row), len(w.table.Columns))
	}
	// Within a date the order of arrival is that of the keys.
	w.key = append(w.key[:0], lake.EventDate(w.table, row)...)
	w.key = binary.BigEndian.AppendUint64(w.key, w.rows)
	w.rows++
	w.value = graph.AppendRow(w.value[:0], row, w.table.Columns)
	return w.sorter.Add(w.key, w.value)
}

// Close implements [graph.TableWriter].
func (w *datedWriter) Close() (err error) {
	if err := w.stop(); err != nil { // a table that is dropped isn't sorted
		return errors.Join(err, w.sorter.Close())
	}
	sorted, err := w.sorter.Sort()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, sorted.Close()) }()
	*w.event = lake.NoEvent // of a table without rows
	for first := true; sorted.Next(); first = false {
		key := sorted.Key()
		date := key[:len(key)-8]
		if string(date) != *w.event {
			if !first {
				if err := cmp.Or(w.stop(), w.to.End()); err != nil {
					return err
				}
			}
			*w.event = string(date)
		}
		if err := w.to.WriteEncoded(sorted.Value()); err != nil {
			return err
		}
	}
	return cmp.Or(sorted.Err(), w.to.End(), w.index.close())
}

package parquetfile

import (
	"cmp"
	"fmt"
	"io"
	"unsafe"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress/zstd"

	"liftgraph/emit/index"
	"liftgraph/emit/lake"
	"liftgraph/graph"
)

// Limits say where a block, a row group and a part end: they depend on nothing but the rows. Row groups are small
// because one is held in memory until it ends. A block is what a look-up reads of one: about as many rows as fill a
// page with their ids. GroupBytes are of text; PartBytes are as they are stored, and a part ends at the first row group
// beyond them (0: none does).
type Limits struct{ BlockRows, GroupRows, GroupBytes, PartRows, PartBytes int }

// Part is a file that rows are encoded into.
type Part interface {
	io.Writer
	AddRows(n int64) // counts more rows
	Close() error
}

const (
	pageSize        = 64 << 10
	dictionaryLimit = 512 << 10 // a larger one is given up for plain values
	batchRows       = 512       // how many values a column takes at once
)

// encoder writes the parts of one table.
type encoder struct {
	create  func(n int) (Part, error)
	end     func() error // after each part; may be nil
	grouped func() error // after each row group; may be nil
	limits  Limits
	table   *graph.Table
	options []parquet.WriterOption
	writer  *parquet.GenericWriter[any] // of the file; its columns are written, never a value
	file    *counted                    // nil when closed
	parts   int

	row                   graph.Row
	slots                 []lake.Column // what each column of the files holds
	columns               [][]parquet.Value
	partRows, rows, bytes int            // of the part; of the row group
	index                 *index.Builder // nil: none is made
}

// counted is a part that knows its size.
type counted struct {
	Part
	bytes int
}

// Write implements [io.Writer].
func (c *counted) Write(b []byte) (int, error) {
	n, err := c.Part.Write(b)
	c.bytes += n
	return n, err
}

// compression is one for all files: it keeps encoders of 1.5 MB for the next pages.
var compression = &zstd.Codec{Level: zstd.SpeedDefault}

// newEncoder makes an encoder of files with the given columns; create returns each of them, by its number.
func newEncoder(l Limits, t *graph.Table, columns []lake.Column, create func(n int) (Part, error)) *encoder {
	options := []parquet.WriterOption{
		schema(t, columns), sorting(t),
		parquet.Compression(compression),
		parquet.PageBufferSize(pageSize), parquet.DictionaryMaxBytes(dictionaryLimit),
		// The first version of pages is read everywhere; statistics stand once a column chunk and in the page index.
		parquet.DataPageVersion(1), parquet.DataPageStatistics(false),
		parquet.WriteBufferSize(0), // the file has its own
	}
	for _, c := range columns {
		if c.Source >= t.IDs() && freeText[c.Name] {
			options = append(options, parquet.SkipPageBounds(c.Name))
		}
	}
	e := &encoder{create: create, limits: l, table: t, row: make(graph.Row, len(t.Columns)), slots: columns, columns: make([][]parquet.Value, len(columns))}
	e.options = options
	return e
}

func (e *encoder) open() error {
	f, err := e.create(e.parts)
	if err != nil {
		return err
	}
	e.parts++
	e.file, e.partRows = &counted{Part: f}, 0
	// A writer that is reset leaves the columns' paths out of its next file (parquet-go 0.32), which Trino and Spark then can't read.
	e.writer = parquet.NewGenericWriter[any](e.file, e.options...)
	return nil
}

// encode takes a batch of rows, whose memory is free again when it returns.
func (e *encoder) encode(batch []byte) error {
	if err := decodeBatch(batch, e.row, e.add); err != nil {
		return err
	}
	return e.flush()
}

// add takes the row decoded.
func (e *encoder) add() error {
	if e.file != nil && (e.partRows == e.limits.PartRows || e.limits.PartBytes > 0 && e.file.bytes >= e.limits.PartBytes) {
		if err := e.close(); err != nil {
			return err
		}
	}
	if e.file == nil {
		if err := e.open(); err != nil {
			return err
		}
	}
	for i := range e.slots {
		c := &e.slots[i]
		v := &e.row[c.Source]
		level := 1
		if c.Source < e.table.IDs() {
			level = 0
		}
		num, present := v.Num, v.Present
		if c.Timestamp {
			num, present = e.table.Columns[c.Source].TimeForm().Micros(v)
		}
		var p parquet.Value
		switch {
		case !present:
			e.columns[i] = append(e.columns[i], parquet.NullValue().Level(0, 0, i))
			continue
		case c.Type.IsText():
			p = parquet.ByteArrayValue(unsafe.Slice(unsafe.StringData(v.Text), len(v.Text)))
			e.bytes += len(v.Text)
		case c.Type == graph.Bool:
			p = parquet.BooleanValue(num != 0)
		default:
			p = parquet.Int64Value(num)
		}
		e.columns[i] = append(e.columns[i], p.Level(0, level, i))
	}
	e.partRows++
	e.rows++
	if e.index != nil {
		if e.index.Add(e.row); e.rows%e.limits.BlockRows == 0 {
			e.index.EndBlock()
		}
	}
	if e.rows == e.limits.GroupRows || e.bytes >= e.limits.GroupBytes {
		return e.endGroup()
	}
	if len(e.columns[0]) == batchRows {
		return e.flush()
	}
	return nil
}

// flush hands the values gathered to their columns, which copy them.
func (e *encoder) flush() error {
	for i, w := range e.writer.ColumnWriters() {
		if len(e.columns[i]) == 0 {
			continue
		}
		if _, err := w.WriteRowValues(e.columns[i]); err != nil {
			return fmt.Errorf("%s, part %d, column %s: %w", e.table.Folder(), e.parts-1, e.slots[i].Name, err)
		}
		e.columns[i] = e.columns[i][:0]
	}
	return nil
}

func (e *encoder) endGroup() error {
	if err := e.flush(); err != nil {
		return err
	}
	e.rows, e.bytes = 0, 0
	if e.index != nil {
		e.index.EndBlock()
	}
	if err := e.writer.Flush(); err != nil || e.grouped == nil {
		return err
	}
	return e.grouped()
}

// close ends the part.
func (e *encoder) close() error {
	if e.file == nil {
		return nil
	}
	f := e.file
	e.file = nil
	f.AddRows(int64(e.partRows))
	if err := cmp.Or(e.endGroup(), e.writer.Close(), f.Close()); err != nil || e.end == nil {
		return err
	}
	return e.end()
}

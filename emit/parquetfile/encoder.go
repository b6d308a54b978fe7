package parquetfile

import (
	"cmp"
	"fmt"
	"unsafe"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress/zstd"

	"liftgraph/graph"
	"liftgraph/internal/dataset"
	"liftgraph/internal/index"
)

// Limits say where a block, a row group and a part end: they depend on nothing but the rows. Row groups are small
// because one is held in memory until it ends. A block is what a look-up reads of one: about as many rows as fill a
// page with their ids.
type Limits struct{ BlockRows, GroupRows, GroupBytes, PartRows int }

const (
	pageSize        = 64 << 10
	dictionaryLimit = 512 << 10 // a larger one is given up for plain values
	batchRows       = 512       // how many values a column takes at once
)

// encoder writes the parts of one table.
type encoder struct {
	dir    *dataset.Dir
	limits Limits
	table  *graph.Table
	writer *parquet.GenericWriter[any] // its columns are written, never a value
	file   *dataset.FileWriter         // nil when closed
	parts  []string

	row                   graph.Row
	columns               [][]parquet.Value
	partRows, rows, bytes int // of the part; of the row group
	index                 *index.Builder
}

func newEncoder(dir *dataset.Dir, l Limits, t *graph.Table, x *index.Builder) (*encoder, error) {
	options := []parquet.WriterOption{
		Schema(t), sorting(t),
		parquet.Compression(&zstd.Codec{Level: zstd.SpeedDefault}),
		parquet.PageBufferSize(pageSize), parquet.DictionaryMaxBytes(dictionaryLimit),
		// The first version of pages is read everywhere; statistics stand once a column chunk and in the page index.
		parquet.DataPageVersion(1), parquet.DataPageStatistics(false),
		parquet.WriteBufferSize(0), // the file has its own
	}
	for i, c := range t.Columns {
		if i >= t.IDs() && freeText[c.Name] {
			options = append(options, parquet.SkipPageBounds(c.Name))
		}
	}
	e := &encoder{dir: dir, limits: l, table: t, row: make(graph.Row, len(t.Columns)), columns: make([][]parquet.Value, len(t.Columns)), index: x}
	e.writer = parquet.NewGenericWriter[any](nil, options...)
	return e, e.open()
}

func (e *encoder) open() error {
	path := fmt.Sprintf("%s/part-%05d.parquet", e.table.Folder(), len(e.parts))
	f, err := e.dir.File(path)
	if err != nil {
		return err
	}
	e.parts = append(e.parts, path)
	e.file, e.partRows = f, 0
	e.writer.Reset(f)
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
	if e.partRows == e.limits.PartRows {
		if err := e.close(); err != nil {
			return err
		}
		if err := e.open(); err != nil {
			return err
		}
	}
	for i := range e.row {
		v := &e.row[i]
		level := 1
		if i < e.table.IDs() {
			level = 0
		}
		var p parquet.Value
		switch c := e.table.Columns[i]; {
		case !v.Present:
			e.columns[i] = append(e.columns[i], parquet.NullValue().Level(0, 0, i))
			continue
		case c.Type == graph.String:
			p = parquet.ByteArrayValue(unsafe.Slice(unsafe.StringData(v.Text), len(v.Text)))
			e.bytes += len(v.Text)
		case c.Type == graph.Bool:
			p = parquet.BooleanValue(v.Num != 0)
		default:
			p = parquet.Int64Value(v.Num)
		}
		e.columns[i] = append(e.columns[i], p.Level(0, level, i))
	}
	e.index.Add(e.row)
	e.partRows++
	e.rows++
	if e.rows%e.limits.BlockRows == 0 {
		e.index.EndBlock()
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
			return fmt.Errorf("%s, column %s: %w", e.parts[len(e.parts)-1], e.table.Columns[i].Name, err)
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
	e.index.EndBlock()
	return e.writer.Flush()
}

// close ends the part.
func (e *encoder) close() error {
	if e.file == nil {
		return nil
	}
	f := e.file
	e.file = nil
	f.AddRows(int64(e.partRows))
	if err := cmp.Or(e.endGroup(), e.writer.Close(), f.Close()); err != nil || e.partRows == 0 {
		return err
	}
	return e.dir.WriteFile(index.Path(e.parts[len(e.parts)-1]), e.index.Encode(nil))
}

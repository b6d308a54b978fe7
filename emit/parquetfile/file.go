package parquetfile

import (
	"errors"
	"fmt"
	"io"

	"github.com/parquet-go/parquet-go"

	"liftgraph/graph"
	"liftgraph/internal/parquetsafe"
)

// File is a part opened to read some of its rows. Pages without them are skipped by the offsets in the file.
type File struct {
	file   *parquetsafe.Indexed
	row    graph.Row
	values []parquet.Value
	batch  []parquet.Row
	group  int                            // the row group that is open
	column int                            // whose values are read first
	keys   parquet.ColumnChunkValueReader // of the column in the group
	rows   parquet.RowReadSeekCloser      // of the group, nil until some are wanted

	own func(parquet.Row) parquet.Row // a row without the columns that the table hasn't; nil: it has all
}

// Open reads the footer of a part of t.
func Open(f io.ReaderAt, size int64, t *graph.Table) (file *File, err error) {
	defer damaged(&err)
	p, err := parquetsafe.OpenIndexed(f, size)
	if err != nil {
		return nil, err
	}
	if err := checkSchema(p.Schema().Fields(), t); err != nil {
		return nil, err
	}
	return &File{file: p, row: make(graph.Row, len(t.Columns)), values: make([]parquet.Value, rowsPerRead), batch: make([]parquet.Row, rowsPerRead), group: -1}, nil
}

// damaged makes an error of a panic: the library trusts lengths that a damaged file holds.
func damaged(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("it is damaged: %v", p)
	}
}

// Read looks at so many rows from the given one, which counts from 0, and hands those to take whose text in a column
// is wanted. Their text is valid during the call.
func (f *File) Read(from, count int64, column int, wanted func(text []byte) bool, take func(graph.Row) error) (err error) {
	defer damaged(&err)
	for i, g := range f.file.RowGroups() {
		n := g.NumRows()
		if here := min(n-from, count); from < n && here > 0 {
			if err := f.open(i, g, column); err != nil {
				return err
			}
			if err := f.read(from, here, wanted, take); err != nil {
				return err
			}
			from, count = from+here, count-here
		}
		from -= n
	}
	if count > 0 {
		return errors.New("it has fewer rows than the index says")
	}
	return nil
}

// open makes a row group, and a column of it, the current one.
func (f *File) open(i int, g parquet.RowGroup, column int) error {
	if i == f.group && column == f.column {
		return nil
	}
	if err := f.Close(); err != nil {
		return err
	}
	chunk := g.ColumnChunks()[column]
	if err := f.checkIndex(i, column); err != nil {
		return err
	}
	if _, err := chunk.OffsetIndex(); err != nil {
		return err
	}
	f.group, f.column, f.keys = i, column, parquet.NewColumnChunkValueReader(chunk)
	return nil
}

// checkIndex looks at the index of a column before the library does.
func (f *File) checkIndex(group, column int) error {
	return f.file.CheckIndex(group, column)
}

// read reads rows of the current group.
func (f *File) read(from, count int64, wanted func(text []byte) bool, take func(graph.Row) error) error {
	if err := f.keys.SeekToRow(from); err != nil {
		return err
	}
	for end := from + count; from < end; {
		n, err := f.keys.ReadValues(f.values[:min(int64(len(f.values)), end-from)])
		if n == 0 {
			return fmt.Errorf("row %d of row group %d can't be read: %w", from+1, f.group+1, err)
		}
		for i := 0; i < n; {
			first := i
			for i < n && wanted(f.values[i].ByteArray()) {
				i++
			}
			if i > first {
				if err := f.hand(from+int64(first), i-first, take); err != nil {
					return err
				}
				continue
			}
			i++
		}
		from += int64(n)
	}
	return nil
}

// hand reads whole rows, at most a batch.
func (f *File) hand(from int64, count int, take func(graph.Row) error) error {
	if f.rows == nil {
		chunks := f.file.RowGroups()[f.group].ColumnChunks()
		for column, c := range chunks {
			if err := f.checkIndex(f.group, column); err != nil {
				return err
			}
			if _, err := c.OffsetIndex(); err != nil {
				return err
			}
		}
		f.rows = parquet.NewColumnChunkRowReader(chunks)
	}
	if err := f.rows.SeekToRow(from); err != nil {
		return err
	}
	for count > 0 {
		n, err := f.rows.ReadRows(f.batch[:count])
		for _, row := range f.batch[:n] {
			if f.own != nil {
				row = f.own(row)
			}
			if err := decode(f.row, row); err != nil {
				return err
			}
			if err := take(f.row); err != nil {
				return err
			}
		}
		if n == 0 {
			return fmt.Errorf("row %d of row group %d can't be read: %w", from+1, f.group+1, err)
		}
		from, count = from+int64(n), count-n
	}
	return nil
}

// Close ends the reading.
func (f *File) Close() (err error) {
	if f.keys != nil {
		err = f.keys.Close()
	}
	if f.rows != nil {
		err = errors.Join(err, f.rows.Close())
	}
	f.group, f.keys, f.rows = -1, nil, nil
	return err
}

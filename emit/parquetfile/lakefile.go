package parquetfile

import (
	"fmt"
	"io"

	"github.com/parquet-go/parquet-go"

	"liftgraph/emit/lake"
	"liftgraph/graph"
	"liftgraph/internal/parquetsafe"
)

// LakeFile is a file of a lake opened to read some of its rows: those that an index names, or, without one, all but the pages that can be
// skipped by the bounds that the file holds itself.
type LakeFile struct {
	file  File
	table *graph.Table
	at    []int // by column of the table, the file's
	own   parquet.Row
}

// OpenLake reads the footer of a lake's file of t.
func OpenLake(f io.ReaderAt, size int64, t *graph.Table) (file *LakeFile, err error) {
	defer damaged(&err)
	p, err := parquetsafe.OpenIndexed(f, size)
	if err != nil {
		return nil, err
	}
	columns, fields := lake.Columns(t), p.Schema().Fields()
	if len(fields) != len(columns) {
		return nil, fmt.Errorf("%d columns, not %d", len(fields), len(columns))
	}
	l := &LakeFile{table: t}
	var own []parquet.Field
	for i, c := range columns {
		if !c.Timestamp {
			own = append(own, fields[i])
			l.at = append(l.at, i)
		}
	}
	if err := checkSchema(own, t); err != nil {
		return nil, err
	}
	l.file = File{
		file: p, row: make(graph.Row, len(t.Columns)), values: make([]parquet.Value, rowsPerRead), batch: make([]parquet.Row, rowsPerRead), group: -1,
		own: func(row parquet.Row) parquet.Row {
			l.own = l.own[:0]
			for _, i := range l.at {
				if i < len(row) {
					l.own = append(l.own, row[i])
				}
			}
			return l.own
		},
	}
	return l, nil
}

// Scan hands those rows to take whose text in a column is wanted. Pages are left out whose bounds are not ones that may hold such a
// text. The rows' text is valid during the call.
func (l *LakeFile) Scan(column int, may func(low, high []byte) bool, wanted func(text []byte) bool, take func(graph.Row) error) (err error) {
	defer damaged(&err)
	for i, g := range l.file.file.RowGroups() {
		chunk := g.ColumnChunks()[l.at[column]]
		if err := l.file.checkIndex(i, l.at[column]); err != nil {
			return err
		}
		bounds, err := chunk.ColumnIndex()
		if err != nil {
			return err
		}
		pages, err := chunk.OffsetIndex()
		if err != nil {
			return err
		}
		for n := range pages.NumPages() {
			from, to := pages.FirstRowIndex(n), g.NumRows()
			if n+1 < pages.NumPages() {
				to = pages.FirstRowIndex(n + 1)
			}
			if n < bounds.NumPages() && !bounds.NullPage(n) && !may(bounds.MinValue(n).ByteArray(), bounds.MaxValue(n).ByteArray()) {
				continue
			}
			if err := l.file.open(i, g, l.at[column]); err != nil {
				return err
			}
			if err := l.file.read(from, to-from, wanted, take); err != nil {
				return err
			}
		}
	}
	return nil
}

// Read looks at so many rows from the given one, as [File.Read] does.
func (l *LakeFile) Read(from, count int64, column int, wanted func(text []byte) bool, take func(graph.Row) error) error {
	return l.file.Read(from, count, l.at[column], wanted, take)
}

// Close ends the reading.
func (l *LakeFile) Close() error { return l.file.Close() }

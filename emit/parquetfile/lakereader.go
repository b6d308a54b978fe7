package parquetfile

import (
	"fmt"
	"os"

	"github.com/parquet-go/parquet-go"

	"liftgraph/emit/lake"
	"liftgraph/graph"
	"liftgraph/internal/dataset"
	"liftgraph/internal/parquetsafe"
)

// ReadLakeFile hands the rows of a lake's file to take, without the columns that the table doesn't have: those that tell a
// time once more, as a timestamp. Their text is valid during the call.
func ReadLakeFile(f *os.File, t *graph.Table, part dataset.File, take func(graph.Row) error) (err error) {
	defer func() {
		if p := recover(); p != nil { // the library trusts lengths that a damaged file holds
			err = fmt.Errorf("%s is damaged: %v", part.Path, p)
		}
	}()
	p, err := parquetsafe.Open(f, part.Bytes)
	if err != nil {
		return fmt.Errorf("%s: %w", part.Path, err)
	}
	r := &reader{part: part.Path, table: t, row: make(graph.Row, len(t.Columns)), take: take}
	columns, fields := lake.Columns(t), p.Schema().Fields()
	if len(fields) != len(columns) {
		return fmt.Errorf("%s: %d columns, not %d", part.Path, len(fields), len(columns))
	}
	var own []parquet.Field
	for i, c := range columns {
		f := fields[i]
		if r.extra = append(r.extra, c.Timestamp); !c.Timestamp {
			own = append(own, f)
		} else if f.Name() != c.Name || !f.Leaf() || f.Repeated() {
			return fmt.Errorf("%s: column %d is %s, not %s", part.Path, i+1, f.Name(), c.Name)
		}
	}
	if err := checkSchema(own, t); err != nil {
		return fmt.Errorf("%s: %w", part.Path, err)
	}
	return readRows(p, r, part.Rows)
}

// without returns a row of the file without the extra columns.
func (r *reader) without(row parquet.Row) parquet.Row {
	own := row[:0]
	for i, v := range row {
		if i >= len(r.extra) || !r.extra[i] {
			own = append(own, v)
		}
	}
	return own
}

package parquetfile

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"unsafe"

	"github.com/parquet-go/parquet-go"

	"liftgraph/graph"
	"liftgraph/internal/dataset"
	"liftgraph/internal/parquetsafe"
)

// rowsPerRead is how many rows are read at once.
const rowsPerRead = 256

// ReadPart hands the rows of one file to take; their text is valid during the call. A file whose
// columns aren't those of the table ends it, as does an error of take, with the file and the row's number.
func ReadPart(dir string, t *graph.Table, part dataset.File, take func(graph.Row) error) error {
	if !strings.HasSuffix(part.Path, ".parquet") {
		return fmt.Errorf("%s isn't a file of rows", part.Path)
	}
	f, err := os.Open(filepath.Join(dir, filepath.FromSlash(part.Path)))
	if err != nil {
		return err
	}
	defer f.Close()
	return ReadFile(f, t, part, take)
}

// ReadFile is [ReadPart] of a file that is open.
func ReadFile(f *os.File, t *graph.Table, part dataset.File, take func(graph.Row) error) (err error) {
	defer func() {
		if p := recover(); p != nil { // the library trusts lengths that a damaged file holds
			err = fmt.Errorf("%s is damaged: %v", part.Path, p)
		}
	}()
	p, err := openFile(f, part.Bytes, t)
	if err != nil {
		return fmt.Errorf("%s: %w", part.Path, err)
	}
	return readRows(p, &reader{part: part.Path, table: t, row: make(graph.Row, len(t.Columns)), take: take}, part.Rows)
}

func readRows(p *parquet.File, r *reader, want int64) error {
	for i, g := range p.RowGroups() {
		if err := r.group(g); err != nil {
			return err
		}
		if err := r.checkBounds(p.Metadata().RowGroups[i].Columns[0].MetaData.Statistics.MinValue, p.Metadata().RowGroups[i].Columns[0].MetaData.Statistics.MaxValue); err != nil {
			return fmt.Errorf("%s, row group %d: %w", r.part, i+1, err)
		}
	}
	if r.rows != want {
		return fmt.Errorf("%s: %d rows, but the manifest says %d", r.part, r.rows, want)
	}
	return nil
}

// openFile reads the footer of a file whose columns must be those of t, to read all rows in their order.
func openFile(f io.ReaderAt, size int64, t *graph.Table) (*parquet.File, error) {
	p, err := parquetsafe.Open(f, size)
	if err != nil {
		return nil, err
	}
	return p, checkSchema(p.Schema().Fields(), t)
}

// checkSchema returns an error unless the columns are those of the table, in its order.
func checkSchema(fields []parquet.Field, t *graph.Table) error {
	kinds := map[graph.Type]parquet.Kind{graph.String: parquet.ByteArray, graph.Int: parquet.Int64, graph.Bool: parquet.Boolean, graph.List: parquet.ByteArray}
	if len(fields) != len(t.Columns) {
		return fmt.Errorf("%d columns, not %d", len(fields), len(t.Columns))
	}
	for i, f := range fields {
		c := t.Columns[i]
		if f.Name() != c.Name {
			return fmt.Errorf("column %d is %s, not %s", i+1, f.Name(), c.Name)
		}
		if !f.Leaf() || f.Repeated() || f.Type().Kind() != kinds[c.Type] || f.Required() != (i < t.IDs()) {
			return fmt.Errorf("column %s is a %s, not a %s", c.Name, f.Type(), c.Type)
		}
	}
	return nil
}

type reader struct {
	part        string
	table       *graph.Table
	row         graph.Row
	take        func(graph.Row) error
	extra       []bool // by the file's columns: those that the table doesn't have; nil where there are none
	rows        int64
	first, last []byte // of the first column in the row group
}

func (r *reader) group(g parquet.RowGroup) (err error) {
	rows := g.Rows()
	defer func() { err = errors.Join(err, rows.Close()) }()
	r.first, r.last = nil, nil
	batch := make([]parquet.Row, rowsPerRead)
	for {
		n, err := rows.ReadRows(batch)
		for _, row := range batch[:n] {
			r.rows++
			if err := r.one(row); err != nil {
				return fmt.Errorf("%s row %d: %w", r.part, r.rows, err)
			}
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("%s after row %d: %w", r.part, r.rows, err)
		}
	}
}

func (r *reader) one(row parquet.Row) error {
	if r.extra != nil {
		row = r.without(row)
	}
	if err := decode(r.row, row); err != nil {
		return err
	}
	id := row[0].ByteArray()
	if r.first == nil {
		r.first = append([]byte{}, id...)
	}
	r.last = append(r.last[:0], id...)
	return r.take(r.row)
}

// decode makes a row of the table of one of the file, whose text it shares.
func decode(into graph.Row, row parquet.Row) error {
	if len(row) != len(into) {
		return fmt.Errorf("%d columns, not %d", len(row), len(into))
	}
	for i, v := range row {
		switch {
		case v.IsNull():
			into[i] = graph.Value{}
		case v.Kind() == parquet.ByteArray:
			b := v.ByteArray()
			into[i] = graph.Text(unsafe.String(unsafe.SliceData(b), len(b)))
		case v.Kind() == parquet.Boolean:
			into[i] = graph.Truth(v.Boolean())
		default:
			into[i] = graph.Num(v.Int64())
		}
	}
	return nil
}

// checkBounds compares the bounds in the file with the ids read: by wrong ones an engine skips rows that it should give.
func (r *reader) checkBounds(lowest, highest []byte) error {
	if string(lowest) != string(r.first) || string(highest) != string(r.last) {
		return fmt.Errorf("%s is between %q and %q, but the bounds say %q and %q", r.table.Columns[0].Name, r.first, r.last, lowest, highest)
	}
	return nil
}

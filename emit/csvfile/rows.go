package csvfile

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"unsafe"

	"github.com/klauspost/compress/gzip"

	"liftgraph/emit/index"
	"liftgraph/emit/index/blockgzip"
	"liftgraph/graph"
	"liftgraph/internal/dataset"
)

// ReadPart hands the rows of one file of a published directory to take; their text is valid during
// the call. What isn't a row of the table ends it, as does an error of take, with the file and the row's number.
func ReadPart(dir string, t *graph.Table, part dataset.File, take func(graph.Row) error) error {
	return open(dir, part, func(f *os.File) error { return ReadFile(f, t, part, take) })
}

// ReadFile is [ReadPart] of a file that is open.
func ReadFile(f *os.File, t *graph.Table, part dataset.File, take func(graph.Row) error) error {
	z, err := gzip.NewReader(f)
	if err != nil {
		return fmt.Errorf("%s: %w", part.Path, err)
	}
	n, err := NewBlockReader(t).Read(z, 0, all, take)
	if err != nil {
		return fmt.Errorf("%s row %d: %w", part.Path, n, err)
	}
	if n != part.Rows {
		return fmt.Errorf("%s: %d rows, but the manifest says %d", part.Path, n, part.Rows)
	}
	return nil
}

// ReadBlocks is [ReadPart] block by block, as the index has them, which must be all of the file.
func ReadBlocks(dir string, t *graph.Table, part dataset.File, x *index.Index, take func(graph.Row) error) error {
	return open(dir, part, func(f *os.File) error {
		whole, err := blockgzip.NewWhole(f, part.Bytes)
		if err != nil {
			return fmt.Errorf("%s: %w", part.Path, err)
		}
		r := NewBlockReader(t)
		for i, b := range x.Blocks {
			var n int64
			text, err := whole.Next(b.Stored)
			if err == nil {
				n, err = r.Read(text, 0, all, take)
			}
			if err != nil {
				return fmt.Errorf("%s row %d: %w", part.Path, b.Row+n, err)
			}
			if n != b.Rows {
				return fmt.Errorf("%s: %d rows in block %d, but the index says %d", part.Path, n, i+1, b.Rows)
			}
		}
		if err := whole.Close(); err != nil {
			return fmt.Errorf("%s: %w", part.Path, err)
		}
		return nil
	})
}

func all([]byte) bool { return true }

func open(dir string, part dataset.File, read func(*os.File) error) error {
	if !strings.HasSuffix(part.Path, ".csv.gz") {
		return fmt.Errorf("%s isn't a file of rows", part.Path)
	}
	f, err := os.Open(filepath.Join(dir, filepath.FromSlash(part.Path)))
	if err != nil {
		return err
	}
	defer f.Close()
	return read(f)
}

// BlockReader reads blocks of a table's CSV, one after the other.
type BlockReader struct {
	table *graph.Table
	rows  *Reader
	row   graph.Row
}

// NewBlockReader reads rows of t.
func NewBlockReader(t *graph.Table) *BlockReader {
	return &BlockReader{table: t, rows: NewReader(nil, len(t.Columns)+1), row: make(graph.Row, len(t.Columns))}
}

// Read hands the rows of a block's text to take, but for those whose text in a column isn't wanted; their text is
// valid during the call. It returns the number of rows in the block, to the one that an error is about.
func (r *BlockReader) Read(text io.Reader, column int, wanted func(text []byte) bool, take func(graph.Row) error) (n int64, err error) {
	r.rows.Reset(text)
	for {
		fields, err := r.rows.Next()
		if errors.Is(err, io.EOF) {
			return n, nil
		}
		n++
		if err == nil && !wanted(fields[column].Text) {
			continue
		}
		if err == nil {
			err = decode(r.row, fields, r.table)
		}
		if err == nil {
			err = take(r.row)
		}
		if err != nil {
			return n, err
		}
	}
}

// decode makes a row of its fields, the last of which is the label or type.
func decode(row graph.Row, fields []Field, t *graph.Table) error {
	for i := range row {
		f, c := &fields[i], &t.Columns[i]
		text := unsafe.String(unsafe.SliceData(f.Text), len(f.Text)) // valid until the next row
		switch {
		case text == "" && !f.Quoted:
			row[i] = graph.Value{}
		case c.Type.IsText():
			row[i] = graph.Text(text)
		case f.Quoted:
			return fmt.Errorf("%s is quoted, but it is a %s", c.Name, c.Type)
		case c.Type == graph.Bool:
			if text != "true" && text != "false" {
				return fmt.Errorf("%s is %.200q, not a boolean", c.Name, text)
			}
			row[i] = graph.Truth(text == "true")
		default:
			n, err := strconv.ParseInt(text, 10, 64)
			if err != nil {
				return fmt.Errorf("%s is %.200q, not a 64-bit integer", c.Name, text)
			}
			row[i] = graph.Num(n)
		}
	}
	if got := fields[len(row)].Text; string(got) != t.Last() {
		return fmt.Errorf("it ends in %.200q, not in %s", got, t.Last())
	}
	return nil
}

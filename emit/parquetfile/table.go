package parquetfile

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"

	"liftgraph/emit/index"
	"liftgraph/emit/lake"
	"liftgraph/emit/neo4jadmin"
	"liftgraph/graph"
	"liftgraph/internal/dataset/background"
)

// bufferSize is how many bytes of rows are handed to the encoder at once.
const bufferSize = 256 << 10

// Writer writes the rows of one table, in the order of their keys, into Parquet files. It gathers rows while those before are encoded in
// the background. It implements [graph.TableWriter].
type Writer struct {
	table   *graph.Table
	buf     *background.Buffer
	row     []byte
	encoder *encoder
	rows    int64
}

// NewWriter writes the files of a table in a lake; create returns each, by its number from 0. Files are created when their first row
// comes, or by End.
func NewWriter(l Limits, t *graph.Table, create func(n int) (Part, error)) *Writer {
	return newWriter(newEncoder(l, t, lake.Columns(t), create))
}

// Index adds each part to an index of the table, which is begun, and calls full, maybe in the background, when the index should end:
// between two row groups.
func (w *Writer) Index(x *index.Builder, full func() error) {
	e := w.encoder
	e.index = x
	e.end = func() error {
		if e.partRows > 0 {
			x.EndPart()
		}
		return nil
	}
	e.grouped = func() error {
		if !x.Full() {
			return nil
		}
		return full()
	}
}

func newWriter(e *encoder) *Writer {
	return &Writer{table: e.table, encoder: e, buf: background.NewBuffer(bufferSize, e.encode)}
}

// Write implements [graph.TableWriter].
func (w *Writer) Write(row graph.Row) error {
	if len(row) != len(w.table.Columns) {
		return fmt.Errorf("%s: a row of %d columns, not %d", w.table.Name, len(row), len(w.table.Columns))
	}
	w.row = graph.AppendRow(w.row[:0], row, w.table.Columns)
	return w.WriteEncoded(w.row)
}

// WriteEncoded takes a row in the form of [graph.AppendRow].
func (w *Writer) WriteEncoded(row []byte) error {
	w.rows++
	b := binary.AppendUvarint(w.buf.Bytes(), uint64(len(row)))
	return w.buf.Take(append(b, row...))
}

// End ends the file under way: the next row begins another, whose number is 0 again. Where no row came, a file without rows is made.
func (w *Writer) End() error {
	if err := w.buf.Finish(); err != nil {
		return err
	}
	if e := w.encoder; e.file == nil && e.parts == 0 {
		if err := e.open(); err != nil {
			return err
		}
	}
	err := w.encoder.close()
	w.encoder.parts = 0
	return err
}

// Close implements [graph.TableWriter].
func (w *Writer) Close() error { return cmp.Or(w.buf.Finish(), w.encoder.close()) }

// tableWriter is a table of a published directory, which has its own file even without rows, and an index.
type tableWriter struct {
	*Writer
	sink    *Sink
	written *neo4jadmin.Table // its parts
}

// Close implements [graph.TableWriter].
func (w *tableWriter) Close() error {
	err := w.Writer.Close()
	w.written.Rows = w.rows
	w.sink.index = w.encoder.index
	return err
}

// ImportHeader returns the two lines by which neo4j-admin reads the table's files: what it makes of
// each column, then their names in the files.
func ImportHeader(t *graph.Table) string {
	var named []string
	is := neo4jadmin.IDs(t)
	for i, c := range t.Columns {
		named = append(named, c.Name)
		switch {
		case i < t.IDs():
		case c.Type == graph.List:
			is = append(is, c.Name+":string[]")
		default:
			is = append(is, c.Name)
		}
	}
	return strings.Join(is, ",") + "\n" + strings.Join(named, ",") + "\n"
}

var errBatch = errors.New("parquetfile: damaged batch")

// decodeBatch returns each row of what Write gathered.
func decodeBatch(b []byte, row graph.Row, take func() error) error {
	for len(b) > 0 {
		n, w := binary.Uvarint(b)
		if w <= 0 || n > uint64(len(b)-w) {
			return errBatch
		}
		if err := graph.DecodeRow(row, b[w:w+int(n)]); err != nil {
			return err
		}
		if err := take(); err != nil {
			return err
		}
		b = b[w+int(n):]
	}
	return nil
}

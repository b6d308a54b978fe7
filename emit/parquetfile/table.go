package parquetfile

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"

	"liftgraph/emit/neo4jadmin"
	"liftgraph/graph"
	"liftgraph/internal/behind"
)

// bufferSize is how many bytes of rows are handed to the encoder at once.
const bufferSize = 256 << 10

// tableWriter gathers rows while those before are encoded in the background.
type tableWriter struct {
	sink    *Sink
	table   *graph.Table
	buf     *behind.Buffer
	row     []byte
	encoder *encoder
	written *neo4jadmin.Table // its parts when closed
}

// Write implements [graph.TableWriter].
func (w *tableWriter) Write(row graph.Row) error {
	if len(row) != len(w.table.Columns) {
		return fmt.Errorf("%s: a row of %d columns, not %d", w.table.Name, len(row), len(w.table.Columns))
	}
	w.written.Rows++
	w.row = graph.AppendRow(w.row[:0], row, w.table.Columns)
	b := binary.AppendUvarint(w.buf.Bytes(), uint64(len(w.row)))
	return w.buf.Take(append(b, w.row...))
}

// Close implements [graph.TableWriter].
func (w *tableWriter) Close() error {
	err := cmp.Or(w.buf.Finish(), w.encoder.close())
	w.written.Parts = w.encoder.parts
	w.sink.index = w.encoder.index
	return err
}

// ImportHeader gives the two lines by which neo4j-admin reads the table's files: what it makes of
// each column, then their names in the files.
func ImportHeader(t *graph.Table) string {
	var named []string
	for _, c := range t.Columns {
		named = append(named, c.Name)
	}
	is := append(neo4jadmin.IDs(t), named[t.IDs():]...)
	return strings.Join(is, ",") + "\n" + strings.Join(named, ",") + "\n"
}

var errBatch = errors.New("parquetfile: damaged batch")

// decodeBatch gives each row of what Write gathered.
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

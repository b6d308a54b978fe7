package csvfile

import (
	"cmp"
	"fmt"

	"github.com/klauspost/compress/gzip"

	"liftgraph/emit/neo4jadmin"
	"liftgraph/graph"
	"liftgraph/internal/behind"
	"liftgraph/internal/dataset"
)

// limits say where a part ends: at so many rows or so many bytes of text, which depend on nothing but the rows.
type limits struct{ rows, text int }

var partLimits = limits{rows: 1_000_000, text: 256 << 20}

const (
	bufferSize = 256 << 10
	gzipLevel  = 2 // as fast as 1 and smaller; above it, one percent of size costs half of the speed
)

// tableWriter formats rows while those before are compressed in the background.
type tableWriter struct {
	sink    *Sink
	table   *graph.Table
	last    string
	written *neo4jadmin.Table
	buf     *behind.Buffer
	gzip    *gzip.Writer
	file    *dataset.FileWriter // nil when closed
	rows    int                 // in the part
	text    int                 // bytes in the part
}

// open begins a part.
func (w *tableWriter) open() error {
	path := fmt.Sprintf("%s/part-%05d.csv.gz", w.table.Folder(), len(w.written.Parts))
	f, err := w.sink.dir.File(path)
	if err != nil {
		return err
	}
	w.gzip.Reset(f) // no name and no time: the bytes depend on the rows alone
	w.written.Parts = append(w.written.Parts, path)
	w.file, w.rows, w.text = f, 0, 0
	return nil
}

// Write implements [graph.TableWriter].
func (w *tableWriter) Write(row graph.Row) error {
	if len(row) != len(w.table.Columns) {
		return fmt.Errorf("%s: a row of %d columns, not %d", w.table.Name, len(row), len(w.table.Columns))
	}
	if w.rows == w.sink.limits.rows || w.text >= w.sink.limits.text {
		if err := w.closePart(); err != nil {
			return err
		}
		if err := w.open(); err != nil {
			return err
		}
	}
	before := w.buf.Bytes()
	after, multiline := appendRow(before, row, w.table.Columns, w.last)
	n := len(after) - len(before)
	w.rows++
	w.text += n
	w.written.Rows++
	w.sink.longest = max(w.sink.longest, n)
	w.sink.multiline = w.sink.multiline || multiline
	return w.buf.Take(after)
}

// Close implements [graph.TableWriter].
func (w *tableWriter) Close() error {
	if w.file == nil {
		return nil
	}
	return w.closePart()
}

func (w *tableWriter) closePart() error {
	f := w.file
	w.file = nil
	f.AddRows(int64(w.rows))
	return cmp.Or(w.buf.Finish(), w.gzip.Close(), f.Close())
}

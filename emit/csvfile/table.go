package csvfile

import (
	"cmp"
	"fmt"

	"github.com/klauspost/compress/gzip"

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
	dir     *dataset.Dir
	limits  limits
	table   *graph.Table
	last    string
	written *written
	buf     *behind.Buffer
	gzip    *gzip.Writer
	file    *dataset.FileWriter // nil when closed
	rows    int                 // in the part
	text    int                 // bytes in the part
}

func newTableWriter(dir *dataset.Dir, l limits, t *graph.Table) (*tableWriter, error) {
	if err := dir.WriteFile(t.Folder()+"/header.csv", []byte(Header(t)+"\n")); err != nil {
		return nil, err
	}
	z, err := gzip.NewWriterLevel(nil, gzipLevel)
	if err != nil {
		return nil, err
	}
	w := &tableWriter{dir: dir, limits: l, table: t, last: Last(t), written: &written{table: t}, gzip: z}
	w.buf = behind.NewBuffer(bufferSize, func(b []byte) error { _, err := z.Write(b); return err })
	return w, w.open()
}

// open begins a part.
func (w *tableWriter) open() error {
	path := fmt.Sprintf("%s/part-%05d.csv.gz", w.table.Folder(), len(w.written.parts))
	f, err := w.dir.File(path)
	if err != nil {
		return err
	}
	w.gzip.Reset(f) // no name and no time: the bytes depend on the rows alone
	w.written.parts = append(w.written.parts, path)
	w.file, w.rows, w.text = f, 0, 0
	return nil
}

// Write implements [graph.TableWriter].
func (w *tableWriter) Write(row graph.Row) error {
	if len(row) != len(w.table.Columns) {
		return fmt.Errorf("%s: a row of %d columns, not %d", w.table.Name, len(row), len(w.table.Columns))
	}
	if w.rows == w.limits.rows || w.text >= w.limits.text {
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
	w.written.rows++
	w.written.longest = max(w.written.longest, n)
	w.written.multiline = w.written.multiline || multiline
	return w.buf.Take(after)
}

// Close implements [graph.TableWriter].
func (w *tableWriter) Close() error {
	if w.file == nil {
		return nil
	}
	err := w.closePart()
	w.buf, w.gzip = nil, nil // the sink keeps the tables, but not their memory
	return err
}

func (w *tableWriter) closePart() error {
	f := w.file
	w.file = nil
	f.AddRows(int64(w.rows))
	return cmp.Or(w.buf.Finish(), w.gzip.Close(), f.Close())
}

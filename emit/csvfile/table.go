package csvfile

import (
	"cmp"
	"fmt"

	"liftgraph/emit/index"
	"liftgraph/emit/index/blockgzip"
	"liftgraph/emit/neo4jadmin"
	"liftgraph/graph"
	"liftgraph/internal/dataset"
	"liftgraph/internal/dataset/background"
)

// Limits say where a part ends, at so many rows or so many bytes of text, and where a block of it ends. They depend
// on nothing but the rows.
type Limits struct{ PartRows, PartText, BlockText int }

const gzipLevel = 2 // as fast as 1 and smaller; above it, one percent of size costs half of the speed

// tableWriter formats rows while those before are compressed in the background. What is compressed at once is a
// block, which a look-up reads alone.
type tableWriter struct {
	sink    *Sink
	table   *graph.Table
	last    string
	written *neo4jadmin.Table
	buf     *background.Buffer
	gzip    *blockgzip.Writer
	file    *dataset.FileWriter // nil when closed
	rows    int                 // in the part
	text    int                 // bytes in the part
	escapes bool                // LOAD CSV would read the part wrongly
	index   *index.Builder
	blocks  []blockgzip.Block // of the part; the background's
}

// open begins a part.
func (w *tableWriter) open() error {
	path := fmt.Sprintf("%s/part-%05d.csv.gz", w.table.Folder(), len(w.written.Parts))
	f, err := w.sink.dir.File(path)
	if err != nil {
		return err
	}
	w.written.Parts = append(w.written.Parts, path)
	w.file, w.rows, w.text, w.escapes, w.blocks = f, 0, 0, false, w.blocks[:0]
	return w.gzip.Reset(f)
}

// Write implements [graph.TableWriter].
func (w *tableWriter) Write(row graph.Row) error {
	if len(row) != len(w.table.Columns) {
		return fmt.Errorf("%s: a row of %d columns, not %d", w.table.Name, len(row), len(w.table.Columns))
	}
	if w.rows == w.sink.Limits.PartRows || w.text >= w.sink.Limits.PartText {
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
	w.escapes = w.escapes || misread(after[len(before):])
	w.rows++
	w.text += n
	w.written.Rows++
	w.sink.longest = max(w.sink.longest, n)
	w.sink.multiline = w.sink.multiline || multiline
	w.index.Add(row)
	err := w.buf.Take(after)
	if len(w.buf.Bytes()) == 0 { // it was handed over
		w.index.EndBlock()
	}
	return err
}

// block compresses one.
func (w *tableWriter) block(text []byte) error {
	b, err := w.gzip.Block(text)
	w.blocks = append(w.blocks, b)
	return err
}

// Close implements [graph.TableWriter].
func (w *tableWriter) Close() error {
	if w.file == nil {
		return nil
	}
	err := w.closePart()
	w.sink.index = w.index
	return err
}

func (w *tableWriter) closePart() error {
	w.index.EndBlock()
	f := w.file
	w.file = nil
	f.AddRows(int64(w.rows))
	if err := cmp.Or(w.buf.Finish(), w.gzip.Close(), f.Close()); err != nil || w.rows == 0 {
		return err
	}
	path := w.written.Parts[len(w.written.Parts)-1]
	if w.escapes {
		if err := w.sink.writeCopy(path); err != nil {
			return err
		}
	}
	return w.sink.dir.WriteFile(index.Path(path), w.index.Encode(w.blocks))
}

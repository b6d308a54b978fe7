// Package rowfile keeps the rows of a graph on disk: a published directory with one folder a table,
// each holding parts of zstd NDJSON. A line is a row: a JSON array in the order of the table's
// columns, null where a value is absent, so that a person can read it with zstdcat and jq.
package rowfile

import (
	"cmp"
	"errors"
	"fmt"

	"github.com/klauspost/compress/zstd"

	"liftgraph/graph"
	"liftgraph/internal/dataset"
	"liftgraph/internal/dataset/background"
)

// rowsPerPart is fixed but for tests, so that the same rows give the same parts.
var rowsPerPart = 1_000_000

const bufferSize = 256 << 10

// NewSink writes rows into dir, which the caller publishes. Text that isn't UTF-8 has its faulty bytes replaced by U+FFFD.
func NewSink(dir *dataset.Dir) graph.Sink { return sink{dir} }

type sink struct{ dir *dataset.Dir }

func (s sink) Table(t *graph.Table) (graph.TableWriter, error) {
	w := &tableWriter{dir: s.dir, table: t}
	w.buf = background.NewBuffer(bufferSize, func(b []byte) error { _, err := w.zstd.Write(b); return err })
	return w, w.open()
}

// tableWriter formats rows while those before are compressed in the background.
type tableWriter struct {
	dir   *dataset.Dir
	table *graph.Table
	buf   *background.Buffer
	parts int
	file  *dataset.FileWriter // nil when closed
	zstd  *zstd.Encoder
	rows  int // in the part
}

// open begins a part.
func (w *tableWriter) open() error {
	f, err := w.dir.File(fmt.Sprintf("%s/part-%05d.ndjson.zst", w.table.Folder(), w.parts))
	if err != nil {
		return err
	}
	// One goroutine, so that the bytes don't depend on the number of cores.
	z, err := zstd.NewWriter(f, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithWindowSize(1<<20))
	if err != nil {
		return errors.Join(err, f.Close())
	}
	w.parts++
	w.file, w.zstd, w.rows = f, z, 0
	return nil
}

// Write implements [graph.TableWriter].
func (w *tableWriter) Write(row graph.Row) error {
	if len(row) != len(w.table.Columns) {
		return fmt.Errorf("%s: a row of %d columns, not %d", w.table.Name, len(row), len(w.table.Columns))
	}
	if w.rows == rowsPerPart {
		if err := w.closePart(); err != nil {
			return err
		}
		if err := w.open(); err != nil {
			return err
		}
	}
	w.rows++
	return w.buf.Take(appendRow(w.buf.Bytes(), row, w.table.Columns))
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
	return cmp.Or(w.buf.Finish(), w.zstd.Close(), f.Close())
}

// Package file writes a graph as a snapshot of a lake: Parquet that query engines read, see package emit/lake for its layout.
//
// Files have the columns of emit/parquetfile and, beside each that is a time, the same as a timestamp. Rows are sorted by key
// within each folder; row groups and pages have bounds, so that a look-up by id reads little.
package file

import (
	"cmp"
	"context"
	"errors"

	"liftgraph/emit/index"
	"liftgraph/emit/lake"
	"liftgraph/emit/parquetfile"
	"liftgraph/graph"
	"liftgraph/internal/extsort"
)

// A file ends at the first row group beyond so many bytes: engines want 128 to 512 MB.
const partBytes = 256 << 20

// Sink writes a graph into a snapshot in the making.
type Sink struct {
	// Limits are what New sets; others are for tests.
	Limits parquetfile.Limits
	// IndexEntries are how many an index should have, at most; 0: as many as a builder holds.
	IndexEntries int

	ctx   context.Context
	to    *lake.Publication
	temp  string
	index *index.Builder // no table's
}

// New writes into a publication, which the caller seals. Rows that have to be sorted by their event's date are spilled to temp.
// Nothing is written after ctx has ended.
func New(ctx context.Context, to *lake.Publication, temp string) *Sink {
	l := parquetfile.Limits{BlockRows: 2 << 10, GroupRows: 128 << 10, GroupBytes: 16 << 20, PartRows: 1 << 30, PartBytes: partBytes}
	return &Sink{Limits: l, ctx: ctx, to: to, temp: temp}
}

// Table implements [graph.Sink].
func (s *Sink) Table(t *graph.Table) (graph.TableWriter, error) {
	x := &tableIndex{sink: s, table: t, builder: s.index}
	if s.index = nil; x.builder == nil {
		x.builder = new(index.Builder)
	}
	x.builder.Most = s.IndexEntries
	x.builder.BeginTable(t, lake.EventColumn(t) >= 0)
	if lake.EventColumn(t) < 0 {
		return &tableWriter{s.writer(t, new(string), x), x}, nil
	}
	event := new(string)
	return &datedWriter{
		table: t, event: event, to: s.writer(t, event, x), index: x, stop: s.ctx.Err,
		sorter: extsort.New(extsort.Config{Dir: s.temp, Stop: s.ctx.Err}),
	}, nil
}

// tableIndex writes the indexes of a table.
type tableIndex struct {
	sink    *Sink
	table   *graph.Table
	builder *index.Builder
	n       int
}

// end writes what the index has, if anything: the next block begins another.
func (x *tableIndex) end() error {
	if x.builder.Empty() {
		return nil
	}
	f, err := x.sink.to.CreateIndex(x.sink.ctx, x.table, x.n)
	if err != nil {
		return err
	}
	x.n++
	_, err = f.Write(x.builder.Encode(nil))
	return errors.Join(err, f.Close())
}

// close ends the last index of the table.
func (x *tableIndex) close() error {
	err := x.end()
	x.sink.index = x.builder
	return err
}

// writer writes files of a table into the folder of an event_date, or of the whole table for "".
func (s *Sink) writer(t *graph.Table, event *string, x *tableIndex) *parquetfile.Writer {
	w := parquetfile.NewWriter(s.Limits, t, func(n int) (parquetfile.Part, error) { return s.to.Create(s.ctx, t, *event, n) })
	w.Index(x.builder, x.end)
	return w
}

// tableWriter writes a table that has one folder.
type tableWriter struct {
	*parquetfile.Writer
	index *tableIndex
}

// Close implements [graph.TableWriter].
func (w *tableWriter) Close() error { return cmp.Or(w.End(), w.index.close()) }

// Package file writes a graph as a snapshot of a lake: Parquet that query engines read, see package emit/lake for its layout.
//
// Files have the columns of emit/parquetfile and, beside each that is a time, the same as a timestamp. Rows are sorted by key
// within each folder; row groups and pages have bounds, so that a look-up by id reads little.
package file

import (
	"context"

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

	ctx  context.Context
	to   *lake.Publication
	temp string
}

// New writes into a publication, which the caller seals. Rows that have to be sorted by their event's date are spilled to temp.
// Nothing is written after ctx has ended.
func New(ctx context.Context, to *lake.Publication, temp string) *Sink {
	l := parquetfile.Limits{BlockRows: 2 << 10, GroupRows: 128 << 10, GroupBytes: 16 << 20, PartRows: 1 << 30, PartBytes: partBytes}
	return &Sink{Limits: l, ctx: ctx, to: to, temp: temp}
}

// Table implements [graph.Sink].
func (s *Sink) Table(t *graph.Table) (graph.TableWriter, error) {
	if lake.EventColumn(t) < 0 {
		return &tableWriter{s.writer(t, new(string))}, nil
	}
	event := new(string)
	return &datedWriter{
		table: t, event: event, to: s.writer(t, event), stop: s.ctx.Err,
		sorter: extsort.New(extsort.Config{Dir: s.temp, Stop: s.ctx.Err}),
	}, nil
}

// writer writes files of a table into the folder of an event_date, or of the whole table for "".
func (s *Sink) writer(t *graph.Table, event *string) *parquetfile.Writer {
	return parquetfile.NewWriter(s.Limits, t, func(n int) (parquetfile.Part, error) { return s.to.Create(s.ctx, t, *event, n) })
}

// tableWriter writes a table that has one folder.
type tableWriter struct{ *parquetfile.Writer }

// Close implements [graph.TableWriter].
func (w *tableWriter) Close() error { return w.End() }

package scan

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/parquet-go/parquet-go"

	"liftgraph/internal/parquetsafe"
)

// A batch of rows that are read at once has so many, or about so many bytes, but a row at least.
const (
	batchRows  = 64
	batchBytes = 16 << 20
)

// readParquet takes the events of a Parquet file, which has to be read from its end: it is kept in a temporary file
// meanwhile.
func readParquet(ctx context.Context, r io.Reader, temp string, s *scan) (err error) {
	spool, size, err := spoolOf(r, temp)
	if err != nil {
		return err
	}
	defer spool.Close()
	defer func() {
		if p := recover(); p != nil { // the library trusts lengths that a damaged file holds
			err = fmt.Errorf("%w: %v", ErrParquet, p)
		}
	}()
	file, err := parquetsafe.Open(spooled{spool}, size)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrParquet, err)
	}
	rows := newRowReader(file.Schema())
	if !rows.holdsEvents() {
		return fmt.Errorf("%w: it is Parquet, but has no columns eventid and useridentity", ErrUnknown)
	}
	s.known = true
	for i, group := range file.RowGroups() {
		if group.NumRows() == 0 { // some writers leave such, and their columns point nowhere
			continue
		}
		size := file.Metadata().RowGroups[i].TotalByteSize / max(group.NumRows(), 1) // of a row
		if err := readGroup(ctx, group, min(batchRows, batchBytes/max(size, 1)+1), rows, s); err != nil {
			return err
		}
	}
	return nil
}

// ErrParquet is wrapped by what says that a Parquet file can't be read.
var ErrParquet = errors.New("its Parquet is damaged")

// spooled is the temporary file, whose errors are no object's fault.
type spooled struct{ io.ReaderAt }

// ReadAt implements [io.ReaderAt].
func (s spooled) ReadAt(p []byte, at int64) (int, error) {
	n, err := s.ReaderAt.ReadAt(p, at)
	if err != nil && !errors.Is(err, io.EOF) {
		err = &DiskError{err}
	}
	return n, err
}

func readGroup(ctx context.Context, group parquet.RowGroup, atOnce int64, rows *rowReader, s *scan) (err error) {
	from := group.Rows()
	defer func() { err = errors.Join(err, from.Close()) }()
	batch := make([]parquet.Row, atOnce)
	for {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		n, err := from.ReadRows(batch)
		for _, row := range batch[:n] {
			events, size := rows.events(row)
			if size > MaxRecord {
				err = errors.Join(err, s.tooLarge())
			}
			for i := range events {
				err = errors.Join(err, s.event(&events[i]))
			}
		}
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return fmt.Errorf("%w: %w", ErrParquet, err)
		case n == 0:
			return fmt.Errorf("%w: %w", ErrParquet, io.ErrNoProgress)
		}
	}
}

package scan

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/parquet-go/parquet-go"
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
	if err := checkFooter(spool, size); err != nil {
		return err
	}
	file, err := parquet.OpenFile(spool, size, parquet.SkipPageIndex(true), parquet.SkipBloomFilters(true), parquet.ReadBufferSize(64<<10))
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

// checkFooter returns an error where the file says that its footer is longer than the file: the library would take
// that much memory, up to 4 GiB.
func checkFooter(f io.ReaderAt, size int64) error {
	var end [8]byte // the footer's length and PAR1
	if size < 3*int64(len(end))/2 {
		return io.ErrUnexpectedEOF
	}
	if _, err := f.ReadAt(end[:], size-int64(len(end))); err != nil {
		return &DiskError{err}
	}
	if n := binary.LittleEndian.Uint32(end[:]); string(end[4:]) != "PAR1" || int64(n) > size-int64(len(end)) {
		return io.ErrUnexpectedEOF
	}
	return nil
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

package parquetsafe

import (
	"errors"
	"io"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/format"
)

// OpenIndexed reads the footer of a file some of whose pages are to be read by an index. Unlike [Open], it leaves the pages to
// the library: what is compressed may only be so with zstd or snappy, as emit writes it. Before an index is read, [CheckIndex]
// looks at it.
func OpenIndexed(r io.ReaderAt, size int64) (*parquet.File, error) {
	meta, _, err := metadataOf(r, size)
	if err != nil {
		return nil, err
	}
	for i := range meta.RowGroups {
		for j := range meta.RowGroups[i].Columns {
			switch codec := meta.RowGroups[i].Columns[j].MetaData.Codec; codec {
			case format.Uncompressed, format.Zstd, format.Snappy:
			default:
				return nil, refuse("its compression is %s, and not zstd, as it is published", codec)
			}
		}
	}
	return parquet.OpenFile(r, size, parquet.SkipPageIndex(true), parquet.SkipBloomFilters(true))
}

// CheckIndex compares the lengths in the indexes of a column of a row group with the bytes that are there, and the pages that
// they name with the limits.
func CheckIndex(r io.ReaderAt, c *format.ColumnChunk) error {
	for _, index := range []struct {
		offset int64
		length int32
	}{{c.ColumnIndexOffset, c.ColumnIndexLength}, {c.OffsetIndexOffset, c.OffsetIndexLength}} {
		if index.length == 0 {
			continue
		}
		if index.length > maxFooter {
			return refuse("an index of %d MiB, more than %d", index.length>>20, maxFooter>>20)
		}
		b := make([]byte, index.length)
		if _, err := r.ReadAt(b, index.offset); err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		w := walker{b: b}
		if err := w.structure(nil); errors.Is(err, errShort) {
			return refuse("a length in an index is greater than what is there")
		} else if err != nil {
			return err
		}
	}
	return nil
}

package parquetsafe

import (
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"slices"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
)

// Indexed is a file some of whose pages are read by an index. The library reads them as they are stored; but each one is
// decompressed and checked before, once, as [Open] does, and no other bytes of a column are handed out.
type Indexed struct {
	*parquet.File
	pages *pages
}

// OpenIndexed reads the footer of a file some of whose pages are to be read by an index: what is compressed may only be so
// with zstd or snappy, as emit writes it. Pages of a column can be read when [Indexed.CheckIndex] has looked at its index.
func OpenIndexed(r io.ReaderAt, size int64) (*Indexed, error) {
	meta, _, err := metadataOf(r, size)
	if err != nil {
		return nil, err
	}
	p := &pages{from: r, groups: make([]group, len(meta.RowGroups))}
	for i := range meta.RowGroups {
		for j := range meta.RowGroups[i].Columns {
			m := &meta.RowGroups[i].Columns[j].MetaData
			switch m.Codec {
			case format.Uncompressed, format.Zstd, format.Snappy:
			default:
				return nil, refuse("its compression is %s, and not zstd, as it is published", m.Codec)
			}
			first := m.DataPageOffset
			if m.DictionaryPageOffset != 0 {
				first = m.DictionaryPageOffset
			}
			s := &stream{from: r, codec: m.Codec, first: first, end: first + m.TotalCompressedSize, group: &p.groups[i], shared: &p.shared}
			p.columns = append(p.columns, &pagedColumn{stream: s})
			p.groups[i].streams = append(p.groups[i].streams, s)
		}
	}
	p.sorted = slices.Clone(p.columns)
	slices.SortFunc(p.sorted, func(a, b *pagedColumn) int { return int(min(1, max(-1, a.first-b.first))) })
	for i := range p.sorted[1:] {
		if p.sorted[i].end > p.sorted[i+1].first {
			return nil, refuse("two columns are in the same bytes")
		}
	}
	file, err := parquet.OpenFile(p, size, parquet.SkipPageIndex(true), parquet.SkipBloomFilters(true))
	if err != nil {
		return nil, err
	}
	for i, leaf := range leavesOf(file.Root(), nil) {
		for g := range p.groups {
			p.groups[g].streams[i].column = leaf
		}
	}
	return &Indexed{file, p}, nil
}

// pages is what the library reads instead of the file.
type pages struct {
	from    io.ReaderAt
	groups  []group
	columns []*pagedColumn
	sorted  []*pagedColumn // by their place in the file
	shared  shared
}

// pagedColumn is a column of a row group whose pages are read one by one.
type pagedColumn struct {
	*stream
	starts  []int64 // of each page, the dictionary's too; nil: they aren't known
	checked []bool
	begins  bool // with a dictionary
}

// CheckIndex compares the lengths in the indexes of a column of a row group with the bytes that are there, and learns where
// its pages lie.
func (f *Indexed) CheckIndex(group, column int) error {
	c := &f.Metadata().RowGroups[group].Columns[column]
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
		if _, err := f.pages.from.ReadAt(b, index.offset); err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		w := walker{b: b}
		if err := w.structure(nil); errors.Is(err, errShort) {
			return refuse("a length in an index is greater than what is there")
		} else if err != nil {
			return err
		}
		if index.offset != c.OffsetIndexOffset {
			continue
		}
		var offsets format.OffsetIndex
		if err := thrift.Unmarshal(new(thrift.CompactProtocol), b, &offsets); err != nil {
			return fmt.Errorf("an index is damaged: %w", err)
		}
		if err := f.pages.columns[group*len(f.Metadata().RowGroups[group].Columns)+column].learn(&offsets, c.MetaData.DataPageOffset); err != nil {
			return err
		}
	}
	return nil
}

// learn takes where the pages lie: one behind the other, from the first to the column's end.
func (c *pagedColumn) learn(index *format.OffsetIndex, first int64) error {
	if c.starts != nil {
		return nil
	}
	var starts []int64
	if c.first < first {
		starts, c.begins = append(starts, c.first), true
	}
	at, row := first, int64(0)
	for i := range index.PageLocations {
		p := &index.PageLocations[i]
		if p.Offset != at || p.CompressedPageSize <= 0 || int64(p.CompressedPageSize) > c.end-at || p.FirstRowIndex < row || i == 0 && p.FirstRowIndex != 0 {
			return refuse("an index says that page %d has %d bytes from %d on, and begins with row %d", i+1, p.CompressedPageSize, p.Offset, p.FirstRowIndex)
		}
		starts = append(starts, at)
		at, row = at+int64(p.CompressedPageSize), p.FirstRowIndex
	}
	if at != c.end || len(index.PageLocations) == 0 {
		return refuse("an index says that the pages of a column end at %d, and not at %d", at, c.end)
	}
	c.starts, c.checked = starts, make([]bool, len(starts))
	return nil
}

// ReadAt implements [io.ReaderAt]: of columns, it reads to the end of a page.
func (p *pages) ReadAt(b []byte, at int64) (int, error) {
	i, within := slices.BinarySearchFunc(p.sorted, at, func(c *pagedColumn, at int64) int {
		switch {
		case at < c.first:
			return 1
		case at >= c.end:
			return -1
		}
		return 0
	})
	if within {
		return p.sorted[i].readAt(b, at)
	}
	if i < len(p.sorted) { // what lies before the next column
		b = b[:min(int64(len(b)), p.sorted[i].first-at)]
	}
	return p.from.ReadAt(b, at)
}

func (c *pagedColumn) readAt(b []byte, at int64) (int, error) {
	if c.starts == nil {
		return 0, errors.New("a column is read whose index isn't known")
	}
	i, found := slices.BinarySearch(c.starts, at)
	if !found {
		i--
	}
	end := c.end
	if i+1 < len(c.starts) {
		end = c.starts[i+1]
	}
	if !c.checked[i] {
		if err := c.checkOne(c.starts[i], end); err != nil {
			return 0, fmt.Errorf("column %s: %w", c.column.Name(), err)
		}
		c.checked[i] = true
	}
	return c.from.ReadAt(b[:min(int64(len(b)), end-at)], at)
}

// checkOne checks the page that lies at a place and ends at another one. Those with a dictionary come after it.
func (c *pagedColumn) checkOne(at, end int64) error {
	if c.begins && at != c.starts[0] && !c.checked[0] {
		if err := c.checkOne(c.starts[0], c.starts[1]); err != nil {
			return err
		}
		c.checked[0] = true
	}
	c.at, c.open = at, 0
	h, err := c.header()
	if err != nil {
		return err
	}
	switch size := end - c.at; {
	case int64(h.CompressedPageSize) != size:
		return refuse("a page says that it has %d bytes, and the index %d", h.CompressedPageSize, size)
	case (h.Type == format.DictionaryPage) != (c.begins && at == c.starts[0]):
		return refuse("a page of type %s is where another should be", h.Type)
	}
	if err := c.load(int64(h.CompressedPageSize)); err != nil {
		return err
	}
	if h.CRC != 0 && uint32(h.CRC) != crc32.ChecksumIEEE(c.shared.packed) {
		return errors.New("the checksum of a page is another one")
	}
	err = c.page(h)
	c.ready = nil // the library decompresses it for itself
	return err
}

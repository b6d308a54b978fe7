package parquetsafe

import (
	"errors"
	"io"

	"github.com/parquet-go/parquet-go/format"
)

// virtual is what the library reads instead of the file: each column at an address of its own, as a stream of pages that are
// decompressed and checked as they are asked for, and a footer that says so.
type virtual struct {
	io.ReaderAt
	data   int64 // bytes before the file's own footer
	footer []byte
	groups []group
	all    []*stream // by address
	shared shared
}

// group is a row group.
type group struct {
	streams []*stream
	held    int64 // bytes, for the pages that are read at the moment
}

// A column has so many bytes of addresses, the first one from there on, too.
const (
	columnSpace = 1 << 40
	virtualSize = 1 << 62
)

// columns sets an address for each column, and says that it isn't compressed.
func (v *virtual) columns(groups []format.RowGroup) {
	v.groups = make([]group, len(groups))
	for i := range groups {
		for j := range groups[i].Columns {
			m := &groups[i].Columns[j].MetaData
			first := m.DataPageOffset
			if m.DictionaryPageOffset != 0 {
				first = m.DictionaryPageOffset
			}
			s := &stream{from: v.ReaderAt, codec: m.Codec, first: first, end: first + m.TotalCompressedSize, group: &v.groups[i], shared: &v.shared}
			v.all = append(v.all, s)
			v.groups[i].streams = append(v.groups[i].streams, s)
			m.Codec, m.DictionaryPageOffset, m.DataPageOffset, m.TotalCompressedSize = format.Uncompressed, 0, int64(len(v.all))*columnSpace, columnSpace
		}
	}
}

// ReadAt implements [io.ReaderAt].
func (v *virtual) ReadAt(p []byte, at int64) (n int, err error) {
	end := int64(virtualSize) - int64(len(v.footer))
	switch {
	case at >= end:
		if n = copy(p, v.footer[at-end:]); n < len(p) {
			err = io.EOF
		}
		return n, err
	case at < columnSpace:
		return v.ReaderAt.ReadAt(p, at)
	case at/columnSpace > int64(len(v.all)):
		return 0, io.EOF
	}
	return v.all[at/columnSpace-1].ReadAt(p, at%columnSpace)
}

// errBack says that a column isn't read in the order of its pages.
var errBack = errors.New("a column is read from another place than its beginning, or where reading it has ended")

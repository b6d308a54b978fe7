// Package parquetsafe reads Parquet files of strangers within fixed bounds of memory. A library that trusts the lengths in a
// file takes as much memory as they say: of lists in the footer, of pages, of what a page decompresses to, of runs of values.
// Here each of them is compared with the bytes that are there, and with the limits below, before anything is made of it.
package parquetsafe

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
)

// The limits, in bytes where nothing else is said. Writers make pages of 1 MiB mostly, and of 100 MiB at most.
const (
	maxFooter   = 32 << 20
	maxMetadata = 256 << 20 // of memory, for what the footer describes
	maxDepth    = 64        // of the schema
	maxColumns  = 10_000
	maxHeader   = 16 << 20 // of a page
	maxPage     = 128 << 20
	maxValues   = 8 << 20   // of a page: how many
	maxRow      = 4 << 20   // how many values of a repeated column a row may have
	maxHeld     = 512 << 20 // for the pages of a row group that are read at the same time
)

// ErrHostile is wrapped by what says that a file is refused, because of a length that can't be true or a limit.
var ErrHostile = errors.New("it can't be read safely")

func refuse(form string, args ...any) error {
	return fmt.Errorf("%w: "+form, append([]any{ErrHostile}, args...)...)
}

// Open reads the footer of a file of size bytes, without indexes of pages and Bloom filters. Pages are decompressed and
// checked as they are read, in their order: the file that is returned knows nothing of compression. An error that wraps
// [ErrHostile] says which length or limit is the reason.
func Open(r io.ReaderAt, size int64) (*parquet.File, error) {
	meta, data, err := metadataOf(r, size)
	if err != nil {
		return nil, err
	}
	v := &virtual{ReaderAt: r, data: data}
	v.columns(meta.RowGroups)
	if v.footer, err = thrift.Marshal(new(thrift.CompactProtocol), meta); err != nil {
		return nil, fmt.Errorf("its footer is damaged: %w", err)
	}
	v.footer = append(binary.LittleEndian.AppendUint32(v.footer, uint32(len(v.footer))), "PAR1"...)
	file, err := parquet.OpenFile(v, virtualSize, parquet.SkipPageIndex(true), parquet.SkipBloomFilters(true), parquet.ReadBufferSize(bufferSize))
	if err != nil {
		return nil, err
	}
	for i, leaf := range leavesOf(file.Root(), nil) {
		for g := range v.groups {
			if i < len(v.groups[g].streams) {
				v.groups[g].streams[i].column = leaf
			}
		}
	}
	return file, nil
}

// bufferSize is that of a column's reader, in bytes.
const bufferSize = 64 << 10

// metadataOf returns what the footer says, having compared it with the file, and how many bytes are before the footer.
func metadataOf(r io.ReaderAt, size int64) (_ *format.FileMetaData, data int64, _ error) {
	raw, err := footerOf(r, size)
	if err != nil {
		return nil, 0, err
	}
	if err := checkFooter(raw); err != nil {
		return nil, 0, err
	}
	meta := new(format.FileMetaData)
	if err := thrift.Unmarshal(new(thrift.CompactProtocol), raw, meta); err != nil {
		return nil, 0, fmt.Errorf("its footer is damaged: %w", err)
	}
	data = size - 8 - int64(len(raw))
	leaves, err := checkSchema(meta.Schema)
	if err != nil {
		return nil, 0, err
	}
	return meta, data, checkGroups(meta.RowGroups, leaves, data, size)
}

// footerOf returns the bytes of the footer.
func footerOf(r io.ReaderAt, size int64) ([]byte, error) {
	const end = 8 // the footer's length, and PAR1
	if size < end+4 {
		return nil, io.ErrUnexpectedEOF
	}
	var tail [end]byte
	if _, err := r.ReadAt(tail[:], size-end); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	n := int64(binary.LittleEndian.Uint32(tail[:]))
	switch {
	case string(tail[4:]) == "PARE":
		return nil, errors.New("it is encrypted: export it without encryption")
	case string(tail[4:]) != "PAR1" || n > size-end-4:
		return nil, io.ErrUnexpectedEOF
	case n > maxFooter:
		return nil, refuse("its footer has %d MiB, more than %d", n>>20, maxFooter>>20)
	}
	raw := make([]byte, n)
	if _, err := r.ReadAt(raw, size-end-n); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	return raw, nil
}

// checkSchema returns how many leaves a schema has, which is a list of its nodes, each before its children.
func checkSchema(nodes []format.SchemaElement) (leaves int, err error) {
	if len(nodes) == 0 || len(nodes) > maxColumns {
		return 0, refuse("its schema has %d nodes, and not from 1 to %d", len(nodes), maxColumns)
	}
	var open []int32 // children that are still to come, by depth
	for i := range nodes {
		n := &nodes[i]
		children := n.NumChildren.V
		if !n.NumChildren.Valid {
			children = 0
		}
		switch {
		case children < 0:
			return 0, refuse("a column has %d children", children)
		case i > 0 && len(open) == 0:
			return 0, refuse("its schema has nodes that belong to no other")
		case n.Type.Valid && children == 0 && (n.TypeLength.V < 0 || n.TypeLength.V > maxPage):
			return 0, refuse("a column has values of %d bytes", n.TypeLength.V)
		}
		if len(open) > 0 {
			open[len(open)-1]--
		}
		if children > 0 || i == 0 {
			open = append(open, children)
		} else {
			leaves++
		}
		if len(open) > maxDepth {
			return 0, refuse("its schema is nested deeper than %d", maxDepth)
		}
		for len(open) > 0 && open[len(open)-1] == 0 {
			open = open[:len(open)-1]
		}
	}
	if len(open) > 0 {
		return 0, refuse("its schema names children that aren't there")
	}
	return leaves, nil
}

// checkGroups compares what the row groups say with the bytes before the footer.
func checkGroups(groups []format.RowGroup, leaves int, data, size int64) error {
	for i := range groups {
		g := &groups[i]
		if g.NumRows < 0 || g.NumRows > 1<<20 && g.NumRows > 64*size {
			return refuse("row group %d says that it has %d rows, in a file of %d bytes", i+1, g.NumRows, size)
		}
		if len(g.Columns) != leaves {
			return refuse("row group %d has %d columns, and the schema %d", i+1, len(g.Columns), leaves)
		}
		if g.NumRows == 0 { // some writers leave such, and their columns point nowhere
			continue
		}
		for j := range g.Columns {
			c := &g.Columns[j]
			m := &c.MetaData
			first := m.DataPageOffset
			if m.DictionaryPageOffset != 0 {
				first = m.DictionaryPageOffset
			}
			switch {
			case c.FilePath != "":
				return refuse("column %d is in another file, %.80q", j+1, c.FilePath)
			case m.NumValues < 0, m.TotalCompressedSize < 0, m.TotalUncompressedSize < 0, first < 0, m.DataPageOffset < 0, first > data, m.TotalCompressedSize > data-first:
				return refuse("column %d of row group %d says that it has %d values in %d bytes from %d on, in a file of %d bytes", j+1, i+1, m.NumValues, m.TotalCompressedSize, first, size)
			case outside(c.ColumnIndexOffset, c.ColumnIndexLength, data), outside(c.OffsetIndexOffset, c.OffsetIndexLength, data):
				return refuse("the index of column %d is outside of the file", j+1)
			}
		}
	}
	return nil
}

func outside(offset int64, length int32, data int64) bool {
	return offset < 0 || length < 0 || offset > data || int64(length) > data-offset
}

// leavesOf returns the leaves in the order of their columns.
func leavesOf(c *parquet.Column, all []*parquet.Column) []*parquet.Column {
	if c.Leaf() {
		return append(all, c)
	}
	for _, child := range c.Columns() {
		all = leavesOf(child, all)
	}
	return all
}

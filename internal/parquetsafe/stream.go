package parquetsafe

import (
	"bytes"
	"errors"
	"fmt"
	"hash/crc32"
	"io"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
)

// stream is a column of a row group as a series of pages that aren't compressed.
type stream struct {
	from       io.ReaderAt
	codec      format.CompressionCodec
	first, end int64 // where the column begins and ends in the file
	group      *group
	column     *parquet.Column

	at         int64  // of the next page, in the file
	begin      int64  // of what is ready, in the stream
	ready      []byte // a page, with its header
	err        error  // why there is no more
	shared     *shared
	dictionary bool  // there was one
	held       int64 // bytes
	open       int   // values of a row that goes on in the next page
}

// shared is what serves all columns of a file, one after the other.
type shared struct {
	head, packed []byte
	unpack       unpacker
}

// ReadAt implements [io.ReaderAt]: it reads on, or from the beginning.
func (s *stream) ReadAt(p []byte, at int64) (n int, err error) {
	if at == 0 {
		s.group.held -= s.held
		s.at, s.begin, s.ready, s.err, s.dictionary, s.held, s.open = s.first, 0, s.ready[:0], nil, false, 0, 0
	}
	if at < s.begin {
		return 0, errBack
	}
	for n < len(p) {
		if i := at + int64(n) - s.begin; i < int64(len(s.ready)) {
			n += copy(p[n:], s.ready[i:])
			continue
		}
		if n > 0 { // the next page is made when it is asked for
			return n, nil
		}
		if s.err != nil {
			return n, s.err
		}
		s.begin += int64(len(s.ready))
		s.ready = s.ready[:0]
		if s.err = s.next(); s.err != nil {
			if !errors.Is(s.err, io.EOF) {
				s.err = fmt.Errorf("column %s: %w", s.column.Name(), s.err)
			}
			s.group.held -= s.held
			s.held, s.ready = 0, nil
		}
	}
	return n, nil
}

// next makes the next page ready.
func (s *stream) next() error {
	for {
		if s.at >= s.end {
			return io.EOF
		}
		h, err := s.header()
		if err != nil {
			return err
		}
		size := int64(h.CompressedPageSize)
		if h.Type == format.DictionaryPage && s.dictionary || h.Type == format.IndexPage {
			s.at += size
			continue
		}
		if err := s.load(size); err != nil {
			return err
		}
		if h.CRC != 0 && uint32(h.CRC) != crc32.ChecksumIEEE(s.shared.packed) {
			return errors.New("the checksum of a page is another one")
		}
		return s.page(h)
	}
}

// load reads the bytes of a page, and moves behind them.
func (s *stream) load(size int64) error {
	if int64(cap(s.shared.packed)) < size {
		s.shared.packed = make([]byte, size)
	}
	s.shared.packed = s.shared.packed[:size]
	if _, err := s.from.ReadAt(s.shared.packed, s.at); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	s.at += size
	return nil
}

// header reads the header of a page, and moves behind it.
func (s *stream) header() (*format.PageHeader, error) {
	for size := int64(4 << 10); ; size *= 4 {
		n := min(size, s.end-s.at)
		if int64(cap(s.shared.head)) < n {
			s.shared.head = make([]byte, n)
		}
		s.shared.head = s.shared.head[:n]
		if _, err := s.from.ReadAt(s.shared.head, s.at); err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
		length, err := headerLength(s.shared.head)
		switch {
		case errors.Is(err, errShort) && n == s.end-s.at:
			return nil, refuse("a length in the header of a page is greater than what is there")
		case errors.Is(err, errShort) && size >= maxHeader:
			return nil, refuse("the header of a page has more than %d MiB", maxHeader>>20)
		case errors.Is(err, errShort):
			continue
		case err != nil:
			return nil, err
		}
		h := new(format.PageHeader)
		if err := thrift.Unmarshal(new(thrift.CompactProtocol), bytes.Clone(s.shared.head[:length]), h); err != nil {
			return nil, fmt.Errorf("the header of a page is damaged: %w", err)
		}
		s.at += int64(length)
		return h, s.check(h)
	}
}

// valuesOf returns how many values a page says that it has.
func valuesOf(h *format.PageHeader) int {
	return int(max(h.DataPageHeader.V.NumValues, h.DataPageHeaderV2.V.NumValues, h.DictionaryPageHeader.V.NumValues))
}

// check compares what a page's header says with the bytes that are there, and the limits.
func (s *stream) check(h *format.PageHeader) error {
	v2 := h.DataPageHeaderV2.V
	levels := int64(v2.RepetitionLevelsByteLength) + int64(v2.DefinitionLevelsByteLength)
	switch {
	case h.CompressedPageSize < 0 || int64(h.CompressedPageSize) > s.end-s.at:
		return refuse("a page says that it has %d bytes, where %d are left", h.CompressedPageSize, s.end-s.at)
	case h.CompressedPageSize > maxPage || h.UncompressedPageSize < 0 || h.UncompressedPageSize > maxPage:
		return refuse("a page says that it has %d bytes, %d of them compressed: pages may have %d MiB", h.UncompressedPageSize, h.CompressedPageSize, maxPage>>20)
	case min(h.DataPageHeader.V.NumValues, v2.NumValues, h.DictionaryPageHeader.V.NumValues, v2.NumNulls, v2.NumRows) < 0 || valuesOf(h) > maxValues || v2.NumNulls > v2.NumValues:
		return refuse("a page says that it has %d values, %d of them null: it may have from 0 to %d", valuesOf(h), v2.NumNulls, maxValues)
	case min(v2.RepetitionLevelsByteLength, v2.DefinitionLevelsByteLength) < 0 || levels > int64(min(h.CompressedPageSize, h.UncompressedPageSize)):
		return refuse("the levels of a page are longer than the page")
	}
	// What the library takes beside the page: offsets, indexes, levels and values. A dictionary stays.
	size := 2*int64(h.UncompressedPageSize) + int64(h.CompressedPageSize) + 16*int64(valuesOf(h))
	if s.group.held += size - s.held; s.group.held > maxHeld {
		return refuse("reading a row group takes more than %d MiB of memory: write smaller pages", maxHeld>>20)
	}
	if s.held = size; h.Type == format.DictionaryPage {
		s.held = 0
	}
	return nil
}

// page makes a page ready, decompressed and checked.
func (s *stream) page(h *format.PageHeader) (err error) {
	levels := 0 // that aren't compressed
	packed := s.codec != format.Uncompressed
	switch {
	case h.Type == format.DictionaryPage && h.DictionaryPageHeader.Valid:
		s.dictionary = true
	case h.Type == format.DataPage && h.DataPageHeader.Valid:
	case h.Type == format.DataPageV2 && h.DataPageHeaderV2.Valid:
		v2 := &h.DataPageHeaderV2.V
		levels = int(v2.RepetitionLevelsByteLength + v2.DefinitionLevelsByteLength)
		packed = packed && (!v2.IsCompressed.Valid || v2.IsCompressed.V)
		v2.IsCompressed.Valid, v2.IsCompressed.V = true, false
	default:
		return refuse("a page of type %s has no header for it", h.Type)
	}
	size := int(h.UncompressedPageSize)
	h.CompressedPageSize, h.CRC = h.UncompressedPageSize, 0
	header, err := thrift.Marshal(new(thrift.CompactProtocol), h)
	if err != nil {
		return fmt.Errorf("the header of a page is damaged: %w", err)
	}
	if need := len(header) + size; cap(s.ready) < need {
		s.ready = make([]byte, 0, need)
	}
	s.ready = append(append(s.ready[:0], header...), s.shared.packed[:levels]...)
	if packed {
		s.ready, err = s.shared.unpack.append(s.ready, s.codec, s.shared.packed[levels:], size-levels)
	} else if s.ready = append(s.ready, s.shared.packed[levels:]...); len(s.shared.packed) != size {
		err = refuse("a page has %d bytes, and says that it has %d", len(s.shared.packed), size)
	}
	if err == nil {
		err = s.checkPage(h, s.ready[len(header):])
	}
	if err != nil {
		s.ready = s.ready[:0]
	}
	return err
}

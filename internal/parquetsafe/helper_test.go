package parquetsafe

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"testing"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/snappy"
	"github.com/klauspost/compress/zstd"
	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
	"github.com/pierrec/lz4/v4"
)

func marshal(t testing.TB, v any) []byte {
	t.Helper()
	b, err := thrift.Marshal(new(thrift.CompactProtocol), v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// page is a page of a file that is put together by hand.
type page struct {
	header format.PageHeader
	data   []byte
}

// dataPage is a page of plain texts, or of what is given.
func dataPage(encoding format.Encoding, values int32, size int, data []byte) page {
	p := page{header: format.PageHeader{Type: format.DataPage, UncompressedPageSize: int32(size), CompressedPageSize: int32(len(data))}, data: data}
	p.header.DataPageHeader.Valid = true
	p.header.DataPageHeader.V = format.DataPageHeader{NumValues: values, Encoding: encoding, DefinitionLevelEncoding: format.RLE, RepetitionLevelEncoding: format.RLE}
	return p
}

func dictionaryPage(values int32, data []byte) page {
	p := page{header: format.PageHeader{Type: format.DictionaryPage, UncompressedPageSize: int32(len(data)), CompressedPageSize: int32(len(data))}, data: data}
	p.header.DictionaryPageHeader.Valid = true
	p.header.DictionaryPageHeader.V = format.DictionaryPageHeader{NumValues: values, Encoding: format.Plain}
	return p
}

// file puts a file of one column of texts together.
func file(t testing.TB, codec format.CompressionCodec, repetition format.FieldRepetitionType, change func(*format.FileMetaData), pages ...page) []byte {
	t.Helper()
	b := []byte("PAR1")
	rows := int64(0)
	for _, p := range pages {
		b = append(append(b, marshal(t, &p.header)...), p.data...)
		rows += int64(p.header.DataPageHeader.V.NumValues)
	}
	rows = min(max(rows, 1), 1000)
	typ := format.ByteArray
	root, leaf := format.SchemaElement{Name: "root"}, format.SchemaElement{Name: "a"}
	root.NumChildren.Valid, root.NumChildren.V = true, 1
	leaf.Type.Valid, leaf.Type.V = true, typ
	leaf.RepetitionType.Valid, leaf.RepetitionType.V = true, repetition
	meta := &format.FileMetaData{
		Version: 1, NumRows: rows, Schema: []format.SchemaElement{root, leaf},
		RowGroups: []format.RowGroup{{NumRows: rows, TotalByteSize: int64(len(b)), Columns: []format.ColumnChunk{{MetaData: format.ColumnMetaData{
			Type: typ, Encoding: []format.Encoding{format.Plain}, PathInSchema: []string{"a"}, Codec: codec, NumValues: rows, TotalUncompressedSize: int64(len(b)) - 4,
			TotalCompressedSize: int64(len(b)) - 4, DataPageOffset: 4,
		}}}}},
	}
	if change != nil {
		change(meta)
	}
	return withMeta(t, b, meta)
}

func withMeta(t testing.TB, data []byte, meta *format.FileMetaData) []byte {
	t.Helper()
	footer := marshal(t, meta)
	return append(binary.LittleEndian.AppendUint32(append(bytes.Clone(data), footer...), uint32(len(footer))), "PAR1"...)
}

// read reads all rows, and returns how many there are.
func read(b []byte) (rows int, err error) {
	defer func() {
		if p := recover(); p != nil { // as its users have it: the library panics where values point out of a dictionary
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	f, err := Open(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return 0, err
	}
	for _, g := range f.RowGroups() {
		if g.NumRows() == 0 {
			continue
		}
		n, err := readGroup(g)
		if rows += n; err != nil {
			return rows, err
		}
	}
	return rows, nil
}

func readGroup(g parquet.RowGroup) (rows int, err error) {
	r := g.Rows()
	defer func() { err = errors.Join(err, r.Close()) }()
	batch := make([]parquet.Row, 16)
	for {
		n, err := r.ReadRows(batch)
		rows += n
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if err != nil {
			return rows, err
		}
		if n == 0 {
			return rows, io.ErrNoProgress
		}
	}
}

// compressed returns what a codec makes of a text.
func compressed(t testing.TB, codec format.CompressionCodec, text []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	var w io.WriteCloser
	switch codec {
	case format.Snappy:
		return snappy.Encode(nil, text)
	case format.Lz4Raw:
		packed := make([]byte, lz4.CompressBlockBound(len(text)))
		n, err := new(lz4.Compressor).CompressBlock(text, packed)
		if err != nil {
			t.Fatal(err)
		}
		return packed[:n]
	case format.Gzip:
		w = gzip.NewWriter(&b)
	case format.Brotli:
		w = brotli.NewWriterLevel(&b, 1)
	case format.Zstd:
		z, err := zstd.NewWriter(&b)
		if err != nil {
			t.Fatal(err)
		}
		w = z
	default:
		return text
	}
	if _, err := w.Write(text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// texts is n plain values.
func texts(n int, text string) []byte {
	one := append(binary.LittleEndian.AppendUint32(nil, uint32(len(text))), text...)
	return bytes.Repeat(one, n)
}

package parquetsafe

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress"
	"github.com/parquet-go/parquet-go/format"
)

// indexed is a file whose pages have an index, which edit changes.
func indexed(t testing.TB, codec format.CompressionCodec, edit func(*format.OffsetIndex), all ...page) []byte {
	t.Helper()
	var meta *format.FileMetaData
	b := file(t, codec, format.Required, func(m *format.FileMetaData) { meta = m }, all...)
	b = b[:len(b)-8-int(binary.LittleEndian.Uint32(b[len(b)-8:]))]
	var index format.OffsetIndex
	at, row := int64(4), int64(0)
	for _, p := range all {
		size := int64(len(marshal(t, &p.header)) + len(p.data))
		if p.header.Type != format.DictionaryPage {
			index.PageLocations = append(index.PageLocations, format.PageLocation{Offset: at, CompressedPageSize: int32(size), FirstRowIndex: row})
		} else {
			meta.RowGroups[0].Columns[0].MetaData.DictionaryPageOffset, meta.RowGroups[0].Columns[0].MetaData.DataPageOffset = at, at+size
		}
		at, row = at+size, row+int64(p.header.DataPageHeader.V.NumValues)
	}
	if edit != nil {
		edit(&index)
	}
	text := marshal(t, &index)
	c := &meta.RowGroups[0].Columns[0]
	c.OffsetIndexOffset, c.OffsetIndexLength = int64(len(b)), int32(len(text))
	return withMeta(t, append(bytes.Clone(b), text...), meta)
}

// readFrom reads the rows from one on, by the index.
func readFrom(b []byte, row int64) (rows int, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	f, err := OpenIndexed(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return 0, err
	}
	for i, g := range f.RowGroups() {
		for j, c := range g.ColumnChunks() {
			if err := f.CheckIndex(i, j); err != nil {
				return rows, err
			}
			if _, err := c.OffsetIndex(); err != nil {
				return rows, err
			}
		}
		r := parquet.NewColumnChunkRowReader(g.ColumnChunks())
		if err := r.SeekToRow(row); err != nil {
			return rows, errors.Join(err, r.Close())
		}
		batch := make([]parquet.Row, 16)
		for {
			n, err := r.ReadRows(batch)
			if rows += n; errors.Is(err, io.EOF) {
				break
			}
			if err != nil || n == 0 {
				return rows, errors.Join(err, r.Close())
			}
		}
		if err := r.Close(); err != nil {
			return rows, err
		}
	}
	return rows, nil
}

// What is looked up by an index is bounded as what is read from its beginning.
func TestHostileIndexed(t *testing.T) {
	one, run := dataPage(format.Plain, 2, 16, texts(2, "abcd")), binary.AppendUvarint(nil, (1<<31-1)<<1)
	cases := map[string]struct {
		file []byte
		want string
	}{
		"good":             {indexed(t, format.Uncompressed, nil, one, one, one), ""},
		"a page of 2 GiB":  {indexed(t, format.Uncompressed, nil, one, func() page { p := one; p.header.UncompressedPageSize = 1<<31 - 1; return p }()), "pages may have"},
		"a run of indexes": {indexed(t, format.Uncompressed, nil, dictionaryPage(2, texts(2, "abcd")), dataPage(format.RLEDictionary, 2, 2+len(run), append(append([]byte{1}, run...), 0))), "a run"},
		"no dictionary":    {indexed(t, format.Uncompressed, nil, one, dataPage(format.RLEDictionary, 2, 3, []byte{1, 4, 0})), "dictionary"},
		"another checksum": {indexed(t, format.Uncompressed, nil, one, func() page { p := one; p.header.CRC = 1234; return p }()), "checksum"},
		"within a page":    {indexed(t, format.Uncompressed, func(x *format.OffsetIndex) { x.PageLocations[1].Offset += 3 }, one, one), "an index says"},
		"too short":        {indexed(t, format.Uncompressed, func(x *format.OffsetIndex) { x.PageLocations = x.PageLocations[:1] }, one, one), "end at"},
		"one page of two": {indexed(t, format.Uncompressed, func(x *format.OffsetIndex) {
			x.PageLocations[0].CompressedPageSize += x.PageLocations[1].CompressedPageSize
			x.PageLocations = x.PageLocations[:1]
		}, one, one), "and the index"},
		"beyond the end": {indexed(t, format.Uncompressed, func(x *format.OffsetIndex) { x.PageLocations[1].CompressedPageSize = 1 << 30 }, one, one), "an index says"},
		"rows backwards": {indexed(t, format.Uncompressed, func(x *format.OffsetIndex) { x.PageLocations[1].FirstRowIndex = -1 }, one, one), "an index says"},
		"no pages":       {indexed(t, format.Uncompressed, func(x *format.OffsetIndex) { x.PageLocations = nil }, one), "end at"},
	}
	zeros := make([]byte, bomb)
	for _, codec := range []format.CompressionCodec{format.Snappy, format.Zstd} {
		good := dataPage(format.Plain, 2, 16, compressed(t, codec, texts(2, "abcd")))
		cases["a bomb of "+codec.String()] = struct {
			file []byte
			want string
		}{indexed(t, codec, nil, good, dataPage(format.Plain, 2, 16, compressed(t, codec, zeros))), "decompress"}
		cases["good "+codec.String()] = struct {
			file []byte
			want string
		}{indexed(t, codec, nil, good, good), ""}
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			rows, err := readFrom(c.file, 2)
			runtime.ReadMemStats(&after)
			if c.want == "" && (err != nil || rows == 0) || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want) || strings.HasPrefix(err.Error(), "panic")) {
				t.Errorf("%d rows, %v, not %q", rows, err, c.want)
			}
			if took := after.TotalAlloc - before.TotalAlloc; took > bomb/2 {
				t.Errorf("it took %d MiB", took>>20)
			}
		})
	}
}

// By an index, the same rows are found as the library finds by itself.
func TestSameRowsIndexed(t *testing.T) {
	for _, codec := range []compress.Codec{&parquet.Uncompressed, &parquet.Snappy, &parquet.Zstd} {
		for _, version := range []int{1, 2} {
			for _, size := range []int{100, 1 << 20} {
				b := write(t, 1000, parquet.Compression(codec), parquet.DataPageVersion(version), parquet.PageBufferSize(size))
				for _, from := range []int64{0, 1, 77, 499} {
					if rows, err := readFrom(b, from); err != nil || rows != 1000-2*int(from) {
						t.Errorf("%s, version %d, from %d: %d rows, %v", codec, version, from, rows, err)
					}
				}
			}
		}
	}
}

// FuzzIndexed reads anything by its index: it ends in an error or in rows, and takes no more memory than the limits allow.
func FuzzIndexed(f *testing.F) {
	f.Add(write(f, 9, parquet.Compression(&parquet.Zstd), parquet.PageBufferSize(100)), uint8(3))
	f.Add(indexed(f, format.Zstd, nil, dataPage(format.Plain, 2, 16, compressed(f, format.Zstd, texts(2, "abcd")))), uint8(0))
	f.Add(indexed(f, format.Uncompressed, nil, dictionaryPage(2, texts(2, "abcd")), dataPage(format.RLEDictionary, 3, 3, []byte{1, 6, 1})), uint8(1))
	f.Fuzz(func(t *testing.T, b []byte, from uint8) {
		if len(b) > 64<<10 {
			return
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := readFrom(b, int64(from))
		runtime.ReadMemStats(&after)
		if took := after.TotalAlloc - before.TotalAlloc; took > 3*maxHeld {
			t.Errorf("it took %d MiB: %v", took>>20, err)
		}
	})
}

package parquetsafe

import (
	"bytes"
	"encoding/binary"
	"errors"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go/format"
)

// bomb is what pages decompress to that say that they have few bytes.
const bomb = 64 << 20

// TestHostile refuses by name what would take more memory than a file's bytes could need, and takes little itself.
func TestHostile(t *testing.T) {
	zeros := make([]byte, bomb)
	one := dataPage(format.Plain, 2, 16, texts(2, "abcd"))
	plain := func(change func(*format.FileMetaData), pages ...page) []byte {
		return file(t, format.Uncompressed, format.Required, change, pages...)
	}
	huge := func(change func(*page)) []byte {
		p := dataPage(format.Plain, 2, 16, texts(2, "abcd"))
		change(&p)
		return plain(nil, p)
	}
	run := func(n uint64) []byte { return append(binary.AppendUvarint(nil, n<<1), 0) }
	levels := func(b []byte) []byte { return append(binary.LittleEndian.AppendUint32(nil, uint32(len(b))), b...) }
	delta := func(block, parts, total uint64, first int64) []byte {
		return append(binary.AppendVarint(binary.AppendUvarint(binary.AppendUvarint(binary.AppendUvarint(nil, block), parts), total), first), make([]byte, 64)...)
	}
	good := plain(nil, one)
	cases := map[string]struct {
		file []byte
		want string
	}{
		"a page larger than the file": {huge(func(p *page) { p.header.CompressedPageSize = 1 << 30 }), "are left"},
		"a page of 2 GiB":             {huge(func(p *page) { p.header.UncompressedPageSize = 1<<31 - 1 }), "pages may have"},
		"a negative size":             {huge(func(p *page) { p.header.CompressedPageSize = -1 }), "are left"},
		"a negative plain size":       {huge(func(p *page) { p.header.UncompressedPageSize = -7 }), "pages may have"},
		"another size":                {huge(func(p *page) { p.header.UncompressedPageSize = 17 }), "says that it has 17"},
		"two billion values":          {huge(func(p *page) { p.header.DataPageHeader.V.NumValues = 1<<31 - 1 }), "values"},
		"negative values":             {huge(func(p *page) { p.header.DataPageHeader.V.NumValues = -1 }), "values"},
		"no dictionary":               {plain(nil, dataPage(format.RLEDictionary, 2, 3, append([]byte{1}, run(2)...))), "dictionary"},
		"a dictionary of a billion":   {plain(nil, dictionaryPage(1<<23, texts(2, "abcd")), one), "says that it has"},
		"a run of indexes":            {plain(nil, dictionaryPage(2, texts(2, "abcd")), dataPage(format.RLEDictionary, 2, 7, append([]byte{1}, run(1<<31-1)...))), "a run"},
		"many runs of indexes":        {plain(nil, dictionaryPage(2, texts(2, "abcd")), dataPage(format.RLEDictionary, 2, 1+5*400, append([]byte{1}, bytes.Repeat(run(1<<22), 400)...))), "runs have more"},
		"indexes of 200 bits":         {plain(nil, dictionaryPage(2, texts(2, "abcd")), dataPage(format.RLEDictionary, 2, 3, append([]byte{200}, run(2)...))), "200 bits"},
		"a run of levels":             {file(t, format.Uncompressed, format.Optional, nil, dataPage(format.Plain, 2, 4+len(run(1<<31)), levels(run(1<<31)))), "a run"},
		"levels beyond the page":      {file(t, format.Uncompressed, format.Optional, nil, dataPage(format.Plain, 2, 4, []byte{255, 255, 255, 255})), "levels"},
		"a row without an end":        {file(t, format.Uncompressed, format.Repeated, nil, dataPage(format.Plain, maxValues, 4+len(run(maxValues))+4+len(run(maxValues)), append(levels(append(run(maxValues)[:len(run(maxValues))-1], 1)), levels(run(maxValues))...))), "a row"},
		"differences":                 {plain(nil, dataPage(format.DeltaLengthByteArray, 2, len(delta(128, 4, 1<<31-1, 0)), delta(128, 4, 1<<31-1, 0))), "differences"},
		"texts of 2 GiB":              {plain(nil, dataPage(format.DeltaLengthByteArray, 1, len(delta(128, 4, 1, 1<<31-1)), delta(128, 4, 1, 1<<31-1))), "bytes"},
		"negative lengths":            {plain(nil, dataPage(format.DeltaLengthByteArray, 1, len(delta(128, 4, 1, -5)), delta(128, 4, 1, -5))), "-5 bytes"},
		"prefixes":                    {plain(nil, dataPage(format.DeltaByteArray, 1, 2*len(delta(128, 4, 1, 1<<30)), append(delta(128, 4, 1, 1<<30)[:10], delta(128, 4, 1, 0)...))), "says that it has"},
		"a footer of 4 GiB":           {append(slices.Clone(good[:len(good)-8]), 255, 255, 255, 255, 'P', 'A', 'R', '1'), "EOF"},
		"a list of a billion":         {append(append([]byte("PAR1"), 0x15, 2, 0x29, 0xfc, 0xff, 0xff, 0xff, 0xff, 0x07, 0, 0), 11, 0, 0, 0, 'P', 'A', 'R', '1'), "greater than what is there"},
		"deep metadata":               {withFooter(bytes.Repeat([]byte{0x1c}, 100_000)), "nested deeper"},
		"a text of a billion":         {withFooter([]byte{0x38, 0xff, 0xff, 0xff, 0xff, 0x07}), "greater than what is there"},
		"a map":                       {withFooter([]byte{0x1b, 1, 0x11, 0, 0, 0}), "a map"},
		"two million columns":         {withFooter(append(append([]byte{0x15, 2, 0x19, 0xfc}, binary.AppendUvarint(nil, 2<<20)...), make([]byte, 3<<20)...)), "of memory"},
		"a schema in a circle": {plain(func(m *format.FileMetaData) {
			m.Schema[1].NumChildren.Valid, m.Schema[1].NumChildren.V = true, 1
		}, one), "children that aren't there"},
		"negative children": {plain(func(m *format.FileMetaData) { m.Schema[0].NumChildren.V = -1 }, one), "children"},
		"deep schema": {plain(func(m *format.FileMetaData) {
			m.Schema = slices.Concat(slices.Repeat(m.Schema[:1], 5000), m.Schema[1:])
		}, one), "nested deeper"},
		"too many nodes":    {plain(func(m *format.FileMetaData) { m.Schema = slices.Repeat(m.Schema[1:], maxColumns+1) }, one), "nodes"},
		"negative rows":     {plain(func(m *format.FileMetaData) { m.RowGroups[0].NumRows = -1 }, one), "rows"},
		"a trillion rows":   {plain(func(m *format.FileMetaData) { m.RowGroups[0].NumRows = 1 << 40 }, one), "rows"},
		"an offset beyond":  {plain(func(m *format.FileMetaData) { m.RowGroups[0].Columns[0].MetaData.DataPageOffset = 1 << 40 }, one), "from 1099511627776 on"},
		"a negative offset": {plain(func(m *format.FileMetaData) { m.RowGroups[0].Columns[0].MetaData.DataPageOffset = -4 }, one), "from -4 on"},
		"a negative column": {plain(func(m *format.FileMetaData) { m.RowGroups[0].Columns[0].MetaData.TotalCompressedSize = -4 }, one), "-4 bytes"},
		"another file":      {plain(func(m *format.FileMetaData) { m.RowGroups[0].Columns[0].FilePath = "/etc/passwd" }, one), "another file"},
		"no column":         {plain(func(m *format.FileMetaData) { m.RowGroups[0].Columns = nil }, one), "0 columns"},
		"an index beyond": {plain(func(m *format.FileMetaData) {
			m.RowGroups[0].Columns[0].OffsetIndexOffset, m.RowGroups[0].Columns[0].OffsetIndexLength = 4, 1<<31-1
		}, one), "index"},
		"no header":           {plain(nil, page{format.PageHeader{Type: format.DataPageV2}, nil}), "no header"},
		"a page without end":  {plain(nil, one, page{format.PageHeader{}, []byte{0x1c, 0x1c, 0x1c, 0x1c}}), "no header"},
		"an old LZ4":          {file(t, format.Lz4, format.Required, nil, one), "isn't read"},
		"lz4 of anything":     {file(t, format.Lz4Raw, format.Required, nil, one), "decompressing"},
		"gzip of anything":    {file(t, format.Gzip, format.Required, nil, one), "decompressing"},
		"brotli of anything":  {file(t, format.Brotli, format.Required, nil, one), "decompressing"},
		"another checksum":    {huge(func(p *page) { p.header.CRC = 1234 }), "checksum"},
		"a header of 100 KiB": {plain(nil, headerOf(100<<10)), ""},
		"good":                {good, ""},
	}
	for _, codec := range []format.CompressionCodec{format.Snappy, format.Gzip, format.Brotli, format.Zstd, format.Lz4Raw} {
		packed := compressed(t, codec, zeros)
		cases["a bomb of "+codec.String()] = struct {
			file []byte
			want string
		}{file(t, codec, format.Required, nil, dataPage(format.Plain, 2, 16, packed)), "decompress"}
		cases["less of "+codec.String()] = struct {
			file []byte
			want string
		}{file(t, codec, format.Required, nil, dataPage(format.Plain, 2, 100, compressed(t, codec, texts(2, "abcd")))), "says 100"}
		cases["good "+codec.String()] = struct {
			file []byte
			want string
		}{file(t, codec, format.Required, nil, dataPage(format.Plain, 200, 1600, compressed(t, codec, texts(200, "abcd")))), ""}
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			rows, err := read(c.file)
			runtime.ReadMemStats(&after)
			switch {
			case c.want == "":
				if err != nil || rows == 0 {
					t.Errorf("%d rows, %v", rows, err)
				}
			case err == nil || !strings.Contains(err.Error(), c.want):
				t.Errorf("%d rows, %v, not %q", rows, err, c.want)
			case strings.HasPrefix(err.Error(), "panic"):
				t.Error(err)
			}
			if took := after.TotalAlloc - before.TotalAlloc; took > bomb/2 {
				t.Errorf("it took %d MiB", took>>20)
			}
		})
	}
}

// withFooter is a file that is nothing but a footer.
func withFooter(footer []byte) []byte {
	return append(binary.LittleEndian.AppendUint32(append([]byte("PAR1"), footer...), uint32(len(footer))), "PAR1"...)
}

// headerOf is a page whose header has statistics of so many bytes.
func headerOf(size int) page {
	p := dataPage(format.Plain, 2, 16, texts(2, "abcd"))
	p.header.DataPageHeader.V.Statistics.MaxValue = make([]byte, size)
	return p
}

// FuzzOpen reads anything: it ends in an error or in rows, and takes no more memory than the limits allow.
func FuzzOpen(f *testing.F) {
	for _, codec := range []format.CompressionCodec{format.Uncompressed, format.Snappy, format.Gzip, format.Brotli, format.Zstd, format.Lz4Raw} {
		f.Add(file(f, codec, format.Required, nil, dataPage(format.Plain, 3, 24, compressed(f, codec, texts(3, "abcd")))))
	}
	run := []byte{6, 1}
	f.Add(file(f, format.Uncompressed, format.Required, nil, dictionaryPage(2, texts(2, "abcd")), dataPage(format.RLEDictionary, 3, 3, append([]byte{1}, run...))))
	f.Add(file(f, format.Uncompressed, format.Optional, nil, dataPage(format.Plain, 3, 6+24, append([]byte{2, 0, 0, 0, 6, 1}, texts(3, "abcd")...))))
	f.Add(rich(f))
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) > 64<<10 {
			return
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := read(b)
		runtime.ReadMemStats(&after)
		if took := after.TotalAlloc - before.TotalAlloc; took > 3*maxHeld {
			t.Errorf("it took %d MiB: %v", took>>20, err)
		}
		if errors.Is(err, ErrHostile) != (err != nil && strings.Contains(err.Error(), ErrHostile.Error())) {
			t.Error(err)
		}
	})
}

package parquetsafe

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"testing"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress"
	"github.com/parquet-go/parquet-go/format"
)

// inner has what columns of logs are made of, in every encoding.
type inner struct {
	ID     string            `parquet:"id,dict"`
	Text   string            `parquet:"text,delta"`
	Other  *string           `parquet:"other,optional"`
	Time   int64             `parquet:"time,delta,timestamp(microsecond)"`
	Number float64           `parquet:"number,split"`
	Flag   bool              `parquet:"flag"`
	Tags   map[string]string `parquet:"tags"`
	List   []struct {
		Name  string   `parquet:"name,dict"`
		Words []string `parquet:"words,list"`
	} `parquet:"list,list"`
	Fixed [16]byte `parquet:"fixed,uuid"`
	Small int32    `parquet:"small,optional"`
}

func rows(n int) []inner {
	all := make([]inner, n)
	for i := range all {
		r := &all[i]
		r.ID, r.Text, r.Time, r.Number, r.Flag, r.Small = fmt.Sprint("id", i%7), fmt.Sprint("a common beginning ", i), int64(i)*1e6, float64(i)/3, i%3 == 0, int32(i%2)
		if i%4 > 0 {
			r.Other = &r.Text
			r.Tags = map[string]string{"a": r.ID, "b": ""}
		}
		for j := range i % 3 {
			r.List = append(r.List, struct {
				Name  string   `parquet:"name,dict"`
				Words []string `parquet:"words,list"`
			}{fmt.Sprint(j), make([]string, i%5)})
		}
		r.Fixed[3] = byte(i)
	}
	return all
}

func write(t testing.TB, n int, options ...parquet.WriterOption) []byte {
	t.Helper()
	var b bytes.Buffer
	w := parquet.NewGenericWriter[inner](&b, options...)
	all := rows(n)
	for _, part := range [][]inner{all[:n/2], all[n/2:]} {
		if _, err := w.Write(part); err != nil {
			t.Fatal(err)
		}
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func rich(t testing.TB) []byte { return write(t, 9, parquet.Compression(&parquet.Brotli)) }

// TestSameRows compares the rows with those that the library reads by itself, in any compression and version of pages.
func TestSameRows(t *testing.T) {
	for _, codec := range []compress.Codec{&parquet.Uncompressed, &parquet.Snappy, &parquet.Gzip, &parquet.Brotli, &parquet.Zstd, &parquet.Lz4Raw} {
		for _, version := range []int{1, 2} {
			for _, size := range []int{100, 1 << 20} {
				b := write(t, 1000, parquet.Compression(codec), parquet.DataPageVersion(version), parquet.PageBufferSize(size), parquet.DataPageStatistics(true))
				plain, err := parquet.OpenFile(bytes.NewReader(b), int64(len(b)))
				if err != nil {
					t.Fatal(err)
				}
				safe, err := Open(bytes.NewReader(b), int64(len(b)))
				if err != nil {
					t.Fatal(err)
				}
				got, want := text(t, safe), text(t, plain)
				if got != want || len(want) < 10_000 {
					t.Errorf("%s, version %d: %d bytes, not %d", codec, version, len(got), len(want))
				}
			}
		}
	}
	if format.Lz4 == format.Lz4Raw {
		t.Error("they are two")
	}
}

func text(t *testing.T, f *parquet.File) string {
	t.Helper()
	var b bytes.Buffer
	for _, g := range f.RowGroups() {
		r := g.Rows()
		for {
			batch := make([]parquet.Row, 7)
			n, err := r.ReadRows(batch)
			for _, row := range batch[:n] {
				fmt.Fprintf(&b, "%+v\n", row)
			}
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return b.String()
}

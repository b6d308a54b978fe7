package objects

import (
	"bytes"
	"errors"
	"io"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

func gzipped(t *testing.T, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// One reader for all, one object after the other.
func TestOpen(t *testing.T) {
	z, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	members := append(gzipped(t, "one, "), gzipped(t, "two")...)
	var d Decompressor
	defer d.Close()
	for _, c := range []struct {
		name    string
		content []byte
		want    string
		err     error
	}{
		{"plain", []byte("plain"), "plain", nil},
		{"empty", nil, "", nil},
		{"gzip of two members", members, "one, two", nil},
		{"cut gzip", members[:len(members)-9], "", io.ErrUnexpectedEOF},
		{"zstd", z.EncodeAll([]byte("three"), nil), "three", nil},
		{"gzip again", gzipped(t, "four"), "four", nil},
	} {
		r, err := d.Open(bytes.NewReader(c.content))
		var got []byte
		if err == nil {
			got, err = io.ReadAll(r)
		}
		if !errors.Is(err, c.err) || c.err == nil && string(got) != c.want {
			t.Errorf("%s: %q, %v", c.name, got, err)
		}
	}
}

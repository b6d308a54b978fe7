package gunzip

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"
)

func compressed(t *testing.T, content string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := io.WriteString(w, content); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// onlyReader hides all that a reader can do but read.
type onlyReader struct{ io.Reader }

// TestSameAsGzip reads files, with one Reader for all, as package gzip reads them: the same bytes, the same errors.
func TestSameAsGzip(t *testing.T) {
	text := strings.Repeat("all work and no play ", 10_000)
	huge := strings.Repeat("x", 40<<20)
	one, large := compressed(t, text), compressed(t, huge)
	join := func(members ...[]byte) []byte { return bytes.Join(members, nil) }
	damaged := bytes.Clone(one)
	damaged[len(damaged)-5] ^= 1
	var r Reader
	defer r.Close()
	for name, file := range map[string][]byte{
		"one":                 one,
		"members":             join(one, compressed(t, ""), one),
		"a large one between": join(one, large, one),
		"empty":               compressed(t, ""),
		"cut":                 join(one, one[:len(one)/2]),
		"cut in the end":      one[:len(one)-3],
		"cut in the head":     join(one, one[:7]),
		"damaged":             join(one, damaged, one),
		"garbage behind":      join(one, []byte("garbage behind it")),
		"no gzip":             []byte("no gzip at all"),
		"nothing":             {},
	} {
		want, wantErr := read(new(gzip.Reader), bytes.NewReader(file))
		for way, from := range map[string]io.Reader{"memory": bytes.NewReader(file), "stream": onlyReader{bytes.NewReader(file)}} {
			content, err := r.Reset(from)
			var got []byte
			if err == nil {
				var head [10]byte
				var n int
				if n, err = io.ReadFull(content, head[:]); err == nil {
					var rest bytes.Buffer
					_, err = io.Copy(&rest, content)
					got = append(head[:n], rest.Bytes()...)
				} else if got = head[:n]; errors.Is(err, io.EOF) {
					err = nil
				}
			}
			if !bytes.Equal(got, want) || !errors.Is(err, wantErr) {
				t.Errorf("%s from %s: %d bytes, %v, not %d, %v", name, way, len(got), err, len(want), wantErr)
			}
		}
	}
}

func read(z *gzip.Reader, from io.Reader) ([]byte, error) {
	if err := z.Reset(from); err != nil {
		return nil, err
	}
	return io.ReadAll(z)
}

package blockgzip

import (
	"bytes"
	"compress/gzip"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
)

// texts are blocks of every kind: none, small, alike, without any order, larger than a window of deflate.
func texts() [][]byte {
	noise := make([]byte, 100_000)
	r := rand.New(rand.NewPCG(1, 2))
	for i := range noise {
		noise[i] = byte(r.Uint32())
	}
	same := []byte(strings.Repeat("the same text again and again\n", 10_000))
	return [][]byte{{}, []byte("a"), same, same, noise, []byte("the same text again and again\n"), noise[:70_000]}
}

func write(t testing.TB, w *Writer, blocks [][]byte) ([]byte, []Block) {
	t.Helper()
	var out bytes.Buffer
	if err := w.Reset(&out); err != nil {
		t.Fatal(err)
	}
	var list []Block
	for _, text := range blocks {
		b, err := w.Block(text)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, b)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes(), list
}

func writer(t testing.TB) *Writer {
	t.Helper()
	w, err := NewWriter(2)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// It is gzip to others, of one member, each block can be read alone, and all of them are all of it.
func TestRoundTrip(t *testing.T) {
	w := writer(t)
	for range 2 {
		for _, blocks := range [][][]byte{nil, texts(), texts()[1:2]} {
			file, list := write(t, w, blocks)
			z, err := gzip.NewReader(bytes.NewReader(file))
			if err != nil {
				t.Fatal(err)
			}
			z.Multistream(false)
			got, err := io.ReadAll(z)
			if want := bytes.Join(blocks, nil); err != nil || !bytes.Equal(got, want) {
				t.Errorf("%d bytes came back of %d (%v)", len(got), len(want), err)
			}
			whole, err := NewWhole(bytes.NewReader(file), int64(len(file)))
			if err != nil {
				t.Fatal(err)
			}
			var r Reader
			at := int64(HeadBytes)
			for i, b := range list {
				alone, err := r.Block(bytes.NewReader(file), at, b)
				check(t, alone, err, blocks[i])
				next, err := whole.Next(b)
				check(t, next, err, blocks[i])
				at += b.Bytes
			}
			if err := whole.Close(); err != nil {
				t.Error(err)
			}
		}
	}
}

func check(t *testing.T, r io.Reader, err error, want []byte) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(r); err != nil || !bytes.Equal(got, want) {
		t.Errorf("%d bytes of %d: %v", len(got), len(want), err)
	}
}

// The same text produces the same bytes, whatever the writer wrote before.
func TestSameBytes(t *testing.T) {
	w := writer(t)
	first, _ := write(t, w, texts())
	again, _ := write(t, w, texts())
	other, _ := write(t, writer(t), texts())
	if !bytes.Equal(first, again) || !bytes.Equal(first, other) {
		t.Error("other bytes")
	}
}

// Whatever byte is another one, it is noticed.
func TestEveryByte(t *testing.T) {
	file, list := write(t, writer(t), [][]byte{[]byte("one"), []byte("two and two"), []byte(strings.Repeat("three", 30))})
	prove := func() error {
		w, err := NewWhole(bytes.NewReader(file), int64(len(file)))
		if err != nil {
			return err
		}
		for _, b := range list {
			r, err := w.Next(b)
			if err != nil {
				return err
			}
			if _, err := io.Copy(io.Discard, r); err != nil {
				return err
			}
		}
		return w.Close()
	}
	if err := prove(); err != nil {
		t.Fatal(err)
	}
	for i := range file {
		file[i] ^= 0x10
		if prove() == nil {
			t.Errorf("byte %d isn't noticed", i)
		}
		file[i] ^= 0x10
	}
	file = append(file, 0)
	if prove() == nil {
		t.Error("a byte more isn't noticed")
	}
}

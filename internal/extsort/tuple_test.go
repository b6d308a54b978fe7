package extsort

import (
	"bytes"
	"cmp"
	"testing"
)

// Keys sort as their texts do, and give them back.
func FuzzTuple(f *testing.F) {
	f.Add("a", "b", "ab", "")
	f.Add("a\x00", "", "a", "\x00\x01")
	f.Add("a\x00\xff", "b", "a\x00", "\xff")
	f.Fuzz(func(t *testing.T, a1, a2, b1, b2 string) {
		a, b := AppendKey(nil, a1, a2), AppendKey(nil, b1, b2)
		if want := cmp.Or(cmp.Compare(a1, b1), cmp.Compare(a2, b2)); bytes.Compare(a, b) != want {
			t.Errorf("keys of %q and %q compare as %d, not %d", []string{a1, a2}, []string{b1, b2}, bytes.Compare(a, b), want)
		}
		var got [2]string
		if _, err := KeyTexts(a, &got[0], &got[1]); err != nil || got != [2]string{a1, a2} {
			t.Errorf("%q came back as %q, %v", []string{a1, a2}, got, err)
		}
		var v1, v2 string
		rest, err := Texts(append(AppendTexts(nil, a1, b2), "rest"...), &v1, &v2)
		if err != nil || v1 != a1 || v2 != b2 || string(rest) != "rest" {
			t.Errorf("%q came back as %q, %q, %v", []string{a1, b2}, v1, rest, err)
		}
	})
}

func TestNewestFirst(t *testing.T) {
	order := []int64{1 << 62, 2, 1, 0, -1, -1 << 63}
	for i := 1; i < len(order); i++ {
		if bytes.Compare(AppendNewestFirst(nil, order[i-1]), AppendNewestFirst(nil, order[i])) >= 0 {
			t.Errorf("%d doesn't come before %d", order[i-1], order[i])
		}
	}
}

// A merge of two sorters by their cursors visits each key in order.
func TestCursor(t *testing.T) {
	odd, even := New(Config{Dir: t.TempDir()}), New(Config{Dir: t.TempDir()})
	for i := range byte(10) {
		s := even
		if i%2 == 1 {
			s = odd
		}
		for range i % 3 {
			if err := s.Add([]byte{i}, nil); err != nil {
				t.Fatal(err)
			}
		}
	}
	a, err := odd.Cursor()
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	b, err := even.Cursor()
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	var got []byte
	for key := []byte{0}; a.More() || b.More(); key[0]++ {
		for _, c := range []*Cursor{a, b} {
			for ; c.At(key); c.Advance() {
				got = append(got, key[0])
			}
			if c.Before([]byte{key[0] + 1}) {
				t.Fatalf("a pair comes after %v, which is greater", key)
			}
		}
	}
	if want := []byte{1, 2, 2, 4, 5, 5, 7, 8, 8}; !bytes.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

package background

import (
	"errors"
	"strings"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestBufferKeepsOrder(t *testing.T) {
	var got, want strings.Builder
	b := NewBuffer(16, func(p []byte) error { got.Write(p); return nil })
	for i := range 1000 {
		s := strings.Repeat(string(rune('a'+i%26)), i%70)
		want.WriteString(s)
		if err := b.Take(append(b.Bytes(), s...)); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.Finish(); err != nil {
		t.Fatal(err)
	}
	if got.String() != want.String() {
		t.Errorf("%d bytes arrived, not the %d in order", got.Len(), want.Len())
	}
}

func TestErrorStays(t *testing.T) {
	full := errors.New("disk full")
	var w Worker
	if err := w.Do(func() error { return full }); err != nil {
		t.Fatal(err)
	}
	if err := w.Do(func() error { t.Error("a job after a failed one"); return nil }); !errors.Is(err, full) {
		t.Errorf("got %v", err)
	}
	if err := w.Wait(); !errors.Is(err, full) {
		t.Errorf("got %v", err)
	}
}

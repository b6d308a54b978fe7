package journal

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const day = 24 * time.Hour

func open(t *testing.T, path, of string, now time.Time) *Journal {
	t.Helper()
	j, err := Open(path, of, day, now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = j.Close() })
	return j
}

// What was recorded is recalled once each, in order, wherever the file was cut off; what is behind the cut is gone.
func TestJournal(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a", "journal")
	now := time.Unix(1_790_000_000, 0)
	j := open(t, path, "x", now)
	if j.Found != 0 || j.Ignored != "" {
		t.Errorf("got %+v", j)
	}
	for i := range 6 {
		if err := j.Record([]byte(fmt.Sprint("request ", i%3)), []byte(strings.Repeat(fmt.Sprint("answer ", i), 100))); err != nil {
			t.Fatal(err)
		}
	}
	if _, ok, _ := j.Recall([]byte("request 0")); ok {
		t.Error("recalled what this work asked for itself")
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	last := -1
	for cut := len(whole); cut >= 0; cut -= 7 {
		if err := os.WriteFile(path, whole[:cut], 0o600); err != nil {
			t.Fatal(err)
		}
		j := open(t, path, "x", now.Add(time.Hour))
		if last >= 0 && (j.Found > last || j.Found < last-1) {
			t.Fatalf("cut at %d: found %d after %d", cut, j.Found, last)
		}
		last = j.Found
		for i := range j.Found {
			answer, ok, err := j.Recall([]byte(fmt.Sprint("request ", i%3)))
			if want := strings.Repeat(fmt.Sprint("answer ", i), 100); string(answer) != want || !ok || err != nil {
				t.Fatalf("cut at %d: got %.20q, %t, %v, want %.20q", cut, answer, ok, err, want)
			}
		}
		if err := j.Record([]byte("more"), []byte("answer")); err != nil {
			t.Fatal(err)
		}
		again := open(t, path, "x", now)
		if _, ok, _ := again.Recall([]byte("more")); !ok || again.Found != last+1 {
			t.Fatalf("cut at %d: got %d, want %d", cut, again.Found, last+1)
		}
	}
}

func TestStaleJournal(t *testing.T) {
	now := time.Unix(1_790_000_000, 0)
	for name, c := range map[string]struct {
		of   string
		at   time.Time
		harm func([]byte) []byte
		want string
	}{
		"another":   {"y", now, nil, "another endpoint"},
		"old":       {"x", now.Add(25 * time.Hour), nil, "too long ago"},
		"future":    {"x", now.Add(-2 * time.Hour), nil, "too long ago"},
		"damaged":   {"x", now, func(b []byte) []byte { return append([]byte("?"), b...) }, "damaged"},
		"flipped":   {"x", now, func(b []byte) []byte { b[len(b)-1] ^= 1; return b }, ""},
		"untouched": {"x", now, nil, ""},
	} {
		path := filepath.Join(t.TempDir(), "journal")
		j := open(t, path, "x", now)
		if err := j.Record([]byte("request"), []byte("answer")); err != nil {
			t.Fatal(err)
		}
		if c.harm != nil {
			b, _ := os.ReadFile(path)
			if err := os.WriteFile(path, c.harm(b), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		j = open(t, path, c.of, c.at)
		found := 0
		if name == "untouched" {
			found = 1
		}
		if !strings.Contains(j.Ignored, c.want) || c.want == "" && j.Ignored != "" || j.Found != found {
			t.Errorf("%s: got %q, %d found", name, j.Ignored, j.Found)
		}
	}
	if err := Remove(filepath.Join(t.TempDir(), "none")); err != nil {
		t.Error(err)
	}
}

package pipeline

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"liftgraph/emit"
	"liftgraph/emit/redact"
)

// mentions returns the lines of the compressed files below a directory that hold a text, in any letter case.
func mentions(t *testing.T, dir, text string) (lines []string) {
	t.Helper()
	read := 0
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || filepath.Ext(path) != ".zst" {
			return err
		}
		read++
		body, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		z, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1))
		if err != nil {
			return err
		}
		defer z.Close()
		plain, err := z.DecodeAll(body, nil)
		for line := range strings.SplitSeq(string(plain), "\n") {
			if strings.Contains(strings.ToLower(line), text) {
				lines = append(lines, path+": "+line)
			}
		}
		return err
	})
	if err != nil || read == 0 {
		t.Fatalf("%s: %d files, %v", dir, read, err)
	}
	return lines
}

// What is forgotten is in nothing that a night keeps, not in raw records and not in rows either. A night that goes on from
// them is as one that reads everything, but for what only a forgotten run could tell of others.
func TestForgottenIsNotKept(t *testing.T) {
	for _, forgotten := range []string{"dana-reyes", "01m7b6wrr2shtt9yby5jmatc7m"} {
		t.Run(forgotten, func(t *testing.T) { forgottenIsNotKept(t, forgotten, forgotten == "dana-reyes") })
	}
}

func forgottenIsNotKept(t *testing.T, forgotten string, same bool) {
	data := filepath.Join(t.TempDir(), "data")
	if err := redact.Remember(data, map[string]bool{redact.Hash(forgotten): true}); err != nil {
		t.Fatal(err)
	}
	cfg := withTrail(t, config(t, data))
	cfg.Keep, cfg.Resources, cfg.Changes = true, "all", "all"
	if m, err := Run(t.Context(), cfg); err != nil || len(m.Incomplete()) > 0 {
		t.Fatalf("%v, %+v", err, m)
	}
	clean := func(dirs ...string) {
		t.Helper()
		for _, dir := range dirs {
			if lines := mentions(t, filepath.Join(data, dir), forgotten); len(lines) > 0 {
				t.Errorf("it is %d times in %s, e.g. %s", len(lines), dir, lines[0])
			}
		}
	}
	clean("raw", "graph")
	first := files(t, filepath.Join(data, "csv"))

	// From the records that were kept, and in an increment over them.
	staged := cfg
	staged.Targets = []emit.Target{{Format: emit.CSV, Dir: filepath.Join(data, "again")}}
	if _, err := Transform(t.Context(), staged); err != nil {
		t.Fatal(err)
	}
	if _, err := Emit(t.Context(), staged); err != nil {
		t.Fatal(err)
	}
	next := cfg
	next.SinceLast = true
	next.Targets = []emit.Target{{Format: emit.CSV, Dir: filepath.Join(data, "next")}}
	if _, err := Run(t.Context(), next); err != nil {
		t.Fatal(err)
	}
	clean("raw", "graph")
	for _, dir := range []string{"again", "next"} {
		second := files(t, filepath.Join(data, dir))
		for name, content := range first {
			if same && second[name] != content {
				t.Errorf("%s: %s differs", dir, name)
			}
		}
	}
}

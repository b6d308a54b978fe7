package pipeline

import (
	"os"
	"path/filepath"
	"testing"
)

// A spill file whose name a kill left is removed by the next run.
func TestClearsSpills(t *testing.T) {
	cfg := night(t, t.TempDir(), 1000)
	left := filepath.Join(cfg.Temp, ".liftgraph-sort-123")
	if err := os.MkdirAll(cfg.Temp, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(left, []byte("rows"), 0o600); err != nil {
		t.Fatal(err)
	}
	run(t, cfg)
	if list, err := os.ReadDir(cfg.Temp); err != nil || len(list) != 0 {
		t.Errorf("got %v, %v, want nothing", list, err)
	}
}

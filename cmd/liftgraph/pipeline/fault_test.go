package pipeline

import (
	"context"
	"errors"
	"io"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"liftgraph/internal/dataset"
	"liftgraph/query/verify"
)

// Every file operation of a run fails once, in each way: the previous output is as it was, or the new one is whole.
func TestEveryFileOperationFailsOnce(t *testing.T) {
	cfg := night(t, t.TempDir(), 1000)
	cfg.Targets, cfg.Keep = cfg.Targets[:1], true
	run(t, cfg)
	csv := filepath.Join(cfg.Data, "csv")
	before := files(t, csv)

	next := night(t, cfg.Data, 2000, gone)
	next.Targets, next.Keep = cfg.Targets, true
	next.Previous = previous(t, "", true)
	var operations []string
	dataset.Fault = func(operation, _ string) error {
		operations = append(operations, operation)
		return nil
	}
	t.Cleanup(func() { dataset.Fault = nil })
	if _, err := Extract(context.Background(), next); err != nil { // how many there are, without publishing csv
		t.Fatal(err)
	}
	if _, err := Transform(context.Background(), next); err != nil {
		t.Fatal(err)
	}
	dataset.Fault = nil
	step := 1 + len(operations)/4
	if os.Getenv("LIFTGRAPH_SOAK") != "" {
		step = 1
	}
	failed := 0
	// Extract and transform write fewer files than emit: run has more operations than these; the loop ends when nothing fails.
	for n := 0; ; n += step {
		how := []error{syscall.ENOSPC, syscall.EIO, io.ErrShortWrite}[n%3]
		count, hit := 0, ""
		dataset.Fault = func(operation, path string) error {
			if count++; count-1 != n {
				return nil
			}
			hit = operation + " " + path
			return how
		}
		_, err := Run(context.Background(), next)
		dataset.Fault = nil
		if hit == "" {
			if err != nil {
				t.Errorf("without a fault: %v", err)
			}
			break
		}
		failed++
		if !errors.Is(err, how) {
			t.Errorf("%v at operation %d, %s: %v", how, n, hit, err)
		}
		now := files(t, csv)
		if strings.HasPrefix(hit, "rename") || maps.Equal(before, now) {
			if _, err := verify.Dir(t.Context(), csv, t.TempDir()); err != nil {
				t.Errorf("%v at operation %d, %s: %v", how, n, hit, err)
			}
			continue
		}
		if _, err := verify.Dir(t.Context(), csv, t.TempDir()); err != nil {
			t.Errorf("%v at operation %d, %s: what is published is not whole: %v", how, n, hit, err)
		} else if !strings.Contains(hit, "sync "+cfg.Data) {
			t.Errorf("%v at operation %d, %s: published all the same", how, n, hit)
		}
		before = now
	}
	if failed < 10 {
		t.Errorf("only %d operations failed", failed)
	}
	t.Logf("%d operations failed, every %d. of a run's", failed, step)
}

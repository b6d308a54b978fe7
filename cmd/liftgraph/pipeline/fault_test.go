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

	"liftgraph/emit"
	"liftgraph/emit/published"
	"liftgraph/internal/disk"
	"liftgraph/internal/objects"
	"liftgraph/query/verify"
)

// harmless reports whether a run rightly succeeded although an operation failed: a temporary file that was read could not be closed, or
// the answers that a killed extraction would have gone on from, when all was published.
func harmless(hit string, err error) bool {
	return err == nil && strings.HasPrefix(hit, "close ") && (strings.Contains(hit, "/.liftgraph-") || strings.Contains(hit, "/.resume/"))
}

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
	next.Resume = &Resume{}
	var operations []string
	disk.Fault = func(operation, _ string) error {
		operations = append(operations, operation)
		return nil
	}
	t.Cleanup(func() { disk.Fault = nil })
	if _, err := Extract(context.Background(), next); err != nil { // how many there are, without publishing csv
		t.Fatal(err)
	}
	if _, err := Transform(context.Background(), next); err != nil {
		t.Fatal(err)
	}
	disk.Fault = nil
	step := 1 + len(operations)/4
	if os.Getenv("LIFTGRAPH_SOAK") != "" {
		step = 1
	}
	failed := 0
	// Extract and transform write fewer files than emit: run has more operations than these; the loop ends when nothing fails.
	for n := 0; ; n += step {
		how := []error{syscall.ENOSPC, syscall.EIO, io.ErrShortWrite}[n%3]
		count, hit := 0, ""
		disk.Fault = func(operation, path string) error {
			if count++; count-1 != n {
				return nil
			}
			hit = operation + " " + path
			return how
		}
		_, err := Run(context.Background(), next)
		disk.Fault = nil
		if hit == "" {
			if err != nil {
				t.Errorf("without a fault: %v", err)
			}
			break
		}
		failed++
		if !errors.Is(err, how) && !harmless(hit, err) {
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
		} else if !strings.Contains(hit, "sync "+cfg.Data) && !harmless(hit, err) {
			t.Errorf("%v at operation %d, %s: published all the same", how, n, hit)
		}
		before = now
	}
	if failed < 10 {
		t.Errorf("only %d operations failed", failed)
	}
	t.Logf("%d operations failed, every %d. of a run's", failed, step)
}

// Every file operation of a run into a lake fails once, in each way: its latest snapshot is whole, that of before or the new one.
func TestEveryFileOperationOfALakeFailsOnce(t *testing.T) {
	data := t.TempDir()
	root := filepath.Join(data, "lake")
	lakeOf := func(cfg Config) Config {
		cfg.Targets = []emit.Target{{Format: emit.Parquet, Dir: root, Lake: &emit.Lake{}}}
		cfg.Previous = previous(t, "", true)
		return cfg
	}
	run(t, lakeOf(night(t, data, 1700000000)))
	next := lakeOf(night(t, data, 1700100000, gone))
	whole := func() int64 {
		t.Helper()
		if _, err := verify.Lake(t.Context(), root, t.TempDir(), objects.Options{}); err != nil {
			t.Fatal(err)
		}
		d, err := published.OpenURI(t.Context(), root, published.Options{Temp: t.TempDir()})
		if err != nil {
			t.Fatal(err)
		}
		return d.Manifest.UpdateTag
	}
	step := 97
	if os.Getenv("LIFTGRAPH_SOAK") != "" {
		step = 1
	}
	t.Cleanup(func() { disk.Fault = nil })
	failed := 0
	for n := 0; ; n += step {
		how := []error{syscall.ENOSPC, syscall.EIO, io.ErrShortWrite}[n%3]
		count, hit := 0, ""
		disk.Fault = func(operation, path string) error {
			if count++; count-1 != n {
				return nil
			}
			hit = operation + " " + path
			return how
		}
		_, err := Run(t.Context(), next)
		disk.Fault = nil
		tag := whole()
		if hit == "" {
			if err != nil || tag != next.UpdateTag {
				t.Errorf("without a fault: %v, update tag %d", err, tag)
			}
			break
		}
		// What could not be made durable, but is there when it is read again, is published.
		readBack := err == nil && strings.HasPrefix(hit, "sync "+root)
		if failed++; !errors.Is(err, how) && (!harmless(hit, err) && !readBack || tag != next.UpdateTag) {
			t.Errorf("%v at operation %d, %s: %v", how, n, hit, err)
		}
	}
	if failed < 3 {
		t.Errorf("only %d operations failed", failed)
	}
	t.Logf("%d operations failed, every %d. of a run's", failed, step)
}

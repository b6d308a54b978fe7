package journal

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"liftgraph/internal/disk"
)

// Each file operation fails once: an answer is recalled as it was recorded, or asked for again, and never another one.
func TestEachFaultOnce(t *testing.T) {
	t.Cleanup(func() { disk.Fault = nil })
	now := time.Unix(1700000000, 0)
	for n := 0; ; n++ {
		how := []error{syscall.ENOSPC, syscall.EIO, io.ErrShortWrite}[n%3]
		path := filepath.Join(t.TempDir(), "j")
		count, recorded := 0, map[string]bool{}
		disk.Fault = func(string, string) error {
			if count++; count-1 == n {
				return how
			}
			return nil
		}
		j, err := Open(path, "of", time.Hour, now)
		if err == nil {
			for i := range 5 {
				request := fmt.Sprint("request ", i)
				failed := j.Record([]byte(request), []byte("answer to "+request))
				recorded[request] = failed == nil
				err = errors.Join(err, failed)
			}
			err = errors.Join(err, j.Close())
		}
		disk.Fault = nil
		if hit := count > n; hit != errors.Is(err, how) {
			t.Fatalf("%v at operation %d: %v", how, n, err)
		}
		if j, err = Open(path, "of", time.Hour, now); err != nil {
			t.Fatalf("%v at operation %d: opened again: %v", how, n, err)
		}
		for request, ok := range recorded {
			answer, found, err := j.Recall([]byte(request))
			if err != nil || found != ok || found && string(answer) != "answer to "+request {
				t.Errorf("%v at operation %d: recalled %q, %t, %v, want %t", how, n, answer, found, err, ok)
			}
		}
		if err := j.Close(); err != nil {
			t.Fatal(err)
		}
		if count <= n {
			break
		}
	}
}

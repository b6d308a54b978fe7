package extsort

import (
	"errors"
	"io"
	"os"
	"syscall"
	"testing"

	"liftgraph/internal/disk"
)

// Each operation of spill files fails once, also those of a merge of many runs: the error is returned, and nothing is left behind.
func TestEachFaultOnce(t *testing.T) {
	t.Cleanup(func() { disk.Fault = nil })
	in := randomPairs(3000)
	for n := 0; ; n++ {
		how := []error{syscall.ENOSPC, syscall.EIO, io.ErrShortWrite}[n%3]
		dir, count := t.TempDir(), 0
		disk.Fault = func(string, string) error {
			if count++; count-1 == n {
				return how
			}
			return nil
		}
		err := func() (err error) {
			s := New(Config{Dir: dir, Memory: 4 << 10})
			defer func() { err = errors.Join(err, s.Close()) }()
			for _, p := range in {
				if err := s.Add([]byte(p.key), []byte(p.value)); err != nil {
					return err
				}
			}
			it, err := s.Sort()
			if err != nil {
				return err
			}
			for it.Next() {
			}
			return errors.Join(it.Err(), it.Close())
		}()
		disk.Fault = nil
		if hit := count > n; hit != errors.Is(err, how) {
			t.Fatalf("%v at operation %d of %d: %v", how, n, count, err)
		}
		if left, _ := os.ReadDir(dir); len(left) != 0 {
			t.Fatalf("%v at operation %d: %v is left", how, n, left)
		}
		if count <= n {
			t.Logf("%d operations failed", n)
			break
		}
	}
}

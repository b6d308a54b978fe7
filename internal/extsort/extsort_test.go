package extsort

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"slices"
	"syscall"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

type pair struct{ key, value string }

func comparePairs(a, b pair) int {
	return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.value, b.value))
}

func sorted(t *testing.T, memory int, in []pair) []pair {
	t.Helper()
	s := New(Config{Dir: t.TempDir(), Memory: memory})
	for _, p := range in {
		if err := s.Add([]byte(p.key), []byte(p.value)); err != nil {
			t.Fatal(err)
		}
	}
	it, err := s.Sort()
	if err != nil {
		t.Fatal(err)
	}
	var out []pair
	for it.Next() {
		out = append(out, pair{string(it.Key()), string(it.Value())})
	}
	if err := errors.Join(it.Err(), it.Close()); err != nil {
		t.Fatal(err)
	}
	return out
}

func randomPairs(n int) []pair {
	r := rand.New(rand.NewPCG(1, 2))
	in := make([]pair, n)
	for i := range in {
		in[i] = pair{fmt.Sprintf("key-%04d", r.IntN(n/4+1)), fmt.Sprint(r.IntN(100))}
	}
	return in
}

func TestSort(t *testing.T) {
	in := append(randomPairs(20_000), pair{}, pair{"", "x"}, pair{"k", string(bytes.Repeat([]byte("long"), blockSize))}, pair{string(bytes.Repeat([]byte("k"), 2*blockSize)), ""})
	want := slices.Clone(in)
	slices.SortFunc(want, comparePairs)
	// In memory; a few runs; more runs than are merged at once.
	for _, memory := range []int{64 << 20, 100 << 10, 2 << 10} {
		t.Run(fmt.Sprint(memory), func(t *testing.T) {
			if got := sorted(t, memory, in); !slices.Equal(got, want) {
				t.Errorf("%d pairs, not the %d sorted ones", len(got), len(want))
			}
		})
	}
}

func TestEmpty(t *testing.T) {
	if got := sorted(t, 0, nil); len(got) != 0 {
		t.Errorf("got %v", got)
	}
}

func TestSpillLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	s := New(Config{Dir: dir, Memory: 4 << 10})
	for _, p := range randomPairs(5000) {
		if err := s.Add([]byte(p.key), []byte(p.value)); err != nil {
			t.Fatal(err)
		}
	}
	if left, _ := os.ReadDir(dir); len(left) != 0 {
		t.Errorf("%v can be seen while sorting", left)
	}
	it, err := s.Sort()
	if err != nil {
		t.Fatal(err)
	}
	it.Next()
	if err := it.Close(); err != nil {
		t.Fatal(err)
	}
	if left, _ := os.ReadDir(dir); len(left) != 0 {
		t.Errorf("%v left", left)
	}
}

// fullDisk is a file that takes n bytes.
type fullDisk struct {
	file
	left *int
}

func (f fullDisk) Write(p []byte) (int, error) {
	if *f.left -= len(p); *f.left < 0 {
		return 0, syscall.ENOSPC
	}
	return f.file.Write(p)
}

func TestFullDiskAtEveryWrite(t *testing.T) {
	real := create
	t.Cleanup(func() { create = real })
	in := randomPairs(3000)
	for capacity := 0; ; capacity += 5000 {
		left := capacity
		create = func(dir string) (file, error) {
			f, err := real(dir)
			return fullDisk{f, &left}, err
		}
		err := func() error {
			s := New(Config{Dir: t.TempDir(), Memory: 4 << 10})
			defer s.Close()
			for _, p := range in {
				if err := s.Add([]byte(p.key), []byte(p.value)); err != nil {
					return err
				}
			}
			it, err := s.Sort()
			if err != nil {
				return err
			}
			return it.Close()
		}()
		if err == nil {
			if capacity == 0 {
				t.Fatal("the disk never failed")
			}
			return
		}
		if !errors.Is(err, syscall.ENOSPC) {
			t.Fatalf("capacity %d: %v", capacity, err)
		}
	}
}

// flipped is a file whose bytes read back wrong.
type flipped struct{ file }

func (f flipped) ReadAt(p []byte, off int64) (int, error) {
	n, err := f.file.ReadAt(p, off)
	if n > 20 {
		p[20] ^= 1
	}
	return n, err
}

func TestDamagedRun(t *testing.T) {
	real := create
	t.Cleanup(func() { create = real })
	create = func(dir string) (file, error) { f, err := real(dir); return flipped{f}, err }
	s := New(Config{Dir: t.TempDir(), Memory: 64 << 10})
	for _, p := range randomPairs(10_000) {
		if err := s.Add([]byte(p.key), []byte(p.value)); err != nil {
			t.Fatal(err)
		}
	}
	it, err := s.Sort()
	if err == nil {
		for it.Next() {
		}
		err = errors.Join(it.Err(), it.Close())
	}
	if err == nil {
		t.Error("a damaged run was read as if it were whole")
	}
}

var _ io.ReaderAt = flipped{}

func BenchmarkSort(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 2))
	value := bytes.Repeat([]byte("some text of a row, "), 3)
	key := make([]byte, 40)
	s := New(Config{Dir: b.TempDir()})
	for b.Loop() {
		copy(key, fmt.Appendf(key[:0], "GENERATED/stack-%03d/01HPS6XB76J1JB%09d", r.IntN(500), r.IntN(1e9)))
		if err := s.Add(key, value); err != nil {
			b.Fatal(err)
		}
	}
	it, err := s.Sort()
	if err != nil {
		b.Fatal(err)
	}
	for it.Next() {
	}
	if err := errors.Join(it.Err(), it.Close()); err != nil {
		b.Fatal(err)
	}
}

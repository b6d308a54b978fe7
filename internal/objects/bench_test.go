package objects

import (
	"io"
	"sync"
	"testing"

	fakes3 "liftgraph/fixtures/s3"
)

// Server and reader share the machine, so these tell of changes, not of S3.

func BenchmarkList(b *testing.B) {
	s := fakes3.Start(b)
	for _, k := range trail(10, 1000) {
		put(b, s, k, nil)
	}
	store, err := Open(b.Context(), "s3://logs", Options{})
	if err != nil {
		b.Fatal(err)
	}
	n := 0
	for b.Loop() {
		keys, err := listed(store, nil)
		if err != nil {
			b.Fatal(err)
		}
		n += len(keys)
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "objects/s")
}

func BenchmarkSmallObjects(b *testing.B) {
	s := fakes3.Start(b)
	const size = 32 << 10
	for _, k := range trail(1, 200) {
		put(b, s, k, randomBytes(size))
	}
	store, err := Open(b.Context(), "s3://logs", Options{})
	if err != nil {
		b.Fatal(err)
	}
	objects, err := all(store, nil)
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(objects)) * size)
	for b.Loop() {
		todo := make(chan Object)
		var readers sync.WaitGroup
		for range 16 {
			readers.Go(func() {
				for o := range todo {
					drain(b, store, o)
				}
			})
		}
		for _, o := range objects {
			todo <- o
		}
		close(todo)
		readers.Wait()
	}
}

func BenchmarkLargeObject(b *testing.B) {
	s := fakes3.Start(b)
	put(b, s, "a", randomBytes(200<<20))
	store, err := Open(b.Context(), "s3://logs", Options{})
	if err != nil {
		b.Fatal(err)
	}
	o := one(b, store)
	b.SetBytes(o.Size)
	for b.Loop() {
		drain(b, store, o)
	}
}

func drain(b *testing.B, s Store, o Object) {
	r, err := s.Open(b.Context(), o)
	if err != nil {
		b.Error(err)
		return
	}
	defer r.Close()
	if n, err := io.Copy(io.Discard, r); err != nil || n != o.Size {
		b.Errorf("%d bytes of %d: %v", n, o.Size, err)
	}
}

package objects

import (
	"bytes"
	"io"
	"net/http"
	"runtime"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	fakes3 "liftgraph/fixtures/s3"
)

func TestCloseEarly(t *testing.T) {
	s := fakes3.Start(t)
	put(t, s, "a", randomBytes(200_000))
	transport := &http.Transport{}
	b := openQuick(t, "logs", "", Options{AWS: &AWS{Transport: transport}})
	o := one(t, b)
	transport.CloseIdleConnections()
	before := goleak.IgnoreCurrent()
	for _, n := range []int64{0, 1, 5000, 100_000} {
		r, err := b.Open(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.CopyN(io.Discard, r, n); err != nil {
			t.Fatal(err)
		}
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
		if _, err := r.Read(make([]byte, 1)); err == nil {
			t.Error("a closed reader goes on")
		}
		if len(b.buffers) != b.tuning.buffers {
			t.Errorf("%d buffers are back", len(b.buffers))
		}
	}
	transport.CloseIdleConnections()
	if err := goleak.Find(before, goleak.IgnoreTopFunction("net/http.(*conn).serve"), goleak.IgnoreAnyFunction("net/http.(*connReader).backgroundRead")); err != nil {
		t.Error(err)
	}
}

// The parts of a large object are asked for at the same time.
func TestPartsAreNotBoundByLatency(t *testing.T) {
	s := fakes3.Start(t)
	const parts, latency = 25, 40 * time.Millisecond
	put(t, s, "a", randomBytes(parts*int(quick.part)))
	b := openQuick(t, "logs", "", Options{})
	o := one(t, b)
	s.Inject(fakes3.Fault{Op: fakes3.Get, Do: fakes3.Delay(latency)})
	begin := time.Now()
	if got, err := content(t.Context(), b, o); err != nil || !bytes.Equal(got, randomBytes(int(o.Size))) {
		t.Error(len(got), err)
	}
	if took := time.Since(begin); took > parts*latency/2 {
		t.Errorf("%s, where one after the other takes %s", took, parts*latency)
	}
}

// Many small objects that are opened at once wait for the server at the same time.
func TestSmallObjectsAreNotBoundByLatency(t *testing.T) {
	s := fakes3.Start(t)
	keys := trail(1, 320)
	for _, k := range keys {
		put(t, s, k, []byte(k))
	}
	b := openQuick(t, "logs", "", Options{})
	objects, err := all(b, nil)
	if err != nil {
		t.Fatal(err)
	}
	const latency = 50 * time.Millisecond
	s.Inject(fakes3.Fault{Op: fakes3.Get, Do: fakes3.Delay(latency)})
	begin := time.Now()
	var group sync.WaitGroup
	todo := make(chan Object)
	for range 64 {
		group.Go(func() {
			for o := range todo {
				if got, err := content(t.Context(), b, o); err != nil || string(got) != o.Key {
					t.Error(string(got), err)
				}
			}
		})
	}
	for _, o := range objects {
		todo <- o
	}
	close(todo)
	group.Wait()
	if took, serial := time.Since(begin), latency*time.Duration(len(keys)); took > serial/8 {
		t.Errorf("%s, where one after the other takes %s", took, serial)
	}
}

// The memory for reading ahead doesn't grow with the number of objects that are open, nor with their size.
func TestReadingAheadIsBounded(t *testing.T) {
	s := fakes3.Start(t)
	body := randomBytes(40 << 20)
	put(t, s, "a", body)
	heap := func() int64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	how := new(AWS)
	b, err := openS3(t.Context(), "logs", "", Options{AWS: how}, usual)
	if err != nil {
		t.Fatal(err)
	}
	o := one(t, b)
	before := heap()
	const open = 10
	var readers []io.ReadCloser
	for range open {
		r, err := b.Open(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		readers = append(readers, r)
	}
	grown := int64(0)
	for range 4 {
		for i, r := range readers { // all of them go on, also those that found no memory to read ahead
			if _, err := io.CopyN(io.Discard, r, 8<<20); err != nil {
				t.Fatal(i, err)
			}
		}
		grown = max(grown, heap()-before)
	}
	if limit := usual.part*int64(usual.buffers) + 16<<20; grown > limit {
		t.Errorf("%d MiB for %d open objects, more than %d", grown>>20, open, limit>>20)
	}
	t.Logf("%d MiB for %d open objects of %d MiB", grown>>20, open, len(body)>>20)
}

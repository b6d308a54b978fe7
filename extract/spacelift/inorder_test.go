package spacelift

import (
	"context"
	"errors"
	"iter"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func ten(context.Context) iter.Seq[int] {
	return slices.Values([]int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9})
}

func TestInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var running, most atomic.Int32
		do := func(_ context.Context, job int, emit func(int) bool) {
			most.Store(max(most.Load(), running.Add(1)))
			defer running.Add(-1)
			for i := range 3 {
				time.Sleep(time.Duration(10-job) * time.Second) // the later the quicker
				emit(10*job + i)
			}
		}
		var got []int
		start := time.Now()
		err := inOrder(t.Context(), 4, ten, do, func(n int) error { got = append(got, n); return nil })
		var want []int
		for job := range 10 {
			want = append(want, 10*job, 10*job+1, 10*job+2)
		}
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%v: %v", err, got)
		}
		if most.Load() != 4 || time.Since(start) > 100*time.Second {
			t.Errorf("%d at a time, in %s", most.Load(), time.Since(start))
		}
	})
}

func TestInOrderEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // fails where a goroutine is left behind
		do := func(ctx context.Context, job int, emit func(int) bool) {
			for emit(job) && ctx.Err() == nil {
				time.Sleep(time.Second)
			}
		}
		boom := errors.New("boom")
		if err := inOrder(t.Context(), 3, ten, do, func(int) error { return boom }); !errors.Is(err, boom) {
			t.Errorf("%v", err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		if err := inOrder(ctx, 3, ten, do, func(int) error { return nil }); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%v", err)
		}
	})
}

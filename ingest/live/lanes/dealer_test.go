package lanes

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"liftgraph/graph"
	"liftgraph/graph/graphtest"
)

var (
	generated = graph.RelationshipTable(graph.SpaceliftStack, graph.Generated, graph.SpaceliftRun)
	nested    = graph.RelationshipTable(graph.SpaceliftSpace, graph.Contains, graph.SpaceliftSpace)
)

// few returns limits by which there are many batches of few rows.
func few(rows int) Limits { return Limits{Rows: rows, Size: Default.Size} }

// pairs returns relationships between so many nodes on either side, sorted by nothing.
func pairs(t *graph.Table, rows, starts, ends int) iter.Seq2[graph.Row, error] {
	return func(yield func(graph.Row, error) bool) {
		r := rand.New(rand.NewPCG(3, 4))
		for range rows {
			if !yield(graphtest.Row(t, fmt.Sprint(r.IntN(starts)), fmt.Sprint(r.IntN(ends))), nil) {
				return
			}
		}
	}
}

// watch checks what deal promises: each row once, no end in two batches at a time, nothing done that isn't.
type watch struct {
	t        *testing.T
	mu       sync.Mutex
	at       map[end]*Batch // at work
	loaded   map[int64]bool // by the batch's first row
	rows     int64
	batches  int
	atWork   int
	atOnce   int // most batches at a time
	reported int64
}

func newWatch(t *testing.T) *watch {
	return &watch{t: t, at: map[end]*Batch{}, loaded: map[int64]bool{}}
}

func (w *watch) load(t *graph.Table) func(context.Context, *Batch) error {
	return func(_ context.Context, b *Batch) error {
		w.mu.Lock()
		var ends []end
		for _, row := range b.Rows {
			ends = append(ends, endsOf(t, row.([]any))...)
		}
		for _, e := range ends {
			if other := w.at[e]; other != nil && other != b {
				w.t.Errorf("%v is in two batches at once", e)
			}
			w.at[e] = b
		}
		w.atWork++
		w.atOnce = max(w.atOnce, w.atWork)
		w.mu.Unlock()
		time.Sleep(time.Duration(rand.IntN(1000)) * time.Microsecond) // as a server would take: the dealer gets its turn
		w.mu.Lock()
		defer w.mu.Unlock()
		for _, e := range ends {
			delete(w.at, e)
		}
		w.atWork--
		w.batches++
		w.rows += int64(len(b.Rows))
		return nil
	}
}

func (w *watch) done(rows, _ int64) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if rows <= w.reported || rows > w.rows {
		w.t.Errorf("after %d it reports that %d of %d rows are done", w.reported, rows, w.rows)
	}
	w.reported = rows
	return nil
}

func TestDealKeepsEndsApart(t *testing.T) {
	const rows = 5000
	for name, c := range map[string]struct {
		table        *graph.Table
		starts, ends int
		parallel     bool
	}{
		"one start":        {generated, 1, 1 << 30, false},
		"one end":          {generated, 1 << 30, 1, false},
		"two hubs":         {generated, 1 << 30, 2, true},
		"few":              {generated, 50, 50, false},
		"many":             {generated, 100_000, 100_000, true},
		"among themselves": {nested, 3000, 3000, false},
	} {
		for _, workers := range []int{1, 2, 7} {
			t.Run(fmt.Sprint(name, "/", workers), func(t *testing.T) {
				w := newWatch(t)
				must(t, Deal(t.Context(), Job{c.table, pairs(c.table, rows, c.starts, c.ends), 0, workers, few(20)}, w.load(c.table), w.done))
				if w.rows != rows || w.reported != rows {
					t.Errorf("%d rows loaded, %d reported, of %d", w.rows, w.reported, rows)
				}
				if c.parallel && (w.atOnce > 1) != (workers > 1) || w.atOnce > workers {
					t.Errorf("%d batches at a time", w.atOnce)
				}
				if c.parallel && w.batches > 2*rows/20 {
					t.Errorf("%d batches", w.batches)
				}
			})
		}
	}
}

// What was done before is left out, and counts.
func TestDealGoesOn(t *testing.T) {
	w := newWatch(t)
	w.rows = 60
	var first int64 = 100
	load := w.load(generated)
	must(t, Deal(t.Context(), Job{generated, pairs(generated, 100, 100, 100), 60, 3, few(7)}, func(ctx context.Context, b *Batch) error {
		w.mu.Lock()
		first = min(first, b.first)
		w.mu.Unlock()
		return load(ctx, b)
	}, w.done))
	if w.rows != 100 || w.reported != 100 || first != 60 {
		t.Errorf("%d rows from %d on, %d reported", w.rows, first, w.reported)
	}
}

// A row that is larger than a batch goes alone, and only as many of them are held as fit.
func TestDealHoldsLittle(t *testing.T) {
	users := graph.NodeTable(graph.SpaceliftUser)
	const large, workers = 8 << 20, 4
	text := strings.Repeat("x", large)
	var mu sync.Mutex
	var rows int
	must(t, Deal(t.Context(), Job{users, func(yield func(graph.Row, error) bool) {
		for i := range 40 {
			if !yield(graphtest.Row(users, fmt.Sprint(i), text), nil) {
				return
			}
		}
	}, 0, workers, Default}, func(_ context.Context, b *Batch) error {
		mu.Lock()
		defer mu.Unlock()
		rows += len(b.Rows)
		if len(b.Rows) != 1 {
			t.Errorf("%d rows of %d bytes in a batch", len(b.Rows), large)
		}
		return nil
	}, func(_, _ int64) error { return nil }))
	if rows != 40 {
		t.Errorf("%d rows", rows)
	}
	if held := newDealer(t.Context(), Job{Workers: workers, Limits: Default}, nil).budget; held > 3*large {
		t.Errorf("%d bytes may be held", held)
	}
}

// What fails, fails the whole, and nothing waits for it.
func TestDealFails(t *testing.T) {
	broken := errors.New("broken")
	nothing := func(context.Context, *Batch) error { return nil }
	is := func(what string, err error) {
		t.Helper()
		if !errors.Is(err, broken) {
			t.Errorf("%s: %v", what, err)
		}
	}
	ok := func(_, _ int64) error { return nil }
	is("load", Deal(t.Context(), Job{generated, pairs(generated, 1000, 100, 100), 0, 3, few(5)}, func(_ context.Context, b *Batch) error {
		if b.first > 300 {
			return broken
		}
		return nil
	}, ok))
	is("done", Deal(t.Context(), Job{generated, pairs(generated, 1000, 100, 100), 0, 3, few(5)}, nothing, func(_, _ int64) error { return broken }))
	is("read", Deal(t.Context(), Job{generated, func(yield func(graph.Row, error) bool) { yield(nil, broken) }, 0, 3, few(5)}, nothing, ok))
	ctx, cancel := context.WithCancelCause(t.Context())
	err := Deal(ctx, Job{generated, pairs(generated, 1000, 100, 100), 0, 3, few(5)}, func(ctx context.Context, _ *Batch) error {
		cancel(broken)
		<-ctx.Done()
		return ctx.Err()
	}, ok)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("canceled: %v", err)
	}
}

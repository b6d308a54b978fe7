package spacelift

import (
	"fmt"
	"iter"
	"runtime"
	"testing"
	"time"

	"liftgraph/fixtures/fakespacelift"
	"liftgraph/internal/dataset"
	"liftgraph/internal/raw"
)

func TestTimesOfULIDs(t *testing.T) {
	for _, c := range []struct {
		id string
		at int64 // Unix milliseconds
	}{
		{"00000000000000000000000000", 0}, {"01ARYZ6S41TSV4RRFFQ69G5FAV", 1469918176385}, // of the specification
		{"7ZZZZZZZZZZZZZZZZZZZZZZZZZ", 1<<48 - 1},
	} {
		if got := timeOf(c.id).UnixMilli(); got != c.at {
			t.Errorf("%s: %d, not %d", c.id, got, c.at)
		}
		if got := ulidAt(time.UnixMilli(c.at)); began(got) != began(c.id) || !raw.IsRunID(got) || got > c.id {
			t.Errorf("%s: %s", c.id, got)
		}
	}
	// A letter that is no digit stands where it would be sorted.
	if l, k, m := timeOf("01KLMM56VS4W3AL9YZWVCXBX8D"), timeOf("01KKMM56VS4W3AL9YZWVCXBX8D"), timeOf("01KMMM56VS4W3AL9YZWVCXBX8D"); l.Before(k) || !l.Before(m) {
		t.Error(k, l, m)
	}
}

// counting is an [Output] that only counts.
type counting struct {
	records int
	peak    uint64
}

func (d *counting) Record(raw.Record) error {
	if d.records++; d.records%20_000 == 0 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		d.peak = max(d.peak, m.HeapAlloc)
	}
	return nil
}

func (d *counting) Reject(raw.Rejected) error { return nil }

// What is taken over doesn't lie in memory, however much it is, and however many of the runs are read again.
func TestCarryOverMemory(t *testing.T) {
	const unfinishedEvery = 500
	_, cfg := serve(t, small(100, 0), fakespacelift.Options{})
	full, report := extract(t, cfg)
	peak := func(runs int) uint64 {
		m := &dataset.Manifest{Accounts: []string{report.Account}, Scopes: report.Scopes, Watermarks: report.Watermarks}
		c := cfg
		c.Previous = &Previous{Manifest: m, Records: func(kinds ...raw.Kind) iter.Seq2[raw.Record, error] {
			return func(yield func(raw.Record, error) bool) {
				for _, r := range full.records {
					if r.Kind() == raw.KindStack && kinds[0] == raw.KindStack && !yield(r, nil) {
						return
					}
				}
				for i := range runs {
					state := "FINISHED"
					if i%unfinishedEvery == 0 {
						state = "UNCONFIRMED"
					}
					r := &raw.Run{ID: fmt.Sprintf("00ZZZZZZZZZ%015d", runs-i), StackID: "web", State: &state}
					if kinds[0] == raw.KindRun && !yield(r, nil) {
						return
					}
				}
			}
		}}
		out := new(counting)
		report, err := Extract(t.Context(), c, out)
		if err != nil {
			t.Fatal(err)
		}
		if got := scopeNamed(t, report, scopeRuns); !got.Complete || got.Records != int64(100+runs-runs/unfinishedEvery) { // which aren't there any more
			t.Errorf("%+v", got)
		}
		return out.peak
	}
	few, many := peak(40_000), peak(400_000)
	t.Logf("%d KB, %d KB", few>>10, many>>10)
	if many > few+few/2+4<<20 {
		t.Errorf("%d KB of memory for 40,000 runs, %d KB for 400,000", few>>10, many>>10)
	}
}

package cloudtrail

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"sync/atomic"
	"testing"
	"time"

	"liftgraph/fixtures/generate/cloudtrail"
	"liftgraph/internal/raw"
)

// many is a shelf of small objects of all shapes, some broken, one large.
func many(t testing.TB) *shelf {
	s := &shelf{content: map[string][]byte{}, cut: map[string]int{}}
	log := cloudtrail.New(cloudtrail.Config{Seed: 3, Records: 2_500, PerFile: 25, Spacelift: 0.2})
	for i := range log.Files() {
		content, _ := log.Raw(i)
		if i%3 == 0 {
			content, _ = log.Export(i)
		}
		key := log.Key(i)
		s.content[key] = gzipped(t, content)
		if i%10 == 5 {
			s.cut[key] = len(s.content[key]) / 2
		}
	}
	large, _ := cloudtrail.New(cloudtrail.Config{Seed: 4, Records: 6000, PerFile: 6000, Spacelift: 0.2}).Raw(0)
	s.content["A"] = large // more than is read ahead
	return s
}

func TestOrderDoesNotDependOnWorkers(t *testing.T) {
	s := many(t)
	s.slow = func(string) { time.Sleep(time.Duration(rand.IntN(1000)) * time.Microsecond) }
	var first string
	var report *Report
	for _, workers := range []int{1, 8} {
		out, r := extract(t, s, Config{Workers: workers, FollowRoles: true, AllInstances: true})
		got := out.lines(t)
		if first == "" {
			first, report = got, r
		}
		if got != first || !reflect.DeepEqual(r, report) {
			t.Errorf("%d workers: another order, or another report: %+v", workers, r)
		}
	}
	if len(first) < 1<<19 || len(report.Scopes) != 1+10 {
		t.Errorf("%d bytes, %+v", len(first), report.Scopes)
	}
}

// stopping ends an extraction after some records.
type stopping struct {
	after int
	stop  func() error
}

func (s *stopping) Record(raw.Record) error {
	if s.after--; s.after == 0 {
		return s.stop()
	}
	return nil
}

func (s *stopping) Reject(raw.Rejected) error { return nil }

// TestStops ends extractions at different moments: TestMain sees whether a goroutine stays.
func TestStops(t *testing.T) {
	s := many(t)
	for after := 1; after < 700; after += 220 {
		ctx, cancel := context.WithCancel(t.Context())
		full := errors.New("disk full")
		cfg := Config{Sources: []Source{{URI: "mem://", Store: s}}, Workers: 4}
		if _, err := Extract(ctx, cfg, &stopping{after, func() error { return full }}); !errors.Is(err, full) {
			t.Errorf("after %d: %v", after, err)
		}
		if _, err := Extract(ctx, cfg, &stopping{after, func() error { cancel(); return nil }}); !errors.Is(err, context.Canceled) {
			t.Errorf("cancelled after %d: %v", after, err)
		}
		cancel()
	}
}

// TestReadsAhead has objects that each take a while to open: they are opened at the same time, but not without bound.
func TestReadsAhead(t *testing.T) {
	s := &shelf{content: map[string][]byte{}}
	for i := range 300 {
		s.content[fmt.Sprintf("%03d", i)] = []byte(numbered(i))
	}
	var open, most atomic.Int64
	s.slow = func(string) {
		n := open.Add(1)
		for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
		}
		time.Sleep(5 * time.Millisecond)
		open.Add(-1)
	}
	stats := new(Stats)
	out, _ := extract(t, s, Config{Workers: 1, Stats: stats})
	if n := most.Load(); n < 16 || n > 2*aheadObjects+2 || len(out.records) != 300 {
		t.Errorf("%d at once, %d records", n, len(out.records))
	}
	if stats.Objects.Load() != 300 || stats.Events.Load() != 300 || stats.Bytes.Load() == 0 {
		t.Errorf("%d objects, %d events, %d bytes", stats.Objects.Load(), stats.Events.Load(), stats.Bytes.Load())
	}
}

func TestAccounts(t *testing.T) {
	lines := ""
	for i := range 2 * maxAccounts {
		lines += record(map[string]string{"userIdentity": fmt.Sprintf(`{"arn":"arn:aws:sts::1:assumed-role/r/%s@web@a%03d"}`, run, i)}) + "\n"
	}
	_, report := extract(t, one(lines), Config{})
	if len(report.Accounts) != maxAccounts || report.Accounts[0] != "a000" || report.Accounts[99] != "a099" {
		t.Errorf("%q", report.Accounts)
	}
}

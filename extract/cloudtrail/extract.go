package cloudtrail

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync/atomic"

	"liftgraph/extract/cloudtrail/scan"
	"liftgraph/internal/dataset"
	"liftgraph/internal/raw"
)

// Stats counts what was read so far. Its zero value is ready; it may be read from any goroutine.
type Stats struct {
	Events  atomic.Int64
	Objects atomic.Int64
	Bytes   atomic.Int64 // of objects, as stored

	Listed    atomic.Int64 // objects to read, as far as they are listed
	AllListed atomic.Bool  // there are no more
}

// Extract reads every source and delivers [raw.APICall], [raw.Grant] and [raw.Instance] records, and as the configuration
// asks [raw.ResourceEvent], [raw.ActorKey] and [raw.Coverage], in an order that
// doesn't depend on the number of workers. What can't be read makes its scope incomplete in the report; an error means
// that nothing can be published: a failed output, a cancelled context, a full disk for temporary files.
//
// A record that concerns no run is counted, not parsed: only those that would be delivered are rejected for a missing
// eventID or an eventTime that is none.
func Extract(ctx context.Context, cfg Config, out Output) (*Report, error) {
	x := &extraction{cfg: cfg.withDefaults(), out: out, accounts: map[string]struct{}{}}
	x.report.Ledger = dataset.NewLedger("extract", scan.SourceName, "events")
	if p := cfg.Previous; p != nil {
		if why := cfg.differs(p.Manifest); why != "" {
			x.report.Notes = append(x.report.Notes, fmt.Sprintf("nothing was taken over from the last extraction, %s: everything was read", why))
		} else {
			x.last = newLast(p)
			defer x.last.close()
		}
	}
	if x.cfg.holdsBack() {
		x.hold = newHold(x.cfg.Temp)
		defer x.hold.close()
		if x.last != nil {
			if err := x.learnLast(); err != nil {
				return nil, err
			}
		}
	}
	for i, src := range cfg.Sources {
		if err := x.source(ctx, i, src); err != nil {
			return nil, err
		}
	}
	if x.hold != nil {
		if err := x.release(ctx); err != nil {
			return nil, err
		}
	}
	x.report.Accounts = slices.Sorted(maps.Keys(x.accounts))
	return &x.report, x.report.Ledger.Check()
}

// extraction is one run of [Extract].
type extraction struct {
	cfg      Config
	out      Output
	report   Report
	accounts map[string]struct{} // of Spacelift
	scopes   int                 // that name an object
	last     *last               // nil: there is nothing to go on from
	hold     *hold               // nil: what is read is delivered at once
}

// deliver hands a batch of an object to the output and counts it in the ledger.
func (x *extraction) deliver(t *task, b scan.Batch) error {
	b.Enter(&x.report.Ledger)
	t.gave.Events += b.Out
	x.countUnknown(b.Unknown)
	for _, i := range b.Items {
		if i.Reject != nil {
			x.report.Ledger.In++
			x.report.Ledger.Quarantined[i.Reject.Reason]++
			t.rejected = true
			if err := x.out.Reject(*i.Reject); err != nil {
				return fmt.Errorf("a rejected event can't be kept: %w", err)
			}
			continue
		}
		switch i.Record.(type) {
		case *raw.APICall:
			t.gave.Calls++
		case *raw.Grant:
			t.gave.Grants++
		case *raw.Instance:
			t.gave.Instances++
		case *raw.ResourceEvent:
			t.gave.Resources++
		case *raw.ActorKey:
			t.gave.Actors++
		case *raw.Coverage:
			t.gave.Coverages++
		}
		if err := x.record(i.Record); err != nil {
			return err
		}
	}
	return nil
}

// maxUnknown is how many names of unknown events a report has; the others are counted as "other".
const maxUnknown = 1000

func (x *extraction) countUnknown(of map[string]int64) {
	for _, name := range slices.Sorted(maps.Keys(of)) {
		n := of[name]
		if x.report.UnknownEvents == nil {
			x.report.UnknownEvents = map[string]int64{}
		}
		if _, there := x.report.UnknownEvents[name]; !there && len(x.report.UnknownEvents) >= maxUnknown {
			name = "other"
		}
		x.report.UnknownEvents[name] += n
	}
}

// maxAccounts is how many Spacelift accounts a report names.
const maxAccounts = 100

func (x *extraction) learn(s *raw.Session) {
	if s != nil && s.SpaceliftAccount != "" && len(x.accounts) < maxAccounts {
		x.accounts[s.SpaceliftAccount] = struct{}{}
	}
}

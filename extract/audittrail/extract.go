package audittrail

import (
	"context"
	"fmt"
	"sync/atomic"

	"liftgraph/internal/dataset"
	"liftgraph/internal/objects"
	"liftgraph/internal/raw"
)

// Config says which events to read.
type Config struct {
	Sources []Source
	Stats   *Stats // counts for a progress display; may be nil
}

// Source is a place to read: a spool, or objects.
type Source struct {
	URI   string        // as the user gave it, for scopes and messages
	Spool string        // the directory of a spool; "" for objects
	Store objects.Store // the objects
	Lines []int64       // the numbers, from 1 and in order, of the lines of each object that are delivered; nil: all
}

// Stats counts what was read so far. Its zero value is ready; it may be read from any goroutine.
type Stats struct {
	Events  atomic.Int64
	Objects atomic.Int64
}

// Output takes what an extraction delivers, from one goroutine. An error ends the extraction.
type Output interface {
	Record(raw.Record) error
	Reject(raw.Rejected) error
}

// Report says what was read, for the manifest.
type Report struct {
	Accounts []string         // that the events name, sorted; at most maxAccounts
	Sources  []dataset.Source // one a Source of Config
	Scopes   []dataset.Scope  // one a Source, and one an object that could not be read to its end
	Ledger   dataset.Ledger   // in events; balanced
}

// SourceName names the audit trail in manifests and quarantined records.
const SourceName = "audittrail"

// scopeName is that of a place, and of an object in it.
const scopeName = "audit_trail"

// maxNamed bounds the objects that are named incomplete, one scope each.
const maxNamed = 1000

// Extract reads every source and delivers [raw.AuditEvent] and [raw.RunState] records in the order of the objects. What
// can't be read makes its scope incomplete; an error means that nothing can be published: a failed output, a cancelled context.
func Extract(ctx context.Context, cfg Config, out Output) (*Report, error) {
	if cfg.Stats == nil {
		cfg.Stats = new(Stats)
	}
	x := &extraction{ctx: ctx, stats: cfg.Stats, out: out, accounts: map[string]bool{}}
	x.report.Ledger = dataset.NewLedger("extract", SourceName, "events")
	defer x.unpack.Close()
	for _, s := range cfg.Sources {
		if err := x.source(s); err != nil {
			return nil, err
		}
	}
	x.report.Accounts = x.sortedAccounts()
	return &x.report, x.report.Ledger.Check()
}

// source reads one place.
func (x *extraction) source(s Source) error {
	place := dataset.Scope{Scope: scopeName, Object: s.URI}
	x.read = dataset.Source{Name: SourceName, Endpoint: s.URI}
	x.broken, x.lost, x.only = nil, 0, s.Lines
	before := x.report.Ledger.In
	var why error
	var err error
	if s.Spool != "" {
		err = x.spool(s.Spool)
	} else {
		why, err = x.objects(s.Store)
	}
	if err != nil {
		return err
	}
	switch {
	case why != nil:
		place.Reason = why.Error()
	case x.lost > 0:
		place.Reason = fmt.Sprintf("%d of %d objects could not be read to the end: the first %d are named", x.lost, x.read.Objects, len(x.broken))
	}
	place.Complete = place.Reason == ""
	place.Records = x.report.Ledger.In - before
	x.report.Sources = append(x.report.Sources, x.read)
	x.report.Scopes = append(append(x.report.Scopes, place), x.broken...)
	return nil
}

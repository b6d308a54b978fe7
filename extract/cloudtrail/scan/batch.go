package scan

import (
	"liftgraph/internal/dataset"
	"liftgraph/internal/raw"
)

// SourceName names this source in scopes, ledgers and quarantined records.
const SourceName = "cloudtrail"

// reason is why a call is left out.
type reason int

const (
	kept reason = iota
	readOnlyCall
	failedCall
	noInstance
	notSpacelift
	notNamed
	unknownEvent
	automaticCall
	operatingCall
	agentCall
	controllerCall
	serviceTags
	reasonCount
)

var reasonNames = [reasonCount]string{
	readOnlyCall: "read_only", failedCall: "failed", noInstance: "no_instance", notSpacelift: "not_spacelift", notNamed: "not_named",
	unknownEvent: "unknown_event", automaticCall: "automatic", operatingCall: "operate", agentCall: "agent", controllerCall: "controller", serviceTags: "service_tags",
}

// Item is a record, or a rejected one.
type Item struct {
	Record raw.Record
	Reject *raw.Rejected
}

// Batch is what is delivered of some of an object's records, in their order, and what became of all of them.
type Batch struct {
	Items    []Item
	In, Out  int64            // events
	Unknown  map[string]int64 // of changes that nothing is known of: SOURCE NAME; nil where there is none
	weight   int
	held     *[]byte // records that are handed on as text: [Batch.Held]
	filtered [reasonCount]int64
}

// A batch is sent when it has about so many items, or is of so many records.
const (
	batchItems   = 256
	batchRecords = 1 << 14
)

func (b *Batch) full() bool {
	return b.weight >= batchItems || b.In >= batchRecords || b.held != nil && len(*b.held) >= maxHeld
}

// Pass counts records that were held, and belong to no run.
func (b *Batch) Pass(n int64) { b.filtered[notSpacelift] += n }

func (b *Batch) add(r raw.Record) {
	b.Items = append(b.Items, Item{Record: r})
	b.weight++
	switch r := r.(type) {
	case *raw.APICall:
		b.weight += len(r.Instances) / 8
	case *raw.ResourceEvent:
		b.weight += len(r.Touched) / 4
	}
}

func (b *Batch) reject(r raw.Rejected) {
	b.Items = append(b.Items, Item{Reject: &r})
	b.weight += 8
}

// Enter adds the batch to a ledger, but for its rejected records.
func (b *Batch) Enter(l *dataset.Ledger) {
	l.In += b.Out
	l.Out += b.Out
	for r, n := range b.filtered {
		if n > 0 {
			l.In += n
			l.Filtered[reasonNames[r]] += n
		}
	}
}

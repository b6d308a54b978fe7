package cloudtrail

import (
	"liftgraph/internal/dataset"
	"liftgraph/internal/raw"
)

// sourceName names this source in scopes, ledgers and quarantined records.
const sourceName = "cloudtrail"

// reason is why a call is left out.
type reason int

const (
	kept reason = iota
	readOnlyCall
	failedCall
	noInstance
	notSpacelift
	reasonCount
)

var reasonNames = [reasonCount]string{readOnlyCall: "read_only", failedCall: "failed", noInstance: "no_instance", notSpacelift: "not_spacelift"}

// item is a record, or a rejected one.
type item struct {
	record raw.Record
	reject *raw.Rejected
}

// batch is what some of an object's records gave, in their order, and what became of all of them.
type batch struct {
	items    []item
	weight   int
	in, out  int64
	filtered [reasonCount]int64
}

// A batch is sent when it holds about so many items, or tells of so many records.
const (
	batchItems   = 256
	batchRecords = 1 << 14
)

func (b *batch) full() bool { return b.weight >= batchItems || b.in >= batchRecords }

func (b *batch) add(r raw.Record) {
	b.items = append(b.items, item{record: r})
	b.weight++
	if call, ok := r.(*raw.APICall); ok {
		b.weight += len(call.Instances) / 8
	}
}

func (b *batch) reject(r raw.Rejected) {
	b.items = append(b.items, item{reject: &r})
	b.weight += 8
}

// enter adds the batch to a ledger, but for its rejected records.
func (b *batch) enter(l *dataset.Ledger) {
	l.In += b.out
	l.Out += b.out
	for r, n := range b.filtered {
		if n > 0 {
			l.In += n
			l.Filtered[reasonNames[r]] += n
		}
	}
}

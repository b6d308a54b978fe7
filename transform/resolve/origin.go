package resolve

import (
	"encoding/binary"
	"fmt"

	"liftgraph/internal/dataset"
	"liftgraph/internal/extsort"
	"liftgraph/internal/raw"
)

// origin is the record that a fragment came from: its kind, and its number among the records of that kind, from 1. Fragments of
// edges that may turn out to be none carry it, at the end of their values, so that the quarantine can name the record. It takes
// two to six bytes.
type origin struct {
	kind   byte // index into raw.Kinds(), plus 1; 0: no record
	number uint64
}

// kindNumbers are the kinds of records as an origin has them.
var kindNumbers = func() map[raw.Kind]byte {
	m := map[raw.Kind]byte{}
	for i, k := range raw.Kinds() {
		m[k] = byte(i + 1)
	}
	return m
}()

// Begin counts a record that enters. What is added until the next one comes from it.
func (r *Resolver) Begin(k raw.Kind) {
	l := r.ledger(k)
	l.In++
	r.remember(l.Source)
	n := kindNumbers[k]
	r.taken[n]++
	r.origin = origin{n, r.taken[n]}
}

// remember lets what was just added be forgotten source by source: what is left out as already added must not depend on how the
// records of several sources mix.
func (r *Resolver) remember(source string) {
	if r.recentStubs = r.recentOf[source]; r.recentStubs == nil {
		r.recentStubs = map[stubKey]struct{}{}
		r.recentOf[source] = r.recentStubs
	}
}

// BeginInventory says that what is added until the next record comes from no record, but from an inventory.
func (r *Resolver) BeginInventory() { r.remember("inventory") }

// kind returns the kind of the record, "" for no record.
func (o origin) named() raw.Kind {
	if o.kind == 0 {
		return ""
	}
	return raw.Kinds()[o.kind-1]
}

// appendOrigin appends that of the record at hand.
func (r *Resolver) appendOrigin(dst []byte) []byte {
	return binary.AppendUvarint(append(dst, r.origin.kind), r.origin.number)
}

// cutOrigin makes the origin that a value begins with that of the record at hand, and returns the rest of the value.
func (r *Resolver) cutOrigin(src []byte) []byte {
	if len(src) > 0 && int(src[0]) < len(r.taken) {
		if n, w := binary.Uvarint(src[1:]); w > 0 {
			r.origin = origin{src[0], n}
			return src[1+w:]
		}
	}
	r.fail(extsort.ErrDamaged)
	return nil
}

// texts fills out from a value, and returns the rest of it.
func (r *Resolver) texts(src []byte, out ...*string) []byte {
	rest, err := extsort.Texts(src, out...)
	if err != nil {
		r.fail(err)
	}
	return rest
}

// keyTexts fills out from a key, whose first byte is a tag.
func (r *Resolver) keyTexts(key []byte, out ...*string) {
	if _, err := extsort.KeyTexts(key[1:], out...); err != nil {
		r.fail(err)
	}
}

// Filter counts a record of Spacelift that is left out on purpose.
func (r *Resolver) Filter(reason string) { r.records.Filtered[reason]++ }

// Accept counts a record that is taken as a whole.
func (r *Resolver) Accept(k raw.Kind) { r.ledger(k).Out++ }

// Quarantine quarantines the record at hand.
func (r *Resolver) Quarantine(reason, detail string, record any) {
	r.ledger(r.origin.named()).Quarantined[reason]++
	r.reject(reason, detail, record)
}

// RejectEdge quarantines an edge that the record at hand suggests but that can't be.
func (r *Resolver) RejectEdge(reason, typ, from, to string) {
	r.edges.In++
	r.rejectEdge(reason, fmt.Sprintf("(%s)-[%s]->(%s)", from, typ, to))
}

// rejectEdge quarantines an edge that was counted before.
func (r *Resolver) rejectEdge(reason, detail string) {
	r.edges.Quarantined[reason]++
	r.reject(reason, detail, nil)
}

func (r *Resolver) reject(reason, detail string, record any) {
	kind := r.origin.named()
	if r.err == nil {
		r.err = r.cfg.Reject(raw.Rejected{
			Stage: "transform", Source: r.ledger(kind).Source, Kind: kind, Offset: int64(r.origin.number), Reason: reason, Detail: detail, Record: record,
		})
	}
}

// ledger returns that of a kind's source.
func (r *Resolver) ledger(k raw.Kind) *dataset.Ledger {
	switch k {
	case raw.KindAPICall, raw.KindGrant, raw.KindInstance, raw.KindResourceEvent, raw.KindActorKey, raw.KindCoverage:
		return &r.calls
	case raw.KindAuditEvent, raw.KindRunState:
		return &r.audit
	default:
		return &r.records
	}
}

// Reject quarantines what is no record.
func (r *Resolver) Reject(rej raw.Rejected) {
	if r.err == nil {
		r.err = r.cfg.Reject(rej)
	}
}

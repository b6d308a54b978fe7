package spacelift

import (
	"encoding/json"
	"errors"
	"fmt"

	"liftgraph/internal/raw"
)

// page is what one request gave of a list.
type page struct {
	rows  []json.RawMessage // without the null ones
	nulls int64
	known int64 // rows that were taken out, as the previous extraction has them
	err   error // what is missing in it or after it

	detailed bool // rows of runs have their details
}

// newPage parts null rows from the others.
func newPage(rows []json.RawMessage, err error) page {
	p := page{err: err}
	for _, r := range rows {
		if isNull(r) {
			p.nulls++
		} else {
			p.rows = append(p.rows, r)
		}
	}
	return p
}

func isNull(value json.RawMessage) bool { return len(value) == 0 || string(value) == "null" }

// errNullAnswer is for a null where a list belongs: that isn't an empty list.
var errNullAnswer = errors.New("the server answers null instead of a list")

// row is a row of a page: a record, or why it is none.
type row struct {
	record raw.Record
	reject *unusable
}

// batch is a page whose rows are decoded.
type batch struct {
	kind    raw.Kind
	rows    []row
	nulls   int64
	known   int64
	err     error
	stack   string // whose list it is; "" for the account's
	details detailCount
}

// unusable says why a row is no record.
type unusable struct {
	reason string // a stable code
	detail string
	record any // what may be shown of it
}

// Error implements error.
func (u *unusable) Error() string { return u.reason + ": " + u.detail }

// errNullRow is for a row of which nothing but a shell is there.
var errNullRow = errors.New("null row")

// decoder makes a record of a row. An error that isn't errNullRow or an [unusable] means that the row is malformed.
type decoder func(json.RawMessage) (raw.Record, error)

func decode(kind raw.Kind, p page, decode decoder) batch {
	b := batch{kind: kind, nulls: p.nulls, known: p.known, err: p.err, rows: make([]row, 0, len(p.rows))}
	for _, r := range p.rows {
		record, err := decode(r)
		reject, _ := errors.AsType[*unusable](err)
		switch {
		case err == nil:
			b.rows = append(b.rows, row{record: record})
		case errors.Is(err, errNullRow):
			b.nulls++
		case reject != nil:
			b.rows = append(b.rows, row{reject: reject})
		default:
			malformed := &unusable{reason: "malformed", detail: err.Error()}
			if kind != raw.KindEntity && kind != raw.KindWorkerPool { // whose values and metadata may hold secrets
				malformed.record = withoutDetails(r)
			}
			b.rows = append(b.rows, row{reject: malformed})
		}
	}
	return b
}

// as returns the decoder of rows that are records as they stand.
func as[T any, P interface {
	*T
	raw.Record
}](id func(P) string) decoder {
	return func(r json.RawMessage) (raw.Record, error) {
		record := P(new(T))
		if err := json.Unmarshal(r, record); err != nil {
			return nil, err
		}
		if err := raw.CheckID(id(record)); err != nil {
			return nil, &unusable{"invalid_id", err.Error(), r}
		}
		return record, nil
	}
}

// deliver hands a batch to the output and counts it in the ledger.
func (x *extraction) deliver(sc *scope, b batch) error {
	ledger := &x.report.Ledger
	if b.err != nil {
		sc.fail(b.err)
	}
	if b.nulls > 0 {
		ledger.In += b.nulls
		ledger.Filtered["null_row"] += b.nulls
		x.received[b.kind] += b.nulls
	}
	ledger.In += b.known
	ledger.Deduplicated += b.known
	x.counted.add(b.details)
	for _, r := range b.rows {
		ledger.In++
		x.received[b.kind]++
		if r.reject != nil {
			ledger.Quarantined[r.reject.reason]++
			rejected := raw.Rejected{
				Stage: ledger.Stage, Source: ledger.Source, Kind: b.kind, Offset: x.received[b.kind],
				Reason: r.reject.reason, Detail: r.reject.detail, Record: r.reject.record,
			}
			if err := x.out.Reject(rejected); err != nil {
				return fmt.Errorf("a rejected record, %s, can't be kept: %w", b.kind, err)
			}
			continue
		}
		if err := x.take(sc, r.record); err != nil {
			return err
		}
	}
	return nil
}

// take hands a record to the output.
func (x *extraction) take(sc *scope, r raw.Record) error {
	if err := x.out.Record(r); err != nil {
		return fmt.Errorf("a record, %s, can't be kept: %w", r.Kind(), err)
	}
	if run, ok := r.(*raw.Run); ok {
		x.newest = max(x.newest, run.ID)
	}
	x.report.Ledger.Out++
	sc.records++
	x.cfg.Stats.records.Add(1)
	return nil
}

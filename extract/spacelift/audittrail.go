package spacelift

import (
	"context"
	"encoding/json"
	"errors"
	"iter"
	"slices"

	"liftgraph/extract/spacelift/api"
	"liftgraph/internal/dataset"
	"liftgraph/internal/raw"
)

// AuditTrailSource names the audit trail in manifests and quarantined records, whichever way it is read.
const AuditTrailSource = "audittrail"

// AuditReport says what was read of the audit trail.
type AuditReport struct {
	*Report
	Newest int64 // when the newest entry was made, Unix seconds; 0 where there was none
}

// AuditTrail delivers the entries of the audit trail, newest first, down to those of the second since (Unix; 0 for all that
// there are: Spacelift keeps them for 30 days by default). Errors are those of [Extract]; a refusal makes the scope incomplete.
func AuditTrail(ctx context.Context, cfg Config, since int64, out Output) (*AuditReport, error) {
	cfg, err := cfg.check()
	if err != nil {
		return nil, err
	}
	x := newExtraction(cfg, out)
	x.report.Ledger = dataset.NewLedger("extract", AuditTrailSource, "events")
	defer x.client.Close()
	if err := x.firstContact(ctx); err != nil {
		return nil, err
	}
	if err := x.introspect(ctx); err != nil {
		return nil, err
	}
	x.report.Account = api.AccountOf(cfg.Endpoint)
	newest, err := x.auditEntries(ctx, since)
	if err != nil {
		return nil, err
	}
	r, err := x.finish(AuditTrailSource)
	return &AuditReport{r, newest}, err
}

// auditEntries delivers the entries, and returns the time at which the newest was made.
func (x *extraction) auditEntries(ctx context.Context, since int64) (newest int64, err error) {
	l := &auditTrailListing
	sc := x.begin(l.scope)
	p := x.newPager(l)
	p.newestFirst = x.client.Queries.Orders()
	first := p.next(ctx)
	if !p.newestFirst {
		since = 0
	}
	pages := func(ctx context.Context) iter.Seq[page] { return notOlder(since, p.from(ctx, first)) }
	err = x.deliverPages(ctx, sc, l.kind, pages, l.decoder, func(b batch) {
		for _, r := range b.rows {
			if e, ok := r.record.(*raw.AuditEvent); ok {
				newest = max(newest, e.Time/1000)
			}
		}
	})
	if err != nil {
		return 0, err
	}
	x.end(sc)
	return newest, nil
}

// notOlder returns the pages down to the first entry that was made before since, Unix seconds.
func notOlder(since int64, pages iter.Seq[page]) iter.Seq[page] {
	return func(yield func(page) bool) {
		for p := range pages {
			older := slices.IndexFunc(p.rows, func(r json.RawMessage) bool {
				var n struct {
					CreatedAt *int64 `json:"createdAt"`
				}
				return json.Unmarshal(r, &n) == nil && n.CreatedAt != nil && *n.CreatedAt < since
			})
			if older >= 0 {
				p.rows, p.nulls = p.rows[:older], 0
			}
			if !yield(p) || older >= 0 {
				return
			}
		}
	}
}

// auditEntry decodes an entry.
func auditEntry(r json.RawMessage) (raw.Record, error) {
	type resource struct {
		Type *string `json:"resourceType"`
		ID   *string `json:"resourceId"`
	}
	var n struct {
		ID        string  `json:"id"`
		Action    *string `json:"action"`
		EventType *string `json:"eventType"`
		CreatedAt *int64  `json:"createdAt"`
		Body      *string `json:"body"`
		Actor     *struct {
			Username *string `json:"username"`
			Run      *ref    `json:"run"`
		} `json:"actor"`
		Affected *resource `json:"affectedResource"`
		Related  *resource `json:"relatedResource"`
	}
	if err := json.Unmarshal(r, &n); err != nil {
		return nil, err
	}
	if err := raw.CheckID(n.ID); err != nil {
		return nil, &unusable{"invalid_id", err.Error(), nil}
	}
	if n.Action == nil || n.CreatedAt == nil {
		return nil, errors.New("an entry without its action or time")
	}
	e := &raw.AuditEvent{ID: n.ID, Via: raw.ViaAPI, Time: *n.CreatedAt * 1000, Action: *n.Action, EventType: n.EventType, Data: n.Body}
	if n.Actor != nil {
		e.Actor, e.ActorRun = n.Actor.Username, n.Actor.Run.id()
	}
	for _, r := range []*resource{n.Affected, n.Related} {
		if r != nil && r.Type != nil {
			res := raw.AuditResource{Type: *r.Type}
			if r.ID != nil {
				res.ID = *r.ID
			}
			e.Resources = append(e.Resources, res)
		}
	}
	return e, nil
}

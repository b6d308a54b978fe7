package pipeline

import (
	"context"
	"errors"
	"fmt"
	"time"

	"liftgraph/extract/audittrail"
	"liftgraph/extract/spacelift"
	"liftgraph/internal/dataset"
	"liftgraph/internal/raw"
)

// AuditTrail says where the audit trail is read.
type AuditTrail struct {
	Files audittrail.Config // what a webhook delivered; may have no sources
	API   *spacelift.Config // nil: it isn't asked
}

// apiWatermark names up to when an API was read: of another account's nothing is carried over. The endpoint follows.
const apiWatermark = "audit_trail_api "

// retention is how long Spacelift keeps entries where nothing else was agreed
// (https://docs.spacelift.io/integrations/audit-trail).
const retention = 30 * 24 * time.Hour

// fromAuditTrail reads both ways. Of the API only what is new since the last extraction in dir is read; what was read
// before is taken from there, since Spacelift doesn't keep it. The API is requested when it is its turn.
func fromAuditTrail(cfg AuditTrail, dir string, api turn) source {
	cfg.Files.Stats = new(audittrail.Stats)
	if cfg.API != nil {
		api := *cfg.API
		api.Stats = new(spacelift.Stats)
		cfg.API = &api
	}
	return source{
		name: auditTrailSource,
		detail: func() string {
			detail := fmt.Sprintf("audit trail: %d events of %d objects", cfg.Files.Stats.Events.Load(), cfg.Files.Stats.Objects.Load())
			if cfg.API != nil {
				s := cfg.API.Stats.Snapshot()
				detail += fmt.Sprintf(", %d requests", s.Requests)
			}
			return detail
		},
		reach: func(ctx context.Context) error {
			for _, s := range cfg.Files.Sources {
				if s.Store == nil {
					continue
				}
				if err := reachStore(ctx, s.URI, s.Store); err != nil {
					return err
				}
			}
			return nil
		},
		extract: func(ctx context.Context, m *dataset.Manifest, out *records) error {
			ledger := dataset.NewLedger("extract", auditTrailSource, "events")
			if len(cfg.Files.Sources) > 0 {
				r, err := audittrail.Extract(ctx, cfg.Files, out)
				if err != nil {
					return err
				}
				m.Accounts = r.Accounts
				m.Sources, m.Scopes = append(m.Sources, r.Sources...), append(m.Scopes, r.Scopes...)
				ledger.Add(r.Ledger)
			}
			if cfg.API != nil {
				if err := api.wait(ctx); err != nil {
					return err
				}
				if err := entries(ctx, *cfg.API, dir, m, &ledger, out); err != nil {
					return err
				}
			}
			m.Ledger = append(m.Ledger, ledger)
			return nil
		},
	}
}

// entries delivers the API's entries: those of the last extraction, and what is new.
func entries(ctx context.Context, cfg spacelift.Config, dir string, m *dataset.Manifest, ledger *dataset.Ledger, out *records) error {
	last, err := dataset.ReadManifest(dir)
	if err != nil && !errors.Is(err, dataset.ErrNotPublished) {
		return err
	}
	endpoint, err := spacelift.ParseEndpoint(cfg.Endpoint)
	if err != nil {
		return err
	}
	var since int64
	if last != nil {
		since = last.Watermarks[apiWatermark+endpoint]
	}
	known := map[string]bool{}
	if since > 0 {
		if known, err = carryOver(ctx, dir, last, since, ledger, out); err != nil {
			return err
		}
		if gap := time.Since(time.Unix(since, 0)); gap > retention {
			m.Notes = append(m.Notes, fmt.Sprintf("the audit trail was last read %d days ago, and Spacelift keeps its entries for 30 days by default: some may be lost", int(gap.Hours()/24)))
		}
	}
	fresh := *out
	fresh.take = func(r raw.Record) error {
		if e, ok := r.(*raw.AuditEvent); ok && known[e.ID] {
			ledger.Out--
			ledger.Deduplicated++
			return nil
		}
		return out.take(r)
	}
	r, err := spacelift.AuditTrail(ctx, cfg, since, &fresh)
	if err != nil {
		return err
	}
	if len(m.Accounts) == 0 {
		m.Accounts = append(m.Accounts, r.Account)
	}
	m.Sources, m.Scopes = append(m.Sources, r.Source), append(m.Scopes, r.Scopes...)
	m.MissingFields, m.Notes = append(m.MissingFields, r.MissingFields...), append(m.Notes, r.Notes...)
	ledger.Add(r.Ledger)
	// Newest first: what broke off has a gap below, so the next extraction begins where this one did.
	if complete := r.Scopes[0].Complete; complete {
		since = max(since, r.Newest)
	}
	m.Watermarks = map[string]int64{apiWatermark + endpoint: since}
	return nil
}

// carryOver delivers the API's entries of the last extraction up to since, from which on they are read again, and returns the
// ids of those of that very second.
func carryOver(ctx context.Context, dir string, last *dataset.Manifest, since int64, ledger *dataset.Ledger, out *records) (again map[string]bool, err error) {
	again = map[string]bool{}
	for rec, err := range raw.Read(dir, last) {
		if err := errors.Join(err, ctx.Err()); err != nil {
			return nil, fmt.Errorf("the entries of the last extraction: %w", err)
		}
		e, ok := rec.(*raw.AuditEvent)
		if !ok || e.Via != raw.ViaAPI || e.Time/1000 > since {
			continue
		}
		if e.Time/1000 == since {
			again[e.ID] = true
		}
		ledger.In++
		ledger.Out++
		if err := out.Record(rec); err != nil {
			return nil, err
		}
	}
	return again, nil
}

package pipeline

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"liftgraph/extract/audittrail"
	"liftgraph/extract/cloudtrail"
	"liftgraph/internal/dataset"
	"liftgraph/internal/objects"
	"liftgraph/internal/raw"
)

// Replayed is what came of a source's quarantine.
type Replayed struct {
	Source    string
	Before    int64 // records in the quarantine
	Objects   int   // that were read again
	Remaining int64 // records in the quarantine afterwards
	Elsewhere int64 // of these, records that no object is named for: only an extraction reads them again
	Manifest  *dataset.Manifest
}

// Replay reads the objects again that the quarantine of an extraction names, and no others, and adds what they hold now to DATA/raw:
// after an upgrade, or when the objects were mended. What is rejected again stays in the quarantine. A transformation comes after it.
func Replay(ctx context.Context, cfg Config, opts objects.Options) (all []Replayed, err error) {
	for _, source := range []string{cloudTrailSource, auditTrailSource} {
		r, err := replay(ctx, cfg, source, opts)
		if err != nil {
			return all, err
		}
		if r != nil {
			all = append(all, *r)
		}
	}
	return all, nil
}

func replay(ctx context.Context, cfg Config, source string, opts objects.Options) (_ *Replayed, err error) {
	job, err := begin(ctx, cfg)
	if err != nil {
		return nil, err
	}
	defer job.end(&err)

	r := &Replayed{Source: source}
	named := map[string]bool{}
	for rec, err := range raw.ReadQuarantine(cfg.Data, "extract-"+source) {
		if err != nil {
			return nil, fmt.Errorf("the quarantine: %w", err)
		}
		r.Before++
		if rec.Object == "" {
			r.Elsewhere++
			continue
		}
		named[rec.Object] = true
	}
	if len(named) == 0 {
		if r.Before == 0 {
			return nil, nil
		}
		r.Remaining = r.Before
		return r, nil
	}
	r.Objects = len(named)
	old, err := job.readManifest(rawDir+source, "liftgraph extract")
	if errors.Is(err, dataset.ErrNotPublished) {
		return nil, fmt.Errorf("what is replayed is added to the records of the last extraction, but: %w; `run` keeps them with --keep", err)
	}
	if err != nil {
		return nil, err
	}
	stores, err := openAll(ctx, slices.Sorted(maps.Keys(named)), opts)
	if err != nil {
		return nil, err
	}
	out, err := job.rawDir(source)
	if err != nil {
		return nil, err
	}
	q, err := job.quarantine("extract-" + source)
	if err != nil {
		return nil, err
	}
	for rec, err := range raw.ReadQuarantine(cfg.Data, "extract-"+source) { // still the old one
		if err != nil {
			return nil, fmt.Errorf("the quarantine: %w", err)
		}
		if rec.Object == "" {
			if err := q.Reject(rec); err != nil {
				return nil, err
			}
		}
	}
	for rec, err := range raw.Read(job.path(rawDir+source), old) {
		if err := errors.Join(err, ctx.Err()); err != nil {
			return nil, err
		}
		if err := out.Record(rec); err != nil {
			return nil, err
		}
	}
	stage := cfg.Progress.Stage("replay", "records", -1, nil)
	defer stage.Done()
	rejected := newRejected(job.cfg.Redact, func(rec raw.Rejected) error { r.Remaining++; return q.Reject(rec) })
	m := *old
	m.Files = nil
	m.Scopes = slices.DeleteFunc(slices.Clone(old.Scopes), func(s dataset.Scope) bool {
		return s.Scope == dataset.QuarantineScope || named[s.Object]
	})
	ledger, scopes, err := job.read(source, stores, &records{take: out.Record, reject: rejected.reject, stage: stage})
	if err != nil {
		return nil, err
	}
	ledger.Stage = "replay"
	r.Remaining += r.Elsewhere
	m.Scopes = append(m.Scopes, scopes...)
	m.Ledger = append(slices.Clone(old.Ledger), ledger)
	m.Notes = append(slices.Clone(old.Notes), fmt.Sprintf("%d objects were read again at %s: %d records were quarantined before, %d are now", r.Objects, time.Now().UTC().Format(time.RFC3339), r.Before, r.Remaining))
	job.judge(&m, []dataset.Ledger{ledger}, rejected)
	out.manifest = &m
	r.Manifest, err = job.publish(&m, job.path(rawDir+source))
	return r, err
}

// object is one that is read again.
type object struct {
	uri   string
	store objects.Store
}

func openAll(ctx context.Context, uris []string, opts objects.Options) (list []object, err error) {
	opts.Exact = true
	for _, uri := range uris {
		store, err := objects.Open(ctx, uri, opts)
		if err != nil {
			return nil, err
		}
		list = append(list, object{uri, store})
	}
	return list, nil
}

// read reads objects as the extraction of a source does, with the settings of the command.
func (j *job) read(source string, list []object, out *records) (dataset.Ledger, []dataset.Scope, error) {
	if source == auditTrailSource {
		var cfg audittrail.Config
		for _, o := range list {
			cfg.Sources = append(cfg.Sources, audittrail.Source{URI: o.uri, Store: o.store})
		}
		cfg.Stats = new(audittrail.Stats)
		r, err := audittrail.Extract(j.ctx, cfg, out)
		if err != nil {
			return dataset.Ledger{}, nil, err
		}
		return r.Ledger, incomplete(r.Scopes), nil
	}
	cfg := j.cfg.CloudTrail.Config
	cfg.Sources, cfg.Previous = nil, nil
	for _, o := range list {
		cfg.Sources = append(cfg.Sources, cloudtrail.Source{URI: o.uri, Store: o.store})
	}
	cfg.Stats = new(cloudtrail.Stats)
	r, err := cloudtrail.Extract(j.ctx, cfg, out)
	if err != nil {
		return dataset.Ledger{}, nil, err
	}
	return r.Ledger, incomplete(r.Scopes), nil
}

// incomplete returns the scopes that aren't complete: of those that are, the extraction's say more.
func incomplete(list []dataset.Scope) []dataset.Scope {
	return slices.DeleteFunc(list, func(s dataset.Scope) bool { return s.Complete })
}

package pipeline

import (
	"context"
	"errors"
	"fmt"
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
	Records   int64 // that were used now as the quarantine has them
	Objects   int   // that were read again
	Remaining int64 // records in the quarantine afterwards
	Elsewhere int64 // of these, records that no object is named for: only an extraction reads them again
	Manifest  *dataset.Manifest
}

// Replay judges the quarantine of an extraction again and adds what can be used now to DATA/raw: after an upgrade, or when the objects
// were mended. Where the quarantine holds a record as it was, that is judged; failing that, the lines that the quarantine names are read
// again from their objects, and nothing else. What is rejected again, or can't be read, stays in the quarantine. A transformation comes
// after it.
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
	again, err := rereadingOf(job, source, r)
	if err != nil || r.Before == 0 {
		return nil, err
	}
	if r.Before == r.Elsewhere {
		r.Remaining = r.Before
		return r, nil
	}
	old, err := job.readManifest(rawDir+source, "liftgraph extract")
	if errors.Is(err, dataset.ErrNotPublished) {
		return nil, fmt.Errorf("what is replayed is added to the records of the last extraction, but: %w; `run` keeps them with --keep", err)
	}
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
	m := *old
	m.Files, m.Ledger = nil, slices.Clone(old.Ledger)
	if source == auditTrailSource {
		ledger, err := again.records(&records{take: out.Record, reject: again.named, stage: stage})
		if err != nil {
			return nil, err
		}
		r.Records = ledger.Out
		if ledger.In > 0 {
			m.Ledger = append(m.Ledger, ledger)
		}
	}
	rejected := newRejected(job.cfg.Redact, func(rec raw.Rejected) error {
		again.rejected[place{rec.Object, rec.Offset}] = true
		r.Remaining++
		return q.Reject(rec)
	})
	ledger, scopes, err := again.objects(opts, &records{take: out.Record, reject: rejected.reject, stage: stage})
	if err != nil {
		return nil, err
	}
	r.Objects = len(again.lines) - len(again.lost)
	kept, err := again.keep(q)
	if err != nil {
		return nil, err
	}
	r.Remaining += kept
	m.Scopes = slices.DeleteFunc(slices.Clone(old.Scopes), func(s dataset.Scope) bool {
		_, read := again.lines[s.Object]
		return s.Scope == dataset.QuarantineScope || read && again.lost[s.Object] == nil
	})
	m.Scopes = append(m.Scopes, scopes...)
	m.Ledger = append(m.Ledger, ledger)
	m.Notes = append(slices.Clone(old.Notes), fmt.Sprintf("%d objects were read again at %s: %d records were quarantined before, %d are now", r.Objects, time.Now().UTC().Format(time.RFC3339), r.Before, r.Remaining))
	judged := ledger
	for _, l := range old.Ledger { // of all records of the source, and not of those that were read again
		if l.Stage == "extract" && l.Source == source {
			judged.In = max(judged.In, l.In)
		}
	}
	job.judge(&m, []dataset.Ledger{judged}, rejected)
	out.manifest = &m
	r.Manifest, err = job.publish(&m, job.path(rawDir+source))
	return r, err
}

// read reads objects as the extraction of a source does, with the settings of the command.
func (j *job) read(source string, list []object, out *records) (dataset.Ledger, []dataset.Scope, error) {
	if source == auditTrailSource {
		var cfg audittrail.Config
		for _, o := range list {
			cfg.Sources = append(cfg.Sources, audittrail.Source{URI: o.uri, Store: o.store, Lines: o.lines})
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
		cfg.Sources = append(cfg.Sources, cloudtrail.Source{URI: o.uri, Store: o.store, Lines: o.lines})
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

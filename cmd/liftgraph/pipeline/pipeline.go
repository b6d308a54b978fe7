// Package pipeline puts the stages together: each from directory to directory, or all of them in one go.
package pipeline

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"liftgraph/cmd/liftgraph/progress"
	"liftgraph/emit"
	"liftgraph/emit/redact"
	"liftgraph/extract/cloudtrail"
	"liftgraph/extract/spacelift"
	"liftgraph/graph"
	"liftgraph/internal/dataset"
	"liftgraph/internal/raw"
)

// Config is what the stages share.
type Config struct {
	Version   string            // of liftgraph, for manifests
	Data      string            // the data directory
	Temp      string            // where spill files go
	UpdateTag int64             // Unix seconds; 0 in Transform keeps that of raw/
	Progress  *progress.Display // may be nil

	Spacelift       *spacelift.Config // nil: it isn't read
	CloudTrail      *CloudTrail       // nil: it isn't read
	AuditTrail      *AuditTrail       // nil: it isn't read
	Inventory       Inventory
	SinceLast       bool                 // what the last extraction in Data has, and can't have changed, is taken over from there
	StubRuns        bool                 // runs that only CloudTrail names become nodes
	Resources       cloudtrail.Resources // which the graph has; empty: instances
	Changes         cloudtrail.Changes   // which changes outside runs it has
	Targets         []emit.Target        // what Emit and Run write
	Redact          redact.Rules         // what is kept out of it; what the data directory remembers as forgotten is read there
	QualifyIDs      bool                 // ids that are unique only within an account are written as account/id
	Model           *graph.Model         // of the tables in them; nil: the default
	Previous        *Previous            // what they carry over; nil: nothing
	Resume          *Resume              // nil: every answer of the API is asked for anew, and none is kept
	RequireComplete bool                 // nothing is published that isn't complete
	MaxQuarantined  *float64             // percent of a source's records that may be quarantined before it is incomplete; nil: [MaxQuarantined]

	Keep bool       // Run writes raw/ and graph/ too
	Also graph.Sink // Run writes the rows here too, if not nil
}

// Inventory is where known instances are listed.
type Inventory struct {
	File string                                                         // path, or empty
	List func(ctx context.Context, take func(raw.Instance) error) error // another place, or nil
}

// Run extracts, transforms and emits in one go, with spill files as its only intermediates, and returns the
// manifest of what it published. Nothing is published before everything is written.
func Run(ctx context.Context, cfg Config) (published *dataset.Manifest, err error) {
	job, err := begin(ctx, cfg)
	if err != nil {
		return nil, err
	}
	defer job.end(&err)

	m := job.manifest()
	sink, err := job.targets(m) // now, because a target that is unavailable is better known before hours of reading
	if err != nil {
		return nil, err
	}
	if err := job.reach(); err != nil {
		return nil, err
	}
	transformer, err := job.transformer()
	if err != nil {
		return nil, err
	}
	if err := job.resume(); err != nil {
		return nil, err
	}
	extracted, err := job.extractInto(transformer, sources(job.cfg))
	if err != nil {
		return nil, err
	}
	for _, e := range extracted {
		inherit(m, e)
	}
	if cfg.Keep {
		keep, err := job.graphDir()
		if err != nil {
			return nil, err
		}
		sink = tee{sink, keep}
	}
	if cfg.Also != nil {
		sink = tee{sink, cfg.Also}
	}
	if err := job.finish(m, transformer, sink); err != nil {
		return nil, err
	}
	published, err = job.publish(m, cfg.Targets[0].Dir)
	return published, errors.Join(err, job.resumedAfter(err))
}

// Extract writes DATA/raw/SOURCE for each source that is configured, side by side: one that fails takes nothing from those before
// it, and ends those after it. It returns the manifests of those that were published.
func Extract(ctx context.Context, cfg Config) (published []*dataset.Manifest, err error) {
	job, err := begin(ctx, cfg)
	if err != nil {
		return nil, err
	}
	defer job.end(&err)

	if err := job.resume(); err != nil {
		return nil, err
	}
	var parts []*part
	for _, src := range sources(job.cfg) {
		p, err := job.part(src)
		if err != nil {
			return nil, err
		}
		defer p.job.end(&err)
		parts = append(parts, p)
	}
	if err := job.reach(); err != nil {
		return nil, err
	}
	all := make([]*dataset.Manifest, len(parts))
	err = inParallel(ctx, len(parts), false, func(ctx context.Context, i int) (err error) {
		all[i], err = parts[i].publish(ctx)
		return err
	})
	return slices.DeleteFunc(all, func(m *dataset.Manifest) bool { return m == nil }), err
}

// part is the extraction of one source, which is published on its own.
type part struct {
	job *job
	src source
	out *rawOutput
	q   *raw.Quarantine
}

// part begins the extraction of a source as a part of this job, whose lock it shares.
func (j *job) part(src source) (p *part, err error) {
	p = &part{job: &job{ctx: j.ctx, cfg: j.cfg, began: j.began}, src: src}
	defer func() {
		if err != nil {
			p.job.end(&err)
		}
	}()
	if p.out, err = p.job.rawDir(src.name); err != nil {
		return nil, err
	}
	p.q, err = p.job.quarantine("extract-" + src.name)
	return p, err
}

// publish reads the source and publishes it.
func (p *part) publish(ctx context.Context) (m *dataset.Manifest, err error) {
	p.job.ctx = ctx
	if p.out.manifest, err = p.job.extract(ctx, p.src, p.q, p.out.Record, p.out.seen); err != nil {
		return nil, err
	}
	m, err = p.job.publish(p.out.manifest, p.job.path(rawDir+p.src.name))
	if p.src.name == spaceliftSource {
		err = errors.Join(err, p.job.resumedAfter(err))
	}
	return m, err
}

// Transform turns DATA/raw/ into DATA/graph.
func Transform(ctx context.Context, cfg Config) (published *dataset.Manifest, err error) {
	job, err := begin(ctx, cfg)
	if err != nil {
		return nil, err
	}
	defer job.end(&err)

	from, err := job.rawInputs()
	if err != nil {
		return nil, err
	}
	if job.cfg.UpdateTag == 0 {
		job.cfg.UpdateTag = newest(from)
	}
	m := job.manifest()
	inheritRaw(m, from)
	transformer, err := job.transformer()
	if err != nil {
		return nil, err
	}
	if err := job.readRaw(from, transformer); err != nil {
		return nil, err
	}
	sink, err := job.graphDir()
	if err != nil {
		return nil, err
	}
	if err := job.finish(m, transformer, sink); err != nil {
		return nil, err
	}
	return job.publish(m, job.path(graphRows))
}

// Emit turns DATA/graph into files for Neo4j and for a lake.
func Emit(ctx context.Context, cfg Config) (published *dataset.Manifest, err error) {
	job, err := begin(ctx, cfg)
	if err != nil {
		return nil, err
	}
	defer job.end(&err)

	from, err := job.readManifest(graphRows, "liftgraph transform")
	if err != nil {
		return nil, err
	}
	job.cfg.UpdateTag = from.UpdateTag
	m := job.manifest()
	inherit(m, from)
	sink, err := job.targets(m)
	if err != nil {
		return nil, err
	}
	if err := job.readGraph(from, sink); err != nil {
		return nil, err
	}
	for _, t := range cfg.Targets {
		if old, err := dataset.ReadManifest(t.Dir); err == nil && old.UpdateTag > m.UpdateTag {
			m.Notes = append(m.Notes, fmt.Sprintf("these rows are older than those they replaced in %s: update tag %d, then %d", t.Dir, old.UpdateTag, m.UpdateTag))
		}
	}
	return job.publish(m, cfg.Targets[0].Dir)
}

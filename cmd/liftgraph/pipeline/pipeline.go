// Package pipeline puts the stages together: each from directory to directory, or all of them in one go.
package pipeline

import (
	"context"
	"errors"
	"fmt"

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
	for _, src := range sources(job.cfg) {
		extracted, err := job.extractInto(transformer, src)
		if err != nil {
			return nil, err
		}
		inherit(m, extracted)
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

// Extract writes DATA/raw/SOURCE for each source that is configured, one after the other: one that fails takes nothing
// from those before. It returns their manifests.
func Extract(ctx context.Context, cfg Config) (published []*dataset.Manifest, err error) {
	for _, src := range sources(cfg) {
		m, err := extract(ctx, cfg, src)
		if err != nil {
			return published, err
		}
		published = append(published, m)
	}
	return published, nil
}

func extract(ctx context.Context, cfg Config, src source) (published *dataset.Manifest, err error) {
	job, err := begin(ctx, cfg)
	if err != nil {
		return nil, err
	}
	defer job.end(&err)

	out, err := job.rawDir(src.name)
	if err != nil {
		return nil, err
	}
	if err := job.reach(); err != nil {
		return nil, err
	}
	if src.name == spaceliftSource {
		if err := job.resume(); err != nil {
			return nil, err
		}
		src = sources(job.cfg)[0]
	}
	if out.manifest, err = job.extract(src, out.Record, out.seen); err != nil {
		return nil, err
	}
	published, err = job.publish(out.manifest, job.path(rawDir+src.name))
	if src.name == spaceliftSource {
		err = errors.Join(err, job.resumedAfter(err))
	}
	return published, err
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

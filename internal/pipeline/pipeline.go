// Package pipeline puts the stages together: each from directory to directory, or all of them in one go.
package pipeline

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"liftgraph/emit"
	"liftgraph/extract/spacelift"
	"liftgraph/graph"
	"liftgraph/internal/dataset"
	"liftgraph/internal/progress"
	"liftgraph/internal/raw"
)

// Config is what the stages share.
type Config struct {
	Version   string            // of liftgraph, for manifests
	Data      string            // the data directory
	Temp      string            // where spill files go
	UpdateTag int64             // Unix seconds; 0 in Transform keeps that of raw/
	Progress  *progress.Display // may be nil

	Spacelift spacelift.Config
	Inventory string        // path of a file of known instances, or empty
	Targets   []emit.Target // what Emit and Run write
	Keep      bool          // Run writes raw/ and graph/ too
	Also      graph.Sink    // Run writes the rows here too, if not nil
}

// Run extracts, transforms and emits in one go, with spill files as its only intermediates, and gives the
// manifest of what it published. Nothing is published before everything is written.
func Run(ctx context.Context, cfg Config) (published *dataset.Manifest, err error) {
	job, err := begin(ctx, cfg)
	if err != nil {
		return nil, err
	}
	defer job.end(&err)

	sink, err := job.targets() // now, because a place that can't be had is better known before hours of reading
	if err != nil {
		return nil, err
	}
	records, err := job.transformer()
	if err != nil {
		return nil, err
	}
	take := records.Add
	if cfg.Keep {
		keep, err := job.rawDir()
		if err != nil {
			return nil, err
		}
		take = func(r raw.Record) error { return errors.Join(keep.Record(r), records.Add(r)) }
	}
	extracted, err := job.extract(take)
	if err != nil {
		return nil, err
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
	transformed, err := job.finish(records, sink)
	if err != nil {
		return nil, err
	}
	m := job.manifest(nil)
	addExtracted(m, extracted)
	addTransformed(m, transformed)
	return job.publish(m, cfg.Targets[0].Dir)
}

// Extract writes DATA/raw/spacelift.
func Extract(ctx context.Context, cfg Config) (published *dataset.Manifest, err error) {
	job, err := begin(ctx, cfg)
	if err != nil {
		return nil, err
	}
	defer job.end(&err)

	out, err := job.rawDir()
	if err != nil {
		return nil, err
	}
	extracted, err := job.extract(out.Record)
	if err != nil {
		return nil, err
	}
	m := job.manifest(nil)
	addExtracted(m, extracted)
	return job.publish(m, job.path(rawSpacelift))
}

// Transform turns DATA/raw/ into DATA/graph.
func Transform(ctx context.Context, cfg Config) (published *dataset.Manifest, err error) {
	job, err := begin(ctx, cfg)
	if err != nil {
		return nil, err
	}
	defer job.end(&err)

	from, err := job.readManifest(rawSpacelift, "liftgraph extract")
	if err != nil {
		return nil, err
	}
	if job.cfg.UpdateTag == 0 {
		job.cfg.UpdateTag = from.UpdateTag
	}
	records, err := job.transformer()
	if err != nil {
		return nil, err
	}
	if err := job.readRaw(from, records); err != nil {
		return nil, err
	}
	sink, err := job.graphDir()
	if err != nil {
		return nil, err
	}
	transformed, err := job.finish(records, sink)
	if err != nil {
		return nil, err
	}
	m := job.manifest(from)
	addTransformed(m, transformed)
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
	sink, err := job.targets()
	if err != nil {
		return nil, err
	}
	if err := job.readGraph(from, sink); err != nil {
		return nil, err
	}
	m := job.manifest(from)
	for _, t := range cfg.Targets {
		if old, err := dataset.ReadManifest(t.Dir); err == nil && old.UpdateTag > m.UpdateTag {
			m.Notes = append(slices.Clip(m.Notes), fmt.Sprintf("these rows are older than those they replaced in %s: update tag %d, then %d", t.Dir, old.UpdateTag, m.UpdateTag))
		}
	}
	return job.publish(m, cfg.Targets[0].Dir)
}

package pipeline

import (
	"context"
	"fmt"

	"liftgraph/extract/cloudtrail"
	"liftgraph/extract/cloudtrail/engine"
	"liftgraph/internal/dataset"
	"liftgraph/internal/objects"
)

// CloudTrail says where API calls are read.
type CloudTrail struct {
	cloudtrail.Config
	Engine *engine.Config  // nil: none; else its result is one source more
	S3     objects.Options // how that result is read
}

func fromCloudTrail(cfg CloudTrail, before previousExtraction, lastObjects int64) source {
	cfg.Stats = new(cloudtrail.Stats)
	return source{
		name: cloudTrailSource,
		reach: func(ctx context.Context) error {
			for _, p := range cfg.Sources {
				if err := reachStore(ctx, p.URI, p.Store); err != nil {
					return err
				}
			}
			return nil
		},
		detail: func() string {
			objects := fmt.Sprint(cfg.Stats.Objects.Load())
			if cfg.Stats.AllListed.Load() {
				objects += fmt.Sprintf(" of %d", cfg.Stats.Listed.Load())
			} else if lastObjects > cfg.Stats.Objects.Load() {
				objects += fmt.Sprintf(" of about %d", lastObjects)
			}
			return fmt.Sprintf("CloudTrail: %d events, %s objects, %d MB", cfg.Stats.Events.Load(), objects, cfg.Stats.Bytes.Load()/1e6)
		},
		extract: func(ctx context.Context, m *dataset.Manifest, out *records) error {
			local := cfg.Config
			if cfg.Engine != nil {
				found, ok, err := search(ctx, &cfg, m)
				if err != nil {
					return err
				}
				if ok {
					local.Sources = append(local.Sources[:len(local.Sources):len(local.Sources)], found)
				}
			}
			if cfg.Engine != nil && before.dir != "" {
				m.Notes = append(m.Notes, "nothing was taken over from the last extraction, since an engine selected the events: everything was read")
			} else if published, err := before.read(m, cloudtrail.Kinds()...); err != nil {
				return err
			} else if published != nil {
				local.Previous = &cloudtrail.Previous{Manifest: published, Records: before.records(published)}
			}
			local.Seen = out.seen
			r, err := cloudtrail.Extract(ctx, local, out)
			if err != nil {
				return err
			}
			m.Settings = map[string]string{cloudTrailSource: local.Settings()}
			m.Accounts = append(m.Accounts, r.Accounts...)
			m.Sources = append(m.Sources, r.Sources...)
			m.Scopes = append(m.Scopes, r.Scopes...)
			m.Notes = append(m.Notes, r.Notes...)
			m.Ledger = append(m.Ledger, r.Ledger)
			m.UnknownEvents = r.UnknownEvents
			return nil
		},
	}
}

// search lets the engine select events, and returns false where there are none. An engine that fails makes its scope
// incomplete: what other sources know is worth publishing.
func search(ctx context.Context, cfg *CloudTrail, m *dataset.Manifest) (found cloudtrail.Source, ok bool, err error) {
	name := fmt.Sprintf("%s:%s", cfg.Engine.Engine, cfg.Engine.Table)
	scope := dataset.Scope{Scope: "cloudtrail_engine", Object: name}
	r, err := engine.Run(ctx, *cfg.Engine)
	if err == nil {
		m.Sources = append(m.Sources, dataset.Source{Name: cloudTrailSource, Endpoint: name, Requests: 1, Bytes: r.Bytes})
		m.Notes = append(m.Notes, r.Notes...)
		m.Notes = append(m.Notes, fmt.Sprintf("%s selected the events that were read (%s; query %s, result %s)", name, r.Cost, r.QueryID, r.Location))
		scope.Records = max(r.Rows, 0)
		found, ok, err = r.Source(ctx, cfg.S3)
	}
	if ctx.Err() != nil {
		return found, false, context.Cause(ctx)
	}
	if scope.Complete = err == nil; err != nil {
		scope.Reason = err.Error()
		ok = false
	}
	m.Scopes = append(m.Scopes, scope)
	return found, ok, nil
}

package pipeline

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"liftgraph/cmd/liftgraph/progress"
	"liftgraph/extract/audittrail"
	"liftgraph/extract/spacelift"
	"liftgraph/internal/dataset"
	"liftgraph/internal/objects"
	"liftgraph/internal/raw"
)

// source is a place that records come from. Its own are kept in raw/NAME.
type source struct {
	name string
	// reach returns an error where a server doesn't respond at all; nil: extract itself fails at once then.
	reach func(ctx context.Context) error
	// extract hands each record to out and adds what was read to m. detail is for the progress display.
	extract func(ctx context.Context, m *dataset.Manifest, out *records) error
	detail  func() string
}

// The names of the sources, in the order they are read: what account it is comes from the first.
const (
	spaceliftSource  = "spacelift"
	cloudTrailSource = "cloudtrail"
	auditTrailSource = audittrail.SourceName
)

// sourceNames returns all of them, in that order.
func sourceNames() []string { return []string{spaceliftSource, cloudTrailSource, auditTrailSource} }

// sources returns those that are configured.
func sources(cfg Config) []source {
	var list []source
	turn := make(turn)
	if cfg.Spacelift != nil {
		list = append(list, turn.first(fromSpacelift(*cfg.Spacelift, lastOf(cfg, spaceliftSource))))
	} else {
		close(turn)
	}
	if cfg.CloudTrail != nil {
		list = append(list, fromCloudTrail(*cfg.CloudTrail, lastOf(cfg, cloudTrailSource), lastObjects(cfg)))
	}
	if cfg.AuditTrail != nil {
		list = append(list, fromAuditTrail(*cfg.AuditTrail, filepath.Join(cfg.Data, rawDir+auditTrailSource), turn))
	}
	return list
}

func fromSpacelift(cfg spacelift.Config, before previousExtraction) source {
	cfg.Stats = new(spacelift.Stats)
	return source{
		name: spaceliftSource,
		detail: func() string {
			s := cfg.Stats.Snapshot()
			return fmt.Sprintf("%s: %s%d requests, %d retries", cmp.Or(s.Scope, "connection check"), share(s.Rows, s.Of, s.Took), s.Requests, s.Retries)
		},
		extract: func(ctx context.Context, m *dataset.Manifest, out *records) error {
			published, err := before.read(m, raw.KindStack, raw.KindRun)
			if err != nil {
				return err
			}
			cfg := cfg
			if published != nil {
				cfg.Previous = &spacelift.Previous{Manifest: published, Records: before.records(published)}
			}
			ctx, end := context.WithCancelCause(ctx)
			defer end(nil)
			kept := &keptAnswers{Recorder: cfg.Recorder, end: end}
			if cfg.Recorder != nil {
				cfg.Recorder = kept
			}
			r, err := spacelift.Extract(ctx, cfg, out)
			if failed := kept.failed.Load(); failed != nil {
				return *failed
			}
			if err != nil {
				return err
			}
			m.Watermarks = r.Watermarks
			m.Accounts = append(m.Accounts, r.Account)
			m.Sources = append(m.Sources, r.Source)
			m.Scopes = append(m.Scopes, r.Scopes...)
			m.MissingFields = append(m.MissingFields, r.MissingFields...)
			m.Notes = append(m.Notes, r.Notes...)
			m.Ledger = append(m.Ledger, r.Ledger)
			return nil
		},
	}
}

// reachStore returns an error where a store is out of reach: that is better known before hours of other reading. What else
// may be wrong with it makes it incomplete when its turn comes.
func reachStore(ctx context.Context, uri string, store objects.Store) error {
	for _, err := range store.List(ctx, nil) {
		if errors.Is(err, objects.ErrUnreachable) || ctx.Err() != nil {
			return fmt.Errorf("%s: %w", uri, err)
		}
		break
	}
	return nil
}

// records is where extraction delivers to.
type records struct {
	take   func(raw.Record) error
	seen   func(*raw.Object) error // nil: nothing is kept for the next extraction
	reject func(raw.Rejected) error
	stage  *progress.Stage
}

func (o *records) Record(r raw.Record) error {
	o.stage.Add(1)
	return o.take(r)
}

func (o *records) Reject(r raw.Rejected) error { return o.reject(r) }

// reach returns an error where the server of a source doesn't answer.
func (j *job) reach() error {
	for _, src := range sources(j.cfg) {
		if src.reach != nil {
			if err := src.reach(j.ctx); err != nil {
				return err
			}
		}
	}
	return nil
}

// extract reads a source, hands each record to take and each object to seen, which may be nil, and returns the manifest of
// what was read.
func (j *job) extract(ctx context.Context, src source, q *raw.Quarantine, take func(raw.Record) error, seen func(*raw.Object) error) (*dataset.Manifest, error) {
	stage := j.cfg.Progress.Stage("extract", "records", -1, src.detail)
	defer stage.Done()
	stage.About(j.lastRecords(src.name))
	m, r := j.manifest(), newRejected(j.cfg.Redact, q.Reject)
	if err := src.extract(ctx, m, &records{take: take, seen: seen, reject: r.reject, stage: stage}); err != nil {
		return m, err
	}
	j.judge(m, m.Ledger, r)
	return m, nil
}

// share returns e.g. "1200 of 5000, 40s left, "; "" where the total is unknown.
func share(done, total int64, took time.Duration) string {
	if total <= 0 || done >= total {
		return ""
	}
	text := fmt.Sprintf("%d of %d, ", done, total)
	if left := progress.Left(done, total, took); left != "" {
		text += left + ", "
	}
	return text
}

// lastRecords returns how many records the last extraction of a source delivered, by what it kept or else by the ledger of
// what was published last; 0 where there was none.
func (j *job) lastRecords(source string) (n int64) {
	if m, err := dataset.ReadManifest(j.path(rawDir + source)); err == nil {
		return raw.Count(m)
	}
	if source == cloudTrailSource {
		return 0 // whose ledger counts events
	}
	if m := lastPublished(j.cfg); m != nil {
		for _, l := range m.Ledger {
			if l.Stage == "extract" && l.Source == source {
				n += l.Out
			}
		}
	}
	return n
}

// lastObjects returns how many objects of CloudTrail the last extraction read; 0 where there was none, or where only what
// is new is read.
func lastObjects(cfg Config) (n int64) {
	m := lastPublished(cfg)
	if m == nil || cfg.SinceLast {
		return 0
	}
	for _, s := range m.Sources {
		if s.Name == cloudTrailSource {
			n += s.Objects
		}
	}
	return n
}

// lastPublished returns the manifest of what stands where the output goes; nil where nothing does.
func lastPublished(cfg Config) *dataset.Manifest {
	for _, t := range cfg.Targets {
		if m, err := dataset.ReadManifest(t.Dir); err == nil && m.Stage != "" {
			return m
		}
	}
	return nil
}

// rawInput is a published directory of raw records.
type rawInput struct {
	source   string
	manifest *dataset.Manifest
}

// rawInputs returns the directories of DATA/raw, in the order of the sources.
func (j *job) rawInputs() ([]rawInput, error) {
	var list []rawInput
	var missing error
	for _, name := range sourceNames() {
		m, err := j.readManifest(rawDir+name, "liftgraph extract")
		switch {
		case err == nil:
			list = append(list, rawInput{name, m})
		case errors.Is(err, dataset.ErrNotPublished):
			missing = cmp.Or(missing, err)
		default:
			return nil, err
		}
	}
	if len(list) == 0 {
		return nil, missing
	}
	return list, nil
}

// account returns a record of the account where Spacelift itself wasn't asked and only events name it; else nil.
func account(from []rawInput) (*raw.Account, error) {
	var named []string
	for _, in := range from {
		if in.source == spaceliftSource {
			return nil, nil
		}
		named = append(named, in.manifest.Accounts...)
	}
	slices.Sort(named)
	if named = slices.Compact(named); len(named) != 1 {
		return nil, fmt.Errorf("the events don't show which Spacelift account they belong to, they name %d: run `liftgraph extract spacelift` too", len(named))
	}
	return &raw.Account{ID: named[0]}, nil
}

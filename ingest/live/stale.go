package live

import (
	"context"
	"errors"
	"os"
	"time"

	"liftgraph/ingest/stale"
)

// removeStale removes what the graph has of this account and the directory lacks, after the plan was shown. It reads from the
// graph what no load of this update tag wrote, so that it may be done again after it was interrupted.
func (l *live) removeStale(ctx context.Context) (err error) {
	if l.account == "" || l.cfg.KeepStale || l.older {
		return nil
	}
	plan := l.newPlan()
	q := l.staleQuery()
	temp, err := l.temp()
	if err != nil {
		return err
	}
	s := stale.NewSweep(l.model, q.Cover, temp)
	defer func() { err = errors.Join(err, s.Close()) }()
	for _, t := range l.model.Tables() {
		if err := l.absent(ctx, q, t, s); err != nil {
			return err
		}
	}
	if err := s.Decide(); err != nil {
		return err
	}
	for t, n := range s.Counts {
		plan.Changes[t].Removed = n
	}
	plan.Kept = q.Cover.Kept(l.model)
	l.report.Plan = plan
	if l.cfg.Plan != nil {
		if err := l.cfg.Plan(plan); err != nil {
			return err
		}
	}
	if err := l.allowed(plan); err != nil {
		return err
	}
	return l.remove(ctx, s)
}

// staleQuery returns what makes the questions about this account.
func (l *live) staleQuery() *stale.Query {
	return &stale.Query{Model: l.model, Options: l.options, Cover: stale.CoverageOf(l.dir.Manifest, l.account), Expire: l.cfg.Retention > 0}
}

// cutoff returns the time before which the events that a log reported aren't kept, in the form of event_time.
func (l *live) cutoff() string {
	return time.Unix(l.dir.Manifest.UpdateTag, 0).Add(-l.cfg.Retention).UTC().Format(time.RFC3339)
}

// temp makes the directory of spill files.
func (l *live) temp() (string, error) {
	if l.cfg.Temp == "" {
		return os.TempDir(), nil
	}
	return l.cfg.Temp, os.MkdirAll(l.cfg.Temp, 0o700)
}

package ingest

import (
	"context"
	"errors"
	"os"
	"time"
)

// removeStale removes what the graph has of this account and the directory lacks, after the plan was shown. It reads from the
// graph what no load of this update tag wrote, so that it may be done again after it was interrupted.
func (l *live) removeStale(ctx context.Context) (err error) {
	if l.account == "" || l.cfg.KeepStale || l.older {
		return nil
	}
	plan := l.newPlan()
	q := l.asking()
	temp, err := l.temp()
	if err != nil {
		return err
	}
	s := newSweep(l.model, q.cover, temp)
	defer func() { err = errors.Join(err, s.close()) }()
	for _, t := range l.model.Tables() {
		if err := l.absent(ctx, q, t, s); err != nil {
			return err
		}
	}
	if err := s.decide(); err != nil {
		return err
	}
	for t, n := range s.counts {
		plan.Changes[t].Removed = n
	}
	plan.Kept = l.keeps(q.cover)
	l.report.Plan = plan
	if l.cfg.Plan != nil {
		if err := l.cfg.Plan(plan); err != nil {
			return err
		}
	}
	return l.remove(ctx, s)
}

// asking gives what makes the questions about this account.
func (l *live) asking() *asking {
	return &asking{model: l.model, options: l.options, cover: coverageOf(l.dir.Manifest, l.account), retire: l.cfg.Retention > 0}
}

// cutoff gives the time before which the events that a log told aren't kept, as they tell theirs.
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

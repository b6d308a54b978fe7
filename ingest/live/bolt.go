package live

import (
	"cmp"
	"context"
	"fmt"

	"liftgraph/graph"
	"liftgraph/ingest/live/lanes"
	"liftgraph/ingest/server"
)

// BoltWorkers is how many batches are written at a time where nothing else is asked for: so many that the server has something
// to do while the rows of others are on their way.
const BoltWorkers = 4

// mostWorkers is the number of connections that the driver opens at most.
const mostWorkers = 100

// checkWorkers returns a [server.UsageError] for a number of workers that can't be.
func (cfg Config) checkWorkers() error {
	if cfg.Workers < 0 || cfg.Workers > mostWorkers {
		return &server.UsageError{Problem: fmt.Sprintf("--workers %d: it is between 1 and %d", cfg.Workers, mostWorkers)}
	}
	return nil
}

// loadBolt is the [method] of bringing rows over the driver, for servers that can't read the files.
func loadBolt(ctx context.Context, l *live, t *graph.Table, from int64, done func(rows, missing int64) error) error {
	workers := cmp.Or(l.cfg.Workers, BoltWorkers)
	if t.Relationship != nil && l.mayMiss(t) {
		workers = 1 // so that those missing an end are counted once, wherever the load is taken up again
	}
	s := newSender(l, t)
	defer func() { l.report.Retries += s.retries.Load() }()
	if err := s.again(ctx, func() error { return s.ended(ctx, anyWorker) }); err != nil {
		return err
	}
	create, err := l.fresh(ctx, t, from)
	if err != nil {
		return err
	}
	limits := cmp.Or(l.cfg.limits, lanes.Default)
	return lanes.Deal(ctx, lanes.Job{Table: t, Rows: l.dir.Rows(t), From: from, Workers: workers, Limits: limits}, func(ctx context.Context, b *lanes.Batch) (err error) {
		b.Missing, err = s.write(ctx, b.Lane, b.Rows, create)
		return err
	}, done)
}

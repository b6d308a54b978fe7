package live

import (
	"cmp"
	"context"
	"fmt"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"liftgraph/ingest/stale"
)

// removeBatch is how many rows are deleted in a transaction.
const removeBatch = 2000

// remove deletes what a sweep has decided on.
func (l *live) remove(ctx context.Context, s *stale.Sweep) error {
	for d, err := range s.Deletions(cmp.Or(l.cfg.batch, removeBatch)) {
		if err != nil {
			return err
		}
		if err := l.removeBatch(ctx, d); err != nil {
			return fmt.Errorf("remove %s: %w; run the same again to go on", d.Table.Name, explain(err))
		}
	}
	return nil
}

func (l *live) removeBatch(ctx context.Context, d stale.Deletion) error {
	if l.cfg.removed != nil {
		defer func() { l.cfg.removed(l.report) }()
	}
	again := &sender{driver: l.driver, patience: l.cfg.patience}
	defer func() { l.report.Retries += again.retries.Load() }()
	return again.again(ctx, func() error {
		session := l.driver.NewSession(ctx, neo4j.SessionConfig{DatabaseName: l.cfg.Database, BookmarkManager: l.bookmarks})
		result, err := session.Run(ctx, stale.Removal(d.Table, l.options), map[string]any{"elements": d.Elements, "tag": l.dir.Manifest.UpdateTag, "account": l.account})
		if err == nil {
			var done neo4j.ResultSummary
			if done, err = result.Consume(ctx); err == nil {
				l.report.RemovedNodes += int64(done.Counters().NodesDeleted())
				l.report.RemovedRelationships += int64(done.Counters().RelationshipsDeleted())
			}
		}
		if closed := session.Close(context.WithoutCancel(ctx)); err == nil {
			err = closed
		}
		return err
	})
}

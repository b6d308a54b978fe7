package ingest

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"liftgraph/graph"
	"liftgraph/graph/cypher"
)

// removeBatch is how many rows go in a transaction.
const removeBatch = 2000

// removal gives the statement that removes rows of a table by the ids of their elements ($elements). What another load has written
// since, or what isn't the same thing any more, stays: ids are used anew. It may run again.
func removal(t *graph.Table, o cypher.Options) string {
	if r := t.Relationship; r != nil {
		return fmt.Sprintf("UNWIND $elements AS element\nMATCH (:%s)-[r:%s]->(:%s) WHERE elementId(r) = element AND r.%s < $tag\nDELETE r",
			o.Label(r.From), cypher.Name(r.Type), o.Label(r.To), graph.LastUpdated)
	}
	return fmt.Sprintf(`UNWIND $elements AS element
MATCH (n:%s) WHERE elementId(n) = element
MATCH (n)<-[c:%s]-(:%s {id: $account}) WHERE c.%s < $tag
WITH n, c, %s AS shared
FOREACH (one IN CASE WHEN shared THEN [c] ELSE [] END | DELETE one)
FOREACH (one IN CASE WHEN shared THEN [] ELSE [n] END | DETACH DELETE one)`, o.Label(t.Node.Label), graph.Resource, graph.SpaceliftAccount, graph.LastUpdated, claimedByOther("n"))
}

// remove removes what a sweep has decided on.
func (l *live) remove(ctx context.Context, s *sweep) (err error) {
	going, err := begin(s.going)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, going.Err(), going.Close()) }()
	size := cmp.Or(l.cfg.batch, removeBatch)
	batch := make([]any, 0, size)
	tables := s.model.Tables()
	for going.key != nil {
		number := going.key[1]
		for batch = batch[:0]; going.key != nil && going.key[1] == number && len(batch) < size; going.next() {
			batch = append(batch, string(going.key[3:]))
		}
		if err := l.removeBatch(ctx, tables[number], batch); err != nil {
			return fmt.Errorf("remove %s: %w; run the same again to go on", tables[number].Name, explain(err))
		}
	}
	return nil
}

func (l *live) removeBatch(ctx context.Context, t *graph.Table, elements []any) error {
	if l.cfg.removed != nil {
		defer func() { l.cfg.removed(l.report) }()
	}
	again := &sender{driver: l.driver, patience: l.cfg.patience}
	defer func() { l.report.Retries += again.retries.Load() }()
	return again.again(ctx, func() error {
		session := l.driver.NewSession(ctx, neo4j.SessionConfig{DatabaseName: l.cfg.Database, BookmarkManager: l.bookmarks})
		result, err := session.Run(ctx, removal(t, l.options), map[string]any{"elements": elements, "tag": l.dir.Manifest.UpdateTag, "account": l.account})
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

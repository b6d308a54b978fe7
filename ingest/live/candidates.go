package live

import (
	"context"
	"errors"
	"fmt"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"liftgraph/graph"
	"liftgraph/ingest/stale"
)

// candidates streams the rows of a table that the graph has for this account to take, which gets the values of the columns too
// where all are asked for.
func (l *live) candidates(ctx context.Context, q *stale.Query, t *graph.Table, take func(c *stale.Candidate, values []any) error) (err error) {
	query := q.Candidates(t)
	if query == "" {
		return nil
	}
	session := l.driver.NewSession(ctx, neo4j.SessionConfig{DatabaseName: l.cfg.Database, AccessMode: neo4j.AccessModeRead, BookmarkManager: l.bookmarks})
	defer func() { err = errors.Join(err, session.Close(context.WithoutCancel(ctx))) }()
	result, err := session.Run(ctx, query, map[string]any{"account": l.account, "tag": l.dir.Manifest.UpdateTag, "stacks": append([]string{}, q.Cover.Of(t).Except...), "cutoff": l.cutoff()})
	if err != nil {
		return fmt.Errorf("read %s of the graph: %w", t.Name, err)
	}
	c := stale.Candidate{Table: t}
	for result.Next(ctx) {
		values := result.Record().Values
		if !c.Read(values) {
			continue
		}
		var cells []any
		if q.All {
			cells, _ = values[len(values)-1].([]any)
		}
		if err := take(&c, cells); err != nil {
			return err
		}
	}
	if err := result.Err(); err != nil {
		return fmt.Errorf("read %s of the graph: %w", t.Name, err)
	}
	return nil
}

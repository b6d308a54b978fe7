package live

import (
	"context"
	"fmt"
	"strings"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"liftgraph/graph"
	"liftgraph/graph/cypher"
)

// lookupBatch is how many keys are looked up at once.
const lookupBatch = 5000

// refuse returns an error where the directory is none to load into this graph: where it is older than what the graph holds,
// or where ids of it belong to another account there. Nothing is written.
func (l *live) refuse(ctx context.Context) error {
	accounts, _ := l.model.Table(string(graph.SpaceliftAccount))
	for row, err := range l.dir.Rows(accounts) {
		if err != nil {
			return err
		}
		l.account = strings.Clone(row[0].Text)
	}
	if l.account == "" {
		return nil // no row belongs to an account
	}
	if err := l.refuseOlder(ctx); err != nil {
		return err
	}
	for _, t := range l.model.Tables() {
		if t.Node != nil && t.Node.Local {
			if err := l.refuseCollisions(ctx, t); err != nil {
				return err
			}
		}
	}
	return nil
}

// refuseOlder returns an error where the graph has a later state of the account than the directory.
func (l *live) refuseOlder(ctx context.Context) error {
	found, err := l.query(ctx, fmt.Sprintf("MATCH (a:%s {id: $account}) RETURN max(a.%s)", graph.SpaceliftAccount, graph.LastUpdated), map[string]any{"account": l.account})
	if err != nil {
		return err
	}
	tag := l.dir.Manifest.UpdateTag
	newest, _ := found[0].Values[0].(int64)
	if l.older = newest > tag; l.older && !l.cfg.Older {
		return fmt.Errorf("the graph holds account %s of update tag %d, which is later than that of %s, %d: load a later directory, or add --older to write this one over it (then nothing is removed)",
			l.account, newest, l.cfg.Dir, tag)
	}
	return nil
}

// refuseCollisions returns an error where an id of the table is that of another account's node.
func (l *live) refuseCollisions(ctx context.Context, t *graph.Table) error {
	query := fmt.Sprintf("UNWIND $keys AS key\nMATCH (n:%s {%s: key})<-[:%s]-(o:%s) WHERE o.id <> $account\nRETURN key, o.id LIMIT 1",
		l.options.Label(t.Node.Label), cypher.Name(t.Node.Key()), graph.Resource, graph.SpaceliftAccount)
	return l.keys(t, 0, func(keys []any) error {
		found, err := l.query(ctx, query, map[string]any{"account": l.account, "keys": keys})
		if err != nil || len(found) == 0 {
			return err
		}
		return fmt.Errorf("%s %q of account %s is a node of account %v in this graph already, and would be made one with it: nothing was written; "+
			"emit both accounts with --qualify-ids (ids become ACCOUNT/ID), or load them into two databases", t.Name, found[0].Values[0], l.account, found[0].Values[1])
	})
}

// keys hands the texts of a column of the directory's table to take, many at a time.
func (l *live) keys(t *graph.Table, column int, take func([]any) error) error {
	var batch []any
	for row, err := range l.dir.Rows(t) {
		if err != nil {
			return err
		}
		if batch = append(batch, strings.Clone(row[column].Text)); len(batch) == lookupBatch {
			if err := take(batch); err != nil {
				return err
			}
			batch = batch[:0]
		}
	}
	if len(batch) == 0 {
		return nil
	}
	return take(batch)
}

// query runs a statement that only reads and returns little.
func (l *live) query(ctx context.Context, query string, parameters map[string]any) ([]*neo4j.Record, error) {
	r, err := neo4j.ExecuteQuery(ctx, l.driver, query, parameters, neo4j.EagerResultTransformer,
		neo4j.ExecuteQueryWithDatabase(l.cfg.Database), neo4j.ExecuteQueryWithReadersRouting(), neo4j.ExecuteQueryWithBookmarkManager(l.bookmarks))
	if err != nil {
		return nil, explain(err)
	}
	return r.Records, nil
}

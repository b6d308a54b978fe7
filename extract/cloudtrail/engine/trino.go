package engine

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/trinodb/trino-go-client/trino"
)

// dropTimeout is for forgetting a table.
const dropTimeout = 30 * time.Second

type trinoEngine struct {
	*Config
	server *trino.Config
	target name // catalog and schema for the result's table
}

func newTrino(c *Config) (*trinoEngine, error) {
	n, err := tableName(c.Table)
	if err != nil {
		return nil, err
	}
	server, err := trinoServer(c.Trino)
	if err != nil {
		return nil, err
	}
	t := &trinoEngine{Config: c, server: server}
	switch {
	case len(n) < 3 && server.Catalog == "", len(n) < 2 && server.Schema == "":
		return nil, fmt.Errorf("the table %s lacks its catalog or schema: write catalog.schema.%s, or name them in --trino-uri", c.Table, n.table())
	case server.Catalog != "" && server.Schema != "":
		t.target = name{server.Catalog, server.Schema}
	case len(n) == 3:
		t.target = name{n[0], n[1]}
	default: // the catalog is the server's, the schema the table's
		t.target = name{server.Catalog, n[0]}
	}
	return t, nil
}

func (t *trinoEngine) columns(ctx context.Context) (columns []column, err error) {
	db, err := t.open()
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	table, err := tableName(t.Table)
	if err != nil {
		return nil, err
	}
	rows, err := db.QueryContext(ctx, "DESCRIBE "+table.sql())
	if err != nil {
		return nil, trinoSays(err)
	}
	defer func() { _ = rows.Close() }() // Err returns the same
	for rows.Next() {
		var n, typ, extra, comment sql.NullString
		if err := rows.Scan(&n, &typ, &extra, &comment); err != nil {
			return nil, err
		}
		columns = append(columns, column{name: n.String, typ: typ.String, partition: extra.String == "partition key"})
	}
	if err := rows.Err(); err != nil {
		return nil, trinoSays(err)
	}
	return columns, nil
}

// resultTable is a table that exists while the query runs: Trino writes files only as those of a table.
func (t *trinoEngine) resultTable(id string) name {
	return append(t.target[:2:2], strings.ReplaceAll(id, "-", "_"))
}

func (t *trinoEngine) statement(id, selection, location string) (string, error) {
	return create(t.resultTable(id), selection, location), nil
}

func (t *trinoEngine) execute(ctx context.Context, id string, r *Result) (err error) {
	db, err := t.open()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	t.Log.Info("Trino searches the table", "table", t.Table, "result", r.Location)
	seen := new(progress)
	done, err := db.ExecContext(ctx, r.Statement,
		sql.Named("X-Trino-Progress-Callback", seen), sql.Named("X-Trino-Progress-Callback-Period", time.Nanosecond))
	last := seen.end()
	r.QueryID = last.QueryId
	if err != nil && ctx.Err() == nil {
		return advise(fmt.Errorf("the query %s: %w", cmp.Or(r.QueryID, "was refused"), trinoSays(err)))
	}
	dropped := t.drop(ctx, db, t.resultTable(id))
	if err != nil {
		return also(context.Cause(ctx), dropped)
	}
	if dropped != nil {
		r.Notes = append(r.Notes, fmt.Sprintf("%v; its files are the result, and stay when it is dropped", dropped))
	}
	if r.Rows, err = done.RowsAffected(); err != nil {
		return fmt.Errorf("the query %s: %w", r.QueryID, err)
	}
	r.Bytes = last.QueryStats.PhysicalInputBytes
	r.Cost = fmt.Sprintf("Trino read %s in %s of CPU time", size(r.Bytes), (time.Duration(last.QueryStats.CPUTimeMillis) * time.Millisecond).Round(100*time.Millisecond))
	return nil
}

// drop forgets the result's table, although the context may have ended. Its data stays.
func (t *trinoEngine) drop(ctx context.Context, db *sql.DB, table name) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), dropTimeout)
	defer cancel()
	if _, err := db.ExecContext(ctx, "DROP TABLE IF EXISTS "+table.sql()); err != nil {
		return fmt.Errorf("the table %s could not be dropped: %w", table, trinoSays(err))
	}
	return nil
}

// progress keeps the latest that the client reported of a query.
type progress struct {
	mu    sync.Mutex
	last  trino.QueryProgressInfo
	ended bool
}

// Update implements [trino.ProgressUpdater]. The client goes on to tell of the connection's later queries.
func (p *progress) Update(i trino.QueryProgressInfo) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.ended {
		p.last = i
	}
}

func (p *progress) end() trino.QueryProgressInfo {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ended = true
	return p.last
}

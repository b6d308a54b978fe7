package live

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"liftgraph/graph"
	"liftgraph/graph/cypher"
	"liftgraph/internal/backoff"
)

// sender writes rows by a statement that writes the same when it runs twice. What passes is waited for.
type sender struct {
	driver    neo4j.DriverWithContext
	session   neo4j.SessionConfig
	statement string
	create    string         // the same where the graph has no such row
	spelled   map[string]any // keys that the graph has in another case, see [spellings]
	mark      string         // what the server shows of the transactions of this load
	patience  time.Duration  // how long a batch is tried again
	retries   atomic.Int64
}

func newSender(l *live, t *graph.Table) *sender {
	return &sender{
		driver:    l.driver,
		session:   neo4j.SessionConfig{DatabaseName: l.cfg.Database, BookmarkManager: l.bookmarks},
		statement: cypher.Unwind(t, l.options),
		create:    cypher.Unwind(t, l.creating(true)),
		spelled:   l.spelled.there,
		mark:      l.point.state.Manifest,
		patience:  l.cfg.patience,
	}
}

// write writes rows in a transaction, or in several where the server has too little memory for one. It returns how many of them
// are relationships without an end. A worker has one transaction at a time. Rows are created only by the first try.
func (s *sender) write(ctx context.Context, worker int, rows []any, create bool) (missing int64, err error) {
	lost := false
	err = s.again(ctx, func() error {
		if lost {
			if err := s.ended(ctx, worker); err != nil {
				return err
			}
		}
		statement := s.statement
		if create {
			statement = s.create
		}
		missing, err = s.try(ctx, worker, statement, rows)
		if create && taken(err) {
			missing, err = s.try(ctx, worker, s.statement, rows)
		}
		create = create && tooMuch(err) // which has written nothing
		lost = neo4j.IsConnectivityError(err)
		if len(rows) > 1 && tooMuch(err) {
			return errHalve
		}
		return err
	})
	if !errors.Is(err, errHalve) {
		return missing, err
	}
	first, err := s.write(ctx, worker, rows[:len(rows)/2], create)
	if err != nil {
		return 0, err
	}
	second, err := s.write(ctx, worker, rows[len(rows)/2:], create)
	return first + second, err
}

// again does something until it succeeds, an error comes that doesn't pass, or patience ends.
func (s *sender) again(ctx context.Context, do func() error) error {
	pauses := backoff.Backoff{First: 50 * time.Millisecond, Most: 5 * time.Second} // deadlocks pass at once, restarts don't
	pauses.Reset()
	for {
		err := do()
		switch {
		case err == nil:
			return nil
		case ctx.Err() != nil:
			return ctx.Err()
		case !passes(err) && !errors.Is(err, errAtWork):
			return err
		case pauses.Tried() > s.patience:
			return fmt.Errorf("tried again for %s, in vain: %w", s.patience, err)
		}
		s.retries.Add(1)
		if err := pauses.Wait(ctx); err != nil {
			return err
		}
	}
}

var errHalve = errors.New("too many rows for one transaction")

// tooMuch reports whether a transaction was refused for the memory that it needs.
func tooMuch(err error) bool {
	e, ok := errors.AsType[*neo4j.Neo4jError](err)
	return ok && strings.Contains(e.Code, "Memory")
}

// try writes once.
func (s *sender) try(ctx context.Context, worker int, statement string, rows []any) (missing int64, err error) {
	record, err := s.one(ctx, statement, map[string]any{"rows": rows, spelledName: s.spelled}, neo4j.WithTxMetadata(map[string]any{markKey: s.mark, "worker": worker}))
	if err != nil {
		return 0, err
	}
	missing, _, err = neo4j.GetRecordValue[int64](record, "missing")
	return missing, err
}

// one runs a statement that returns one record, to its end. Its error is as the driver returns it, which is known by its type.
func (s *sender) one(ctx context.Context, statement string, parameters map[string]any, configure ...func(*neo4j.TransactionConfig)) (record *neo4j.Record, err error) {
	session := s.driver.NewSession(ctx, s.session)
	defer func() {
		if closed := session.Close(context.WithoutCancel(ctx)); err == nil {
			err = closed
		}
	}()
	result, err := session.Run(ctx, statement, parameters, configure...)
	if err != nil {
		return nil, err
	}
	return result.Single(ctx)
}

const (
	markKey   = "liftgraph"
	anyWorker = -1
)

// errAtWork says that a transaction runs that has no waiting client.
var errAtWork = errors.New("a transaction of this load, whose connection was lost, is still at work on the server")

// ended returns an error as long as the server runs a transaction that the worker began, in this process or one before
// that was killed. Where a connection is lost, it is unknown how its transaction ends, and the same rows written beside it
// could make nodes twice, where no constraint keeps them from it.
func (s *sender) ended(ctx context.Context, worker int) error {
	record, err := s.one(ctx, "SHOW TRANSACTIONS YIELD metaData WHERE metaData."+markKey+" = $mark AND $worker IN [metaData.worker, "+fmt.Sprint(anyWorker)+"] RETURN count(*) AS n",
		map[string]any{"mark": s.mark, "worker": worker})
	if err != nil {
		return err
	}
	n, _, err := neo4j.GetRecordValue[int64](record, "n")
	if err == nil && n > 0 {
		return errAtWork
	}
	return err
}

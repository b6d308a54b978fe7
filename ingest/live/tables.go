package live

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"liftgraph/graph"
	"liftgraph/internal/backoff"
)

// patience is how long a server that is away, or says that something passes, is waited for without any row getting in.
const patience = 5 * time.Minute

// tables loads table after table, nodes first.
func (l *live) tables(ctx context.Context) error {
	before := int64(0)
	for _, t := range l.model.Tables() {
		rows := l.dir.Count(t)
		if rows == 0 {
			continue
		}
		at := l.point.at(t)
		l.report.Resumed += at.Rows
		if l.options.MatchForeign && t.Node != nil && t.Node.Foreign {
			at.Rows = rows
		}
		if err := l.table(ctx, t, at.Rows, rows, before); err != nil {
			return err
		}
		before += rows
		missing := l.point.at(t).Missing
		switch {
		case t.Node != nil:
			l.report.Nodes += rows
		case missing > 0 && !l.mayMiss(t):
			return l.anew(fmt.Errorf("%d of %d relationships %s have no end: nodes were removed while they were loaded; run this again", missing, rows, t.Name))
		default:
			l.report.Relationships += rows - missing
			l.report.LeftOut += missing
		}
	}
	return l.point.save()
}

// mayMiss reports whether relationships of a table may lack an end because other tools own it.
func (l *live) mayMiss(t *graph.Table) bool {
	foreign := func(label graph.Label) bool {
		end, ok := l.model.Table(string(label))
		return ok && end.Node.Foreign
	}
	return l.options.MatchForeign && (foreign(t.Relationship.From) || foreign(t.Relationship.To))
}

// table loads the rows of one, but the first from. What passes is waited for and tried again.
func (l *live) table(ctx context.Context, t *graph.Table, from, rows, before int64) error {
	pauses := backoff.Backoff{First: 100 * time.Millisecond, Most: 5 * time.Second}
	pauses.Reset()
	for from < rows {
		err := l.load(ctx, l, t, from, func(n, missing int64) error {
			from = n
			pauses.Reset()
			if l.cfg.Progress != nil {
				l.cfg.Progress(Progress{Table: t.Name, Rows: before + n, Total: l.want.Nodes + l.want.Relationships})
			}
			return l.point.reached(t, n, missing)
		})
		if ctx.Err() != nil {
			err = context.Cause(ctx)
		}
		switch {
		case err == nil && from < rows:
			return fmt.Errorf("%s: %d rows came, but the manifest says %d", t.Name, from, rows)
		case err == nil:
		case !passes(err) || ctx.Err() != nil || pauses.Tried() > l.cfg.patience:
			return errors.Join(fmt.Errorf("%s, after row %d of %d: %w; run the same again to go on from there", t.Name, from, rows, explain(err)), l.point.save())
		default:
			l.report.Retries++
			_ = pauses.Wait(ctx) // its end is found at the next try
		}
	}
	return nil
}

// passes reports whether an error may not come again: the server says so, is away or goes away. A transaction that took too long for
// the server's db.transaction.timeout wrote some rows before, or else patience ends.
func passes(err error) bool {
	if said, ok := errors.AsType[*neo4j.Neo4jError](err); ok {
		return neo4j.IsRetryable(said) || strings.HasPrefix(said.Code, "Neo.DatabaseError.Transaction.") || slices.Contains(passing, said.Code)
	}
	_, lost := errors.AsType[*neo4j.ConnectivityError](err)
	return lost || neo4j.IsRetryable(err) || errors.Is(err, errAtWork) || errors.Is(err, errEnded)
}

// passing are the codes of errors that come with a restart, or end a transaction that goes on in another, although their class is another.
var passing = []string{
	"Neo.DatabaseError.Database.DatabaseNotFound", "Neo.ClientError.Transaction.Terminated", "Neo.ClientError.Transaction.TransactionTerminated",
	"Neo.ClientError.Transaction.TransactionTimedOut", "Neo.ClientError.Transaction.TransactionTimedOutClientConfiguration",
}

// compare proves that the graph holds what was loaded, by its update tag.
func (l *live) compare(ctx context.Context) error {
	kept := l.dir.Manifest.Kept() // these have the update tags of earlier ones
	for _, t := range l.model.Tables() {
		want := l.dir.Count(t) - l.point.at(t).Missing
		if want == 0 || t.Node != nil && t.Node.Foreign {
			continue
		}
		pattern := fmt.Sprintf("(x:%s)", l.options.Label(nodeLabel(t)))
		if r := t.Relationship; r != nil {
			pattern = fmt.Sprintf("(:%s)-[x:%s]->(:%s)", l.options.Label(r.From), r.Type, l.options.Label(r.To))
		}
		found, err := neo4j.ExecuteQuery(ctx, l.driver, fmt.Sprintf("MATCH %s WHERE x.%s = $tag RETURN count(x) AS n", pattern, graph.LastUpdated),
			map[string]any{"tag": l.dir.Manifest.UpdateTag}, neo4j.EagerResultTransformer, neo4j.ExecuteQueryWithDatabase(l.cfg.Database))
		if err != nil {
			return err
		}
		have, _, err := neo4j.GetRecordValue[int64](found.Records[0], "n")
		if err != nil {
			return err
		}
		short := max(want-have, 0)
		if kept -= short; kept < 0 {
			return l.anew(fmt.Errorf("%s: %d rows were loaded, but the graph has %d of this update tag: some were removed or changed meanwhile; run this again", t.Name, want, have))
		}
	}
	return nil
}

// anew lets the next load begin from the first row: what this one wrote isn't there as it was.
func (l *live) anew(err error) error { return errors.Join(err, l.point.remove()) }

func nodeLabel(t *graph.Table) graph.Label {
	if t.Node == nil {
		return ""
	}
	return t.Node.Label
}

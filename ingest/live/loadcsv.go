package live

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"liftgraph/graph"
	"liftgraph/graph/cypher"
	"liftgraph/internal/dataset"
)

// loadRows is how many rows LOAD CSV writes in a transaction: enough that commits cost little, and little enough for a small heap.
const loadRows = 10_000

// loadCSV is the [method] of [LoadCSV]: one statement a file. The server returns a word for each row, once the transaction
// that wrote it is committed.
func loadCSV(ctx context.Context, l *live, t *graph.Table, from int64, done func(rows, missing int64) error) error {
	if err := newSender(l, t).ended(ctx, anyWorker); err != nil {
		return err
	}
	create, err := l.fresh(ctx, t, from)
	if err != nil {
		return err
	}
	batch := cmp.Or(l.cfg.batch, loadRows)
	var first int64 // row of the part
	for _, part := range l.dir.Parts(t) {
		for at := max(0, from-first); at < part.Rows; {
			n, err := l.loadFile(ctx, t, part, at, batch, create, func(rows, missing int64) error { return done(first+rows, missing) })
			repeat := create && taken(err)
			create = create && err == nil
			switch {
			case repeat: // another load has written some meanwhile
			case err != nil && tooMuch(err) && batch > 1:
				batch = max(1, batch/4)
			case err != nil:
				return err
			case n != part.Rows && n > at: // a server that is stopped may end the rows as if there were no more
				return fmt.Errorf("%s: %w after %d of %d", part.Path, errEnded, n, part.Rows)
			case n != part.Rows:
				return fmt.Errorf("%s: the server read %d rows, but the manifest says %d", part.Path, n, part.Rows)
			}
			at = n
		}
		first += part.Rows
	}
	return nil
}

// prepared runs do once the server can read the files, where it is to, and takes away afterwards what it needed for that.
func (l *live) prepared(ctx context.Context, do func(context.Context) error) (err error) {
	if l.cfg.Method != LoadCSV {
		return do(ctx)
	}
	if l.legacy, err = l.legacyQuotes(ctx); err != nil {
		return err
	}
	l.copies = map[string]dataset.File{}
	for _, f := range l.dir.Manifest.Files {
		if strings.HasPrefix(f.Path, cypher.CopyFolder) {
			l.copies[f.Path] = f
		}
	}
	var paths []string
	for _, t := range l.model.Tables() {
		for _, part := range l.dir.Parts(t) {
			if part.Rows > 0 {
				paths = append(paths, l.read(part).Path)
			}
		}
	}
	if l.place, err = l.cfg.place(ctx, paths); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, l.place.Remove()) }()
	return do(ctx)
}

// legacyQuotes reports whether LOAD CSV takes a backslash for an escape, as it does by default.
func (l *live) legacyQuotes(ctx context.Context) (bool, error) {
	r, err := neo4j.ExecuteQuery(ctx, l.driver, "SHOW SETTINGS 'db.import.csv.legacy_quote_escaping' YIELD value", nil, neo4j.EagerResultTransformer, neo4j.ExecuteQueryWithDatabase(l.cfg.Database))
	if said, ok := errors.AsType[*neo4j.Neo4jError](err); ok && strings.HasPrefix(said.Code, "Neo.ClientError.Security.") {
		return true, nil // this user may not see settings
	}
	if err != nil {
		return false, err
	}
	return len(r.Records) == 0 || fmt.Sprint(r.Records[0].Values[0]) != "false", nil
}

// loadFile loads a part without its first rows, and returns how many are loaded then.
func (l *live) loadFile(ctx context.Context, t *graph.Table, part dataset.File, from int64, batch int, create bool, done func(rows, missing int64) error) (rows int64, err error) {
	rows = from
	session := l.driver.NewSession(ctx, neo4j.SessionConfig{DatabaseName: l.cfg.Database, FetchSize: fetchRows})
	url, err := l.place.URL(ctx, l.read(part))
	if err != nil {
		return rows, err
	}
	defer func() { err = l.place.Unsigned(cmp.Or(err, session.Close(context.WithoutCancel(ctx))), url) }()
	statement := cypher.LoadCSV(t, l.creating(create), "$url", "$skip", batch)
	result, err := session.Run(ctx, statement, map[string]any{"url": url, "skip": from, spelledName: l.spelled.there}, neo4j.WithTxMetadata(map[string]any{markKey: l.point.state.Manifest}))
	if err != nil {
		return rows, err
	}
	reported, missing := rows, int64(0)
	tell := func() error {
		if rows == reported {
			return nil
		}
		reported = rows
		m := missing
		missing = 0
		return done(rows, m)
	}
	for result.Next(ctx) {
		if written, ok := result.Record().Values[0].(bool); ok && !written {
			missing++
		}
		if rows++; rows-reported == fetchRows {
			if err := tell(); err != nil {
				return rows, err
			}
		}
	}
	return rows, cmp.Or(result.Err(), tell()) // both are done, and the driver's errors are known by their types
}

// errEnded says that the server returned fewer rows than there are, and may return the rest when it is asked again.
var errEnded = errors.New("the rows ended")

// fetchRows is how many rows' words are fetched at once.
const fetchRows = 1000

// read returns what the server reads of a part: its copy, where there is one and the server needs it.
func (l *live) read(part dataset.File) dataset.File {
	if c, ok := l.copies[cypher.CopyPath(part.Path)]; ok && l.legacy {
		return c
	}
	return part
}

// explain says what to do about an error of a load.
func explain(err error) error {
	text := err.Error()
	switch {
	case strings.Contains(text, "ExternalResourceFailed"):
		return fmt.Errorf("%w; the server itself reads the files: --%s names its own server.directories.import, which its user must be able to read, --%s a place that it can fetch from; dbms.security.allow_csv_import_from_file_urls must not be false", err, "neo4j-import-dir", "load-url")
	case strings.Contains(text, "buffer size"):
		return fmt.Errorf("%w; a cell is larger than the server reads: set db.import.csv.buffer_size in its neo4j.conf, e.g. to 33554432, or load by --method bolt", err)
	}
	return err
}

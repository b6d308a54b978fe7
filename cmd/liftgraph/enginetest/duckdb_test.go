//go:build cgo

package enginetest

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"

	_ "github.com/duckdb/duckdb-go/v2"

	"liftgraph/emit/lake/ddl"
	"liftgraph/fixtures/sample"
	"liftgraph/graph"
)

// open begins a session of DuckDB.
func open(t *testing.T, file string) *sql.DB {
	t.Helper()
	db, err := sql.Open("duckdb", file)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	db.SetMaxOpenConns(1) // what a script sets is its session's
	return db
}

// runScript runs the script over a lake, as far as it gets.
func runScript(t *testing.T, db *sql.DB, location, database string) error {
	t.Helper()
	for _, s := range statements(t, ddl.Config{Engine: ddl.DuckDB, Location: location, Database: database}) {
		if _, err := db.ExecContext(context.WithoutCancel(t.Context()), s); err != nil {
			return err
		}
	}
	return nil
}

func TestDuckDB(t *testing.T) {
	dir := lakeOfSample(t)
	db := open(t, "")
	if err := runScript(t, db, dir, ""); err != nil {
		t.Fatal(err)
	}
	ask := ask(db)
	checkCounts(t, dir, ask, graph.Tables())
	if *update {
		writeAnswers(t, ask)
	}
	checkQueries(t, ask)
	same := func(query, want string) {
		t.Helper()
		if got := strings.Join(ask(t, query)[1:], "\n"); got != want {
			t.Errorf("%s\ngives\n%s\nnot\n%s", query, got, want)
		}
	}
	same("SELECT snapshot_date, age FROM lake_snapshots", "2026-11-17 00:00:00 | 0\n2026-11-15 00:00:00 | 1")
	same("SELECT snapshot_date, count(*) FROM spacelift_account GROUP BY ALL ORDER BY ALL", "2026-11-15 00:00:00 | 1\n2026-11-17 00:00:00 | 1")
	same("SELECT min(event_date), max(event_date), count(event_id) - count(event_date), count(*) FILTER (event_date <> event_time_ts::DATE) FROM latest_spacelift_run_affected_ec2_instance",
		"2026-03-15 00:00:00 | 2026-11-16 00:00:00 | 0 | 0")
	same("SELECT comment FROM duckdb_columns() WHERE table_name = 'latest_spacelift_run' AND column_name = 'created_at'", "When the run was created, Unix seconds.")
	// Readers that look for a column by its path in the file, as Trino and Spark do, find it in every file.
	same("SELECT count(*) FROM parquet_metadata('"+strings.ReplaceAll(dir, "'", "''")+"/*/*/**/*.parquet') WHERE coalesce(path_in_schema, '') = ''", "0")
}

// A lake with one snapshot, and with nothing before.
func TestDuckDBOneSnapshot(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "lake")
	db := open(t, "")
	if err := runScript(t, db, dir, "graph"); err == nil || !strings.Contains(err.Error(), "there is no published snapshot in "+dir) {
		t.Errorf("without a snapshot: %v", err)
	}
	night(t, sample.Account(), nights[0], dir)
	if err := runScript(t, db, dir, "graph"); err != nil {
		t.Fatal(err)
	}
	if got := ask(db)(t, "SELECT (SELECT count(*) FROM graph.latest_spacelift_run), (SELECT count(*) FROM graph.previous_spacelift_run)")[1]; got != "45 | 0" {
		t.Errorf("%s runs", got)
	}
}

// A session sees what the script found: neither a later night, nor an error where an earlier version wrote fewer columns. Another session that
// has not run the script has an error that says so.
func TestDuckDBSessions(t *testing.T) {
	dir, file := filepath.Join(t.TempDir(), "lake"), filepath.Join(t.TempDir(), "lake.db")
	night(t, sample.Account(), nights[0], dir)
	first := open(t, file)
	parts, err := filepath.Glob(filepath.Join(dir, "nodes", "SpaceliftStack", "*", "*.parquet"))
	if err != nil || len(parts) != 1 {
		t.Fatal(parts, err)
	}
	older := filepath.Join(t.TempDir(), "older.parquet")
	if _, err := first.ExecContext(t.Context(), "COPY (SELECT * EXCLUDE (repository, branch) FROM '"+parts[0]+"') TO '"+older+"'"); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(older, parts[0]); err != nil {
		t.Fatal(err)
	}
	if err := runScript(t, first, dir, ""); err != nil {
		t.Fatal(err)
	}
	night(t, sample.Account(), nights[1], dir)
	const query = "SELECT any_value(snapshot_date), count(*), count(name), count(branch) FROM latest_spacelift_stack"
	if got := ask(first)(t, query)[1]; got != "2026-11-15 00:00:00 | 10 | 10 | 0" {
		t.Errorf("the session that the script ran in sees %s", got)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	second := open(t, file)
	if _, err := second.ExecContext(t.Context(), query); err == nil || !strings.Contains(err.Error(), "liftgraph: run the script that made this view first") {
		t.Errorf("a session without the script: %v", err)
	}
	if err := runScript(t, second, dir, ""); err != nil {
		t.Fatal(err)
	}
	for view, want := range map[string]string{"latest": "2026-11-17 00:00:00 | 10 | 10 | 10", "previous": "2026-11-15 00:00:00 | 10 | 10 | 0"} {
		if got := ask(second)(t, strings.Replace(query, "latest", view, 1))[1]; got != want {
			t.Errorf("%s: %s, not %s", view, got, want)
		}
	}
}

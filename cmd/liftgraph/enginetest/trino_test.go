package enginetest

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"liftgraph/emit/lake/ddl"
	versitygwtest "liftgraph/fixtures/s3/versitygw"
	trinotest "liftgraph/fixtures/trino"
	"liftgraph/graph"
)

// TestTrino runs everything in one server, which takes half a minute to start.
func TestTrino(t *testing.T) {
	if testing.Short() || os.Getenv(trinotest.RequireEnv) == "" {
		t.Skipf("set %s=1 to test with a real Trino", trinotest.RequireEnv)
	}
	dir := lakeOfSample(t)
	s3 := versitygwtest.New(t)
	const prefix = "it's/spacelift"
	if err := os.CopyFS(filepath.Join(s3.Dir, "lake", filepath.FromSlash(prefix)), os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	server := trinotest.New(t, trinotest.Store{Endpoint: s3.Endpoint, AccessKey: versitygwtest.AccessKey, SecretKey: versitygwtest.SecretKey, Bucket: "lake"})
	location := "s3://lake/" + prefix
	t.Run("trino", func(t *testing.T) {
		db := connect(t, server, "spacelift")
		run(t, db, statements(t, ddl.Config{Engine: ddl.Trino, Location: location, Database: "hive.spacelift", From: firstDay}))
		t.Run("queries", func(t *testing.T) { checkQueries(t, ask(db)) })
		t.Run("comments", func(t *testing.T) { checkTrinoComments(t, ask(db)) })
		t.Run("counts", func(t *testing.T) { checkCounts(t, dir, ask(db), graph.Tables()) })
	})
	// Athena's tables can't be made here, but its views are of Trino's SQL: over tables of Trino whose partitions are strings, as Athena's.
	t.Run("athena's views", func(t *testing.T) {
		db := connect(t, server, "athena")
		asked := inQueries(t)
		for _, s := range statements(t, ddl.Config{Engine: ddl.Trino, Location: location, Database: "hive.athena", From: firstDay}) {
			if !strings.HasPrefix(s, createView) && asked(s) {
				run(t, db, []string{strings.Replace(s, `"snapshot_date" date`, `"snapshot_date" varchar`, 1)})
			}
		}
		for _, s := range statements(t, ddl.Config{Engine: ddl.Athena, Location: location, Database: "athena"}) {
			if strings.HasPrefix(s, createView) && asked(s) {
				run(t, db, []string{s})
			}
		}
		checkQueries(t, ask(db))
		checkCounts(t, dir, ask(db), []*graph.Table{graph.RelationshipTable(graph.SpaceliftRun, graph.Affected, graph.EC2Instance)})
	})
}

// firstDay is the first of the days whose folders are listed.
const firstDay = "2026-11-10"

const createView = "CREATE OR REPLACE VIEW"

// inQueries reports whether, for a statement, the page of queries needs what it makes, or it is the lake's own.
func inQueries(t *testing.T) func(statement string) bool {
	t.Helper()
	var all strings.Builder
	for _, q := range questions(t) {
		all.WriteString(q.query)
	}
	made := regexp.MustCompile(`^CREATE [A-Z ]*"?(?:hive"."athena"|athena")\."(?:latest_|previous_)?([a-z0-9_]+)"`)
	return func(statement string) bool {
		name := made.FindStringSubmatch(statement)
		return name == nil || strings.HasPrefix(name[1], "lake_") || strings.Contains(all.String(), "_"+name[1]+" ")
	}
}

// connect returns connections whose queries look for tables in a schema, and wait until it is known which snapshot is the newest.
func connect(t *testing.T, server *trinotest.Server, schema string) *sql.DB {
	t.Helper()
	db, err := sql.Open("trino", server.URI+"?catalog=hive&schema="+schema+"&session_properties=hive.dynamic_filtering_wait_timeout%3A1m")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func run(t *testing.T, db *sql.DB, statements []string) {
	t.Helper()
	for _, s := range statements {
		if _, err := db.ExecContext(context.WithoutCancel(t.Context()), s); err != nil {
			t.Fatalf("%v\n%s", err, s)
		}
	}
}

// checkTrinoComments wants each column's text to be the model's.
func checkTrinoComments(t *testing.T, ask asker) {
	t.Helper()
	found := map[string]bool{}
	for _, line := range ask(t, "SELECT table_name || ' ' || column_name || ' ' || comment FROM hive.information_schema.columns WHERE table_schema = 'spacelift' AND comment IS NOT NULL")[1:] {
		found[line] = true
	}
	for _, table := range graph.Tables() {
		for _, c := range table.Columns {
			if want := ddl.TableName(table) + " " + c.Name + " " + c.Doc; !found[want] {
				t.Errorf("there is no comment %q", want)
			}
		}
	}
}

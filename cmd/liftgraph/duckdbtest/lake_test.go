//go:build cgo

package duckdbtest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	_ "github.com/duckdb/duckdb-go/v2"

	"liftgraph/emit"
	"liftgraph/emit/lake"
	versitygwtest "liftgraph/fixtures/s3/versitygw"
	"liftgraph/graph"
	"liftgraph/graph/graphtest"
	"liftgraph/internal/dataset"
	"liftgraph/internal/objects"
	"liftgraph/query/verify"
)

const (
	updateTag = 1763683200 // 2025-11-21
	date      = "2025-11-21"
	runCount  = 270_000 // three row groups
	callCount = 5_000
)

var (
	accounts    = graph.NodeTable(graph.SpaceliftAccount)
	lakeRuns    = graph.NodeTable(graph.SpaceliftRun)
	lakeCommits = graph.NodeTable(graph.SpaceliftGitCommit)
	lakeEvents  = graph.NodeTable(graph.SpaceliftAuditEvent)
	instances   = graph.NodeTable(graph.EC2Instance)
	affected    = graph.RelationshipTable(graph.SpaceliftRun, graph.Affected, graph.EC2Instance)
)

func runID(i int) string { return fmt.Sprintf("01HPS6XB76%016d", i) }

// writeLake writes rows of every kind into a sink.
func writeLake(sink graph.Sink) error {
	row := graphtest.Row
	table := func(t *graph.Table, n int, make func(i int) graph.Row) error {
		w, err := sink.Table(t)
		if err != nil {
			return err
		}
		for i := range n {
			if err := w.Write(make(i)); err != nil {
				return err
			}
		}
		return w.Close()
	}
	return errors.Join(
		table(accounts, 1, func(int) graph.Row { return row(accounts, "acme") }),
		table(lakeRuns, runCount, func(i int) graph.Row {
			return row(lakeRuns, runID(i), "TRACKED", "FINISHED", nil, "main", 1700000000+i/7, "web", nil, "acme")
		}),
		table(lakeCommits, 3, func(i int) graph.Row {
			return row(lakeCommits, fmt.Sprint(i), fmt.Sprint(i), "m", []any{"2026-11-13T09:51:02Z", "yesterday", nil}[i])
		}),
		table(lakeEvents, 40, func(i int) graph.Row {
			r := row(lakeEvents, fmt.Sprintf("%03d", i), "acme", "stack.create")
			r[graph.Column(graph.SpaceliftAuditEvent, "event_time")] = graph.Text(fmt.Sprintf("2026-11-%02dT23:59:59.999Z", i%30+1))
			return r
		}),
		table(instances, 1, func(int) graph.Row { return row(instances, "i-0123abcd", "i-0123abcd") }),
		table(affected, callCount, func(i int) graph.Row {
			if i%10 == 0 { // named in the list of entities
				return row(affected, runID(i/10), "i-0123abcd", nil, nil, nil, nil, nil, "plain")
			}
			at := fmt.Sprintf("2026-%02d-%02dT00:00:00Z", i%12+1, i%28+1)
			return row(affected, runID(i/10), "i-0123abcd", fmt.Sprintf("event%05d", i), at, "StopInstances", "111122223333", "eu-west-1")
		}),
	)
}

func publishLake(ctx context.Context, place, temp string, s3 objects.Options) (*dataset.Manifest, error) {
	e, err := emit.Open(ctx, emit.Job{Model: graph.Default, UpdateTag: updateTag, Temp: temp},
		emit.Target{Format: emit.Parquet, Dir: place, Lake: &emit.Lake{S3: s3}})
	if err != nil {
		return nil, err
	}
	err = writeLake(e)
	if err == nil {
		err = e.Publish(dataset.Manifest{UpdateTag: updateTag})
	}
	m := e.Manifest()
	return m, errors.Join(err, e.Abandon())
}

func TestDirectory(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "lake")
	m, err := publishLake(t.Context(), dir, t.TempDir(), objects.Options{})
	if err != nil {
		t.Fatal(err)
	}
	read(t, dir, m)
	proved(t, dir, objects.Options{}, m)
}

// The real S3 server looks at checksums and signatures; what it keeps are files, which DuckDB reads.
func TestS3(t *testing.T) {
	server := versitygwtest.New(t)
	opts := objects.Options{AWS: &objects.AWS{PathStyle: true}}
	loaded, err := config.LoadDefaultConfig(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	client := s3.NewFromConfig(loaded, func(o *s3.Options) { o.UsePathStyle = true })
	if _, err := client.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: aws.String("lake")}); err != nil {
		t.Fatal(err)
	}
	var m *dataset.Manifest
	for range 2 { // the second replaces the first
		if m, err = publishLake(t.Context(), "s3://lake/prefix", t.TempDir(), opts); err != nil {
			t.Fatal(err)
		}
	}
	read(t, filepath.Join(server.Dir, "lake", "prefix"), m)
	proved(t, "s3://lake/prefix", opts, m)
	left, err := client.ListMultipartUploads(t.Context(), &s3.ListMultipartUploadsInput{Bucket: aws.String("lake")})
	if err != nil || len(left.Uploads) > 0 {
		t.Errorf("%d uploads are left (%v)", len(left.Uploads), err)
	}
}

func proved(t *testing.T, place string, opts objects.Options, m *dataset.Manifest) {
	t.Helper()
	r, err := verify.Lake(t.Context(), place, t.TempDir(), opts)
	if err != nil {
		t.Fatal(err)
	}
	if r.Files != len(m.Files) || r.Nodes != 1+runCount+3+40+1 || r.Relationships != callCount {
		t.Errorf("proved %+v", r)
	}
}

// read compares what DuckDB finds below a directory, as an engine that reads all files of the folders, with the manifest.
func read(t *testing.T, dir string, m *dataset.Manifest) {
	t.Helper()
	db, err := sql.Open("duckdb", "")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	one := func(want, query string, args ...any) {
		t.Helper()
		query = fmt.Sprintf(query, args...)
		var got any
		if err := db.QueryRow(query).Scan(&got); err != nil {
			t.Errorf("%s: %v", query, err)
		} else if fmt.Sprint(got) != want {
			t.Errorf("%s returns %v, want %s", query, got, want)
		}
	}
	files := func(table *graph.Table) string {
		return "read_parquet('" + filepath.Join(dir, table.Folder()) + "/**/*.parquet', hive_partitioning = true, hive_types = {'snapshot_date': DATE})"
	}
	rows := map[string]int64{}
	for _, f := range m.Files {
		p, ok := lake.ParsePart(f.Path)
		if x, is := lake.ParseIndex(f.Path); is {
			p, ok = lake.Part{Table: x.Table, Snapshot: x.Snapshot}, true
		}
		if !ok || p.Snapshot != date {
			t.Errorf("the manifest lists %s", f.Path)
		}
		rows[p.Table] += f.Rows
		if info, err := os.Stat(filepath.Join(dir, f.Path)); err != nil || info.Size() != f.Bytes {
			t.Error(f.Path, err)
		}
	}
	for _, table := range graph.Tables() {
		one(fmt.Sprint(rows[table.Folder()]), "SELECT count(*) FROM %s WHERE snapshot_date = DATE '%s'", files(table), date)
		checkLakeColumns(t, db, table, files(table))
	}

	sum := 0
	for i := range runCount {
		sum += 1700000000 + i/7
	}
	one(fmt.Sprint(sum), "SELECT sum(created_at)::BIGINT FROM %s", files(lakeRuns))
	one("0", "SELECT count(*) FROM %s WHERE epoch_us(created_at_ts) <> created_at * 1000000 OR created_at_ts IS NULL", files(lakeRuns))
	one("0", "SELECT count(*) FROM %s WHERE epoch_us(firstseen_ts) <> firstseen * 1000 OR epoch_us(lastupdated_ts) <> lastupdated * 1000000", files(lakeRuns))
	one("2", "SELECT count(*) FROM %s WHERE timestamp_ts IS NULL", files(lakeCommits))
	one("1", "SELECT count(*) FROM %s WHERE timestamp_ts = TIMESTAMPTZ '2026-11-13 09:51:02+00'", files(lakeCommits))
	one("0", "SELECT count(*) FROM %s WHERE event_date <> left(event_time, 10)::DATE", files(lakeEvents))
	one("30", "SELECT count(DISTINCT event_date) FROM %s", files(lakeEvents))
	one("0", "SELECT count(*) FROM %s WHERE coalesce(left(event_time, 10), '1970-01-01')::DATE <> event_date", files(affected))
	one("500", "SELECT count(*) FROM %s WHERE event_date = DATE '1970-01-01' AND event_id IS NULL", files(affected))

	// Bounds that tell the row groups apart are what lets a look-up skip the others.
	metadata := fmt.Sprintf("FROM parquet_metadata('%s/**/*.parquet') WHERE path_in_schema = 'id'", filepath.Join(dir, lakeRuns.Folder()))
	one("3", "SELECT count(*) %s", metadata)
	one("1", "SELECT count(*) %s AND stats_min_value <= '%[2]s' AND stats_max_value >= '%[2]s'", metadata, runID(200_000))
	one("ZSTD", "SELECT DISTINCT compression %s", metadata)
}

// checkLakeColumns makes sure that DuckDB sees the columns that [lake.Columns] returns, with their types, and the partition keys.
func checkLakeColumns(t *testing.T, db *sql.DB, table *graph.Table, files string) {
	t.Helper()
	types := map[graph.Type]string{graph.String: "VARCHAR", graph.Int: "BIGINT", graph.Bool: "BOOLEAN", graph.List: "VARCHAR"}
	var want []string
	for _, c := range lake.Columns(table) {
		typ := types[c.Type]
		if c.Timestamp {
			typ = "TIMESTAMP WITH TIME ZONE"
		}
		want = append(want, c.Name+" "+typ)
	}
	for _, key := range lake.Partitions(table) {
		want = append(want, key+" DATE")
	}
	r, err := db.Query("SELECT column_name || ' ' || column_type FROM (DESCRIBE SELECT * FROM " + files + ")")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	got := map[string]bool{}
	for r.Next() {
		var column string
		if err := r.Scan(&column); err != nil {
			t.Fatal(err)
		}
		got[column] = true
	}
	for _, c := range want {
		if !got[c] {
			t.Errorf("%s has no column %s, but %v (%v)", table.Name, c, got, r.Err())
		}
	}
	if len(got) != len(want) {
		t.Errorf("%s has %d columns, not %s", table.Name, len(got), strings.Join(want, ", "))
	}
}

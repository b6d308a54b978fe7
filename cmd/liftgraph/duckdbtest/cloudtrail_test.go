//go:build cgo

package duckdbtest

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
	"testing"

	_ "github.com/duckdb/duckdb-go/v2"
	"github.com/klauspost/compress/gzip"

	"liftgraph/extract/cloudtrail"
	loggen "liftgraph/fixtures/generate/cloudtrail"
	"liftgraph/internal/objects"
	"liftgraph/internal/raw"
)

// The same extraction in SQL, from log files and from an Athena export: which run did what to which instance. Of the ways
// to write it that were tried, these are the fastest: from logs, it is five times as fast as a list of structs.
const (
	facts = `
SELECT run || ' ' || unnest(list_distinct(regexp_extract_all(concat_ws(' ', request, response, resources), '\bi-[0-9a-f]{8}(?:[0-9a-f]{9})?\b'))) || ' ' || id
FROM (SELECT *, regexp_extract(coalesce(arn, principal), '(?:[/:]|spacelift-run-)(01[0-9A-Z]{24})(?:[^0-9A-Za-z]|$)', 1) AS run FROM events)
WHERE run != '' AND coalesce(error, '') = '' AND readonly != 'true'`
	logs = `
WITH events AS (
  SELECT r->>'$.userIdentity.arn' AS arn, r->>'$.userIdentity.principalId' AS principal, r->>'$.eventID' AS id, r->>'$.readOnly' AS readonly, r->>'$.errorCode' AS error,
    r->>'$.requestParameters' AS request, r->>'$.responseElements' AS response, r->>'$.resources' AS resources
  FROM (SELECT unnest(from_json(json, '{"Records":["JSON"]}').Records) AS r FROM read_json_objects('%s', format = 'newline_delimited', maximum_object_size = 16777216))
  WHERE regexp_matches(r::VARCHAR, '01[0-9A-Z]{24}'))` + facts
	lines = `
WITH events AS (
  SELECT useridentity.arn AS arn, useridentity.principalId AS principal, eventid AS id, readonly, errorcode AS error,
    requestparameters AS request, responseelements AS response, resources
  FROM read_json('%s', format = 'newline_delimited', columns = {eventid: 'VARCHAR', readonly: 'VARCHAR', errorcode: 'VARCHAR',
    useridentity: 'STRUCT(arn VARCHAR, principalId VARCHAR)', requestparameters: 'VARCHAR', responseelements: 'VARCHAR', resources: 'VARCHAR'}))` + facts
)

type form struct {
	name, query string
	of          func(*loggen.Log, int) ([]byte, []loggen.Fact)
}

var forms = []form{{"raw", logs, (*loggen.Log).Raw}, {"export", lines, (*loggen.Log).Export}}

// writeLog writes a log as compressed files, and returns what is to be found in it, and its size uncompressed.
func writeLog(t testing.TB, log *loggen.Log, f form) (dir string, want []string, size int) {
	t.Helper()
	dir = t.TempDir()
	for i := range log.Files() {
		content, facts := f.of(log, i)
		size += len(content)
		for _, f := range facts {
			if !f.Chained {
				want = append(want, f.Run+" "+f.Instance+" "+f.EventID)
			}
		}
		path := filepath.Join(dir, filepath.FromSlash(log.Key(i)))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		file, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		z := gzip.NewWriter(file)
		if _, err := z.Write(content); err != nil {
			t.Fatal(err)
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		if err := file.Close(); err != nil {
			t.Fatal(err)
		}
	}
	slices.Sort(want)
	return dir, want, size
}

// output keeps what is found as the query returns it.
type output []string

func (o *output) Record(r raw.Record) error {
	if c, ok := r.(*raw.APICall); ok && c.Session != nil {
		for _, i := range c.Instances {
			*o = append(*o, c.Session.Run+" "+i+" "+c.EventID)
		}
	}
	return nil
}

func (*output) Reject(r raw.Rejected) error { return fmt.Errorf("%+v", r) }

// extract finds the calls of runs' own sessions, which is what the query finds, and with roles keeps what following these takes too.
func extract(t testing.TB, dir string, roles bool) []string {
	t.Helper()
	store, err := objects.Open(t.Context(), dir, objects.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var out output
	if _, err := cloudtrail.Extract(context.Background(), cloudtrail.Config{Workers: 1, FollowRoles: roles, HoldBack: true, Sources: []cloudtrail.Source{{URI: dir, Store: store}}}, &out); err != nil {
		t.Fatal(err)
	}
	slices.Sort(out)
	return out
}

func query(t testing.TB, db *sql.DB, sql, dir string) (found []string) {
	t.Helper()
	rows, err := db.Query(fmt.Sprintf(sql, dir+"/**/*.json.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			t.Fatal(err)
		}
		found = append(found, s)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	slices.Sort(found)
	return found
}

func openForLogs(t testing.TB) *sql.DB {
	t.Helper()
	db, err := sql.Open("duckdb", "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	db.SetMaxOpenConns(1)
	if _, err := db.Exec("SET threads = 1"); err != nil {
		t.Fatal(err)
	}
	return db
}

func TestSameAsDuckDB(t *testing.T) {
	log := loggen.New(loggen.Config{Seed: 11, Records: 20_000, Spacelift: 0.05})
	db := openForLogs(t)
	for _, f := range forms {
		dir, want, _ := writeLog(t, log, f)
		if got := extract(t, dir, false); !slices.Equal(got, want) || len(want) < 100 {
			t.Errorf("%s: %d facts, not %d", f.name, len(got), len(want))
		}
		if got := query(t, db, f.query, dir); !slices.Equal(got, want) {
			t.Errorf("%s: DuckDB finds %d facts, not %d", f.name, len(got), len(want))
		}
	}
}

// BenchmarkAgainstDuckDB does the same extraction from the same files by one thread each: LIFTGRAPH_BENCH_EVENTS sets
// the number of records.
func BenchmarkAgainstDuckDB(b *testing.B) {
	records := 100_000
	if s := os.Getenv("LIFTGRAPH_BENCH_EVENTS"); s != "" {
		var err error
		if records, err = strconv.Atoi(s); err != nil {
			b.Fatal(err)
		}
	}
	log := loggen.New(loggen.Config{Seed: 1, Records: records})
	for _, f := range forms {
		b.Run("shape="+f.name, func(b *testing.B) {
			dir, want, size := writeLog(b, log, f)
			db := openForLogs(b)
			var direct, roles, there float64
			for b.Loop() {
				began := cpuSeconds(b)
				got := extract(b, dir, false)
				afterDirect := cpuSeconds(b)
				more := extract(b, dir, true)
				afterRoles := cpuSeconds(b)
				found := query(b, db, f.query, dir)
				direct += afterDirect - began
				roles += afterRoles - afterDirect
				there += cpuSeconds(b) - afterRoles
				if !slices.Equal(got, want) || !slices.Equal(more, want) || !slices.Equal(found, want) {
					b.Fatalf("%d, %d and %d facts, not %d", len(got), len(more), len(found), len(want))
				}
			}
			b.ReportMetric(0, "ns/op")
			for _, m := range []struct {
				name string
				used float64
			}{{"direct", direct}, {"roles", roles}, {"duckdb", there}} {
				b.ReportMetric(float64(size)*float64(b.N)/1e6/m.used, m.name+"-MB/cpu-s")
			}
			b.ReportMetric(there/direct, "direct-times-duckdb")
			b.ReportMetric(there/roles, "roles-times-duckdb")
		})
	}
}

// cpuSeconds is what this process has used so far.
func cpuSeconds(b *testing.B) float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e9
}

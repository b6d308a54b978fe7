package engine

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	events "liftgraph/fixtures/sample/cloudtrail"
)

// TestTrino runs every statement in a real server: once started, it is used by all of what follows.
func TestTrino(t *testing.T) {
	l := newLake(t)
	t.Run("every shape of table returns what its objects hold", l.testShapes)
	t.Run("with every switch", l.testSwitches)
	t.Run("days", l.testDays)
	t.Run("nothing found", l.testNothing)
	t.Run("failures say what to do", l.testFailures)
	t.Run("a query ends with its context", l.testCancel)
	t.Run("as Athena would", l.testAthena)
	if left := l.leftovers(t); len(left) > 0 {
		t.Errorf("tables were left: %v", left)
	}
}

func (l *lake) testShapes(t *testing.T) {
	for table, place := range l.places {
		t.Run(table, func(t *testing.T) {
			c := l.config(table)
			c.FollowRoles = true
			got, r := searched(t, c)
			want := direct(t, "s3://logs/"+place, c)
			if len(want) < 40 || r.Rows > 90 || r.QueryID == "" || r.Bytes == 0 {
				t.Errorf("%d records, %d rows, query %q, %d bytes", len(want), r.Rows, r.QueryID, r.Bytes)
			}
			same(t, got, want)
		})
	}
}

func (l *lake) testSwitches(t *testing.T) {
	for bits := range 16 {
		c := l.config("structs")
		c.IncludeReadOnly, c.IncludeFailed, c.FollowRoles, c.AllInstances = bits&1 > 0, bits&2 > 0, bits&4 > 0, bits&8 > 0
		got, _ := searched(t, c)
		same(t, got, direct(t, "s3://logs/unload/", c))
		if t.Failed() {
			t.Fatalf("with %+v", c)
		}
	}
}

func (l *lake) testDays(t *testing.T) {
	day12, day13 := time.Date(2026, 11, 12, 10, 0, 0, 0, time.UTC), time.Date(2026, 11, 13, 10, 0, 0, 0, time.UTC)
	both := int64(0) // bytes read for two days
	for _, c := range []struct {
		table, place string
		from, to     time.Time
	}{
		{"projected", "", day12, day13}, {"projected", "", day12, day12}, {"projected", "", day13, day13}, {"projected", "", day13, time.Time{}},
		{"years", "AWSLogs/o-acme/111122223333/CloudTrail/us-east-1/", day12, day12}, {"years", "AWSLogs/o-acme/111122223333/CloudTrail/us-east-1/", day13, time.Time{}}, {"years", "AWSLogs/o-acme/111122223333/CloudTrail/us-east-1/", time.Time{}, day12},
	} {
		config := l.config(c.table)
		config.FollowRoles, config.From, config.To = true, c.from, c.to
		config.Output = "s3://logs/results/2020/01/01" // a date that has nothing to do with those
		got, r := searched(t, config)
		want := direct(t, "s3://logs/trail/"+c.place, config)
		if len(want) < 3 {
			t.Errorf("only %d records", len(want))
		}
		same(t, got, want)
		if both == 0 {
			both = r.Bytes
		} else if r.Bytes >= both {
			t.Errorf("%s %v to %v: %d bytes were read, and %d for two days", c.table, c.from, c.to, r.Bytes, both)
		}
	}
}

func (l *lake) testNothing(t *testing.T) {
	c := l.config("structs")
	c.To = time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	r, err := Run(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	if _, found, err := r.Source(t.Context(), options()); found || err != nil || r.Rows != 0 {
		t.Errorf("got %v, %v, %d rows", found, err, r.Rows)
	}
}

func (l *lake) testFailures(t *testing.T) {
	for _, body := range events.As(events.Unload) {
		if err := l.s3.Put("logs", "broken/a.json.gz", body[:len(body)/2], nil); err != nil {
			t.Fatal(err)
		}
	}
	l.exec(t, `CREATE TABLE hive.audit.broken (`+textOnly+`) WITH (format = 'OPENX_JSON', external_location = 's3://logs/broken/')`)
	defer l.exec(t, `DROP TABLE hive.audit.broken`)
	for table, expect := range map[string]string{
		"hive.audit.nowhere":               "check --engine-table",
		"hive.nowhere.structs":             "check --engine-table",
		"nowhere.audit.structs":            "check --engine-table",
		`hive.audit.structs" WHERE 1=1 --`: "check --engine-table",
		"hive.information_schema.tables":   "neither a column eventid",
		"hive.audit.broken":                "can't be read",
		"system.runtime.queries":           "neither a column eventid",
		"structs":                          "lacks its catalog or schema",
	} {
		c := l.config("structs")
		c.Table = table
		if _, err := Run(t.Context(), c); err == nil || !strings.Contains(err.Error(), expect) {
			t.Errorf("%s: got %v, expected %q in it", table, err, expect)
		}
	}
	c := l.config("structs")
	c.Trino.URI += "/system/runtime"
	if _, err := Run(t.Context(), c); err == nil || !strings.Contains(err.Error(), "--trino-uri") {
		t.Errorf("a result's table where none can be: %v", err)
	}
}

func (l *lake) testCancel(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	enough := errors.New("enough")
	go func() {
		for running := 0; running == 0; time.Sleep(20 * time.Millisecond) {
			_ = l.db.QueryRowContext(t.Context(), `SELECT count(*) FROM system.runtime.queries WHERE state = 'RUNNING' AND query LIKE 'CREATE TABLE%liftgraph%'`).Scan(&running)
		}
		cancel(enough)
	}()
	_, err := Run(ctx, l.config("slow"))
	if !errors.Is(err, enough) {
		t.Errorf("got %v", err)
	}
	deadline := time.Now().Add(10 * time.Second)
	for running := 1; running > 0; time.Sleep(50 * time.Millisecond) {
		if err := l.db.QueryRowContext(t.Context(), `SELECT count(*) FROM system.runtime.queries WHERE state = 'RUNNING' AND query LIKE 'CREATE TABLE%liftgraph%'`).Scan(&running); err != nil {
			t.Fatal(err)
		}
		if time.Now().After(deadline) {
			t.Fatal("the query goes on")
		}
	}
}

// testAthena has Trino run what Athena is asked for: the query is the same text, only what stands around it differs.
func (l *lake) testAthena(t *testing.T) {
	unloads := regexp.MustCompile(`(?s)^UNLOAD \(\n(.*)\n\)\nTO '(s3://[^']*)'\nWITH \(format = 'PARQUET', compression = 'SNAPPY'\)$`)
	db, err := sql.Open("trino", l.server.URI+"/hive/audit")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for table, columns := range map[string][]column{"structs": hiveStructs, "rawstructs": {inArray("records", hiveStructs)}} {
		s := &athenaServer{
			tables: map[string]object{"audit." + table: cloudtrailTable(columns, nil)},
			states: []string{"QUEUED", "RUNNING"},
			run: func(statement string) (int64, string) {
				parts := unloads.FindStringSubmatch(statement)
				if parts == nil {
					return 0, "SYNTAX_ERROR: " + statement
				}
				if _, err := db.ExecContext(t.Context(), fmt.Sprintf("CREATE TABLE athena_%s WITH (format = 'PARQUET', external_location = '%s') AS %s", table, parts[2], parts[1])); err != nil {
					return 0, err.Error()
				}
				return 1, ""
			},
		}
		c := l.config(table)
		c.Engine, c.Table, c.FollowRoles = Athena, "audit."+table, true
		c.Athena.Client = s.start(t)
		got, _ := searched(t, c)
		same(t, got, direct(t, "s3://logs/"+l.places[table], c))
		l.exec(t, "DROP TABLE hive.audit.athena_"+table)
	}
}

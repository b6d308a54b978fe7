package engine

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "write the golden files anew")

// Tables as the engines describe them.
var (
	exported = append(textColumns("eventid", "eventtime", "eventname", "eventsource", "awsregion", "account",
		"useridentity", "requestparameters", "responseelements", "errorcode", "readonly"),
		column{name: "resources", typ: "array(row(arn varchar, accountid varchar, type varchar))"})
	rawFiles = []column{
		{name: "records", typ: `array(row("eventID" varchar, eventtime varchar, eventname varchar, eventsource varchar, awsregion varchar,` +
			` recipientaccountid varchar, useridentity row(arn varchar, sessioncontext row("odd, name" varchar)), requestparameters varchar,` +
			` responseelements varchar, resources varchar, errorcode varchar, readonly boolean))`},
		{name: "account", typ: "varchar", partition: true},
		{name: "day", typ: "varchar", partition: true},
	}
	lines = []column{
		{name: "line", typ: "varchar"},
		{name: "year", typ: "varchar", partition: true}, {name: "month", typ: "varchar", partition: true}, {name: "day", typ: "integer", partition: true},
	}
	iceberg = append(textColumns("eventid", "eventname", "useridentity", "requestparameters"),
		column{name: "eventtime", typ: "timestamp(6) with time zone"}, column{name: "readonly", typ: "boolean"})
)

func TestSQLIsAsExpected(t *testing.T) {
	from, to := time.Date(2026, 11, 3, 5, 0, 0, 0, time.UTC), time.Date(2026, 11, 30, 5, 0, 0, 0, time.UTC)
	projected := slices.Clone(documented)
	projected[len(projected)-1].projection = map[string]string{"type": "date", "format": "yyyy/MM/dd"}
	for _, c := range []struct {
		file    string
		config  Config
		columns []column
	}{
		{"athena-documented", Config{Engine: Athena, Table: "default.cloudtrail_logs", From: from, To: to, FollowRoles: true}, projected},
		{"athena-all-instances", Config{Engine: Athena, Table: "awsdatacatalog.audit.trail", To: to, FollowRoles: true, AllInstances: true}, documented},
		{"athena-changes", Config{Engine: Athena, Table: "default.cloudtrail_logs", To: to, FollowRoles: true, AllResources: true, Changes: true}, documented},
		{"trino-exported", Config{Engine: Trino, Table: "hive.audit.exported"}, exported},
		{"trino-raw-files", Config{Engine: Trino, Table: "hive.audit.raw", From: from, FollowRoles: true, IncludeReadOnly: true, IncludeFailed: true}, rawFiles},
		{"trino-lines", Config{Engine: Trino, Table: "hive.audit.lines", From: from, To: to}, lines},
		{"trino-iceberg", Config{Engine: Trino, Table: "lake.audit.events", From: from, To: to}, iceberg},
	} {
		t.Run(c.file, func(t *testing.T) {
			selection, err := c.config.selection(c.columns)
			if err != nil {
				t.Fatal(err)
			}
			got := unload(selection, "s3://results/it's/data/")
			if c.config.Engine == Trino {
				got = create(name{"hive", "scratch", "liftgraph_1"}, selection, "s3://results/1/data/")
			}
			golden(t, c.file+".sql", got+"\n")
		})
	}
}

func golden(t *testing.T, file, got string) {
	t.Helper()
	path := filepath.Join("testdata", file)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("got\n%s\nexpected\n%s", got, want)
	}
}

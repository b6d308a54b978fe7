package engine

import (
	"bytes"
	"compress/gzip"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	fakes3 "liftgraph/fixtures/s3"
	events "liftgraph/fixtures/sample/cloudtrail"
	trinotest "liftgraph/fixtures/trino"
)

// The columns of tables over CloudTrail's logs and over exports, as docs/guide/engines.md shows them to users.
const (
	textOnly = `eventversion varchar, useridentity varchar, eventtime varchar, eventsource varchar, eventname varchar, awsregion varchar,
		errorcode varchar, errormessage varchar, requestparameters varchar, responseelements varchar, eventid varchar, resources varchar, readonly varchar, recipientaccountid varchar, eventcategory varchar`
	structs = `eventversion varchar, useridentity ROW(type varchar, principalid varchar, arn varchar, accountid varchar, invokedby varchar, accesskeyid varchar,
		username varchar, sessioncontext ROW(attributes ROW(mfaauthenticated varchar, creationdate varchar),
		sessionissuer ROW(type varchar, principalid varchar, arn varchar, accountid varchar, username varchar), sourceidentity varchar)),
		eventtime varchar, eventsource varchar, eventname varchar, awsregion varchar, errorcode varchar, errormessage varchar, requestparameters varchar, responseelements varchar,
		eventid varchar, resources ARRAY(ROW(arn varchar, accountid varchar, type varchar)), readonly boolean, recipientaccountid varchar, eventtype varchar`
)

// hiveStructs are the same columns as structs, in the same order, as Athena describes them.
var hiveStructs = slices.Concat(
	textColumns("eventversion"),
	[]column{{name: "useridentity", typ: "struct<type:string,principalid:string,arn:string,accountid:string,invokedby:string,accesskeyid:string,username:string," +
		"sessioncontext:struct<attributes:struct<mfaauthenticated:string,creationdate:string>," +
		"sessionissuer:struct<type:string,principalid:string,arn:string,accountid:string,username:string>,sourceidentity:string>>"}},
	textColumns("eventtime", "eventsource", "eventname", "awsregion", "errorcode", "errormessage", "requestparameters", "responseelements", "eventid"),
	[]column{{name: "resources", typ: "array<struct<arn:string,accountid:string,type:string>>"}, {name: "readonly", typ: "boolean"}},
	textColumns("recipientaccountid", "eventtype"),
)

func inArray(name string, columns []column) column {
	var fields []string
	for _, c := range columns {
		fields = append(fields, c.name+":"+c.typ)
	}
	return column{name: name, typ: "array<struct<" + strings.Join(fields, ",") + ">>"}
}

// lake is a Trino with tables over the same events in many forms.
type lake struct {
	s3     *fakes3.Server
	server *trinotest.Server
	db     *sql.DB
	places map[string]string // the folder of each table with all events in it
}

func newLake(t *testing.T) *lake {
	t.Helper()
	l := &lake{s3: fakes3.Start(t)}
	l.fill(t)
	l.server = trinotest.New(t, trinotest.Store{Endpoint: l.s3.Endpoint, AccessKey: "a", SecretKey: "b", Bucket: "logs"})
	l.db = l.server.DB(t)
	l.places = map[string]string{
		"raw": "AWSLogs/", "rawstructs": "AWSLogs/", "lines": "AWSLogs/", "eventlines": "eventlines/", "escaped": "escaped/", "escapedlines": "escaped/",
		"structs": "unload/", "structsastext": "unload/", "escapedexport": "escapedexport/", "hive": "hive/", "parquet": "parquet/",
	}
	l.exec(t, `CREATE SCHEMA hive.audit`)
	for table, place := range l.places {
		columns, form := textOnly, `format = 'OPENX_JSON'`
		switch table {
		case "structs":
			columns = structs
		case "hive":
			columns += ", account varchar"
		case "parquet":
			columns, form = strings.Replace(structs, "readonly boolean", "readonly varchar", 1), `format = 'PARQUET'`
		case "rawstructs":
			columns = "records ARRAY(ROW(" + structs + "))"
		case "raw", "escaped":
			columns = "records ARRAY(ROW(" + textOnly + "))"
		case "lines", "eventlines", "escapedlines":
			columns, form = "line varchar", `format = 'TEXTFILE', textfile_field_separator = U&'\0001'`
		}
		l.exec(t, fmt.Sprintf(`CREATE TABLE hive.audit.%s (%s) WITH (%s, external_location = 's3://logs/%s')`, table, columns, form, place))
	}
	l.exec(t, strings.NewReplacer("hive.audit.cloudtrail_logs", "hive.audit.projected", "s3://acme-trail/AWSLogs/o-exampleorgid/", "s3://logs/trail/AWSLogs/o-acme/",
		"'444455556666'", "'444455556666', '777788889999'", "'eu-west-1'", "'eu-west-1', 'us-west-2', 'cn-north-1', 'us-gov-west-1'", "2024/01/01", "2026/11/01").
		Replace(documentedTable(t)))
	l.exec(t, `CREATE TABLE hive.audit.years (records ARRAY(ROW(`+textOnly+`)),
		year varchar WITH (partition_projection_type = 'integer', partition_projection_range = ARRAY['2026', '2026']),
		month varchar WITH (partition_projection_type = 'integer', partition_projection_range = ARRAY['3', '11'], partition_projection_digits = 2),
		day varchar WITH (partition_projection_type = 'integer', partition_projection_range = ARRAY['1', '31'], partition_projection_digits = 2)
		) WITH (format = 'OPENX_JSON', external_location = 's3://logs/trail/', partitioned_by = ARRAY['year', 'month', 'day'], partition_projection_enabled = true,
		partition_projection_location_template = 's3://logs/trail/AWSLogs/o-acme/111122223333/CloudTrail/us-east-1/${year}/${month}/${day}')`)
	l.exec(t, `CREATE VIEW hive.audit.slow AS SELECT s.* FROM hive.audit.structs s
		CROSS JOIN UNNEST(sequence(1, 10000)) CROSS JOIN UNNEST(sequence(1, 10000)) CROSS JOIN UNNEST(sequence(1, 10000))`)
	return l
}

// documentedTable returns the statement that the documentation recommends to users of Trino.
func documentedTable(t *testing.T) string {
	t.Helper()
	page, err := os.ReadFile(filepath.FromSlash("../../../docs/guide/engines.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, statement, found := strings.Cut(string(page), "```sql\nCREATE TABLE ")
	statement, _, closed := strings.Cut(statement, "```")
	if !found || !closed {
		t.Fatal("docs/guide/engines.md has no table for Trino")
	}
	return "CREATE TABLE " + statement
}

// fill puts the sample account's events into the store in each form that tables are made of.
func (l *lake) fill(t *testing.T) {
	t.Helper()
	put := func(key string, body []byte) {
		if err := l.s3.Put("logs", key, body, nil); err != nil {
			t.Fatal(err)
		}
	}
	for key, body := range events.Objects() {
		// Engines take a line for a document. CloudTrail writes its files so, but this one was written anew by some tool.
		if strings.HasPrefix(key, "AWSLogs/") && !strings.Contains(key, "_eu-west-1_20261112T1335Z") {
			put(key, body)
		}
	}
	for key, body := range events.As(events.Raw) {
		put("trail/"+key, body)
		put("escaped/"+strings.TrimSuffix(key, ".gz"), escape(unzip(t, body), `\`, "i-0", "@", "ASIA", "01M"))
		put("eventlines/"+strings.TrimSuffix(key, ".gz"), eventLines(t, unzip(t, body)))
	}
	for _, body := range events.As(events.Unload) {
		put("unload/a.json.gz", body) // engines tell by its name that it is compressed
		put("escapedexport/a.json", escape(unzip(t, body), `\\`, "i-0"))
	}
	for _, shape := range []events.Shape{events.Hive, events.Parquet} {
		for _, body := range events.As(shape) {
			put(string(shape)+"/a", body)
		}
	}
}

// escape writes parts of a JSON text as escapes, where a reader of the text would look for them.
func escape(text []byte, backslash string, parts ...string) []byte {
	for _, p := range parts {
		escaped := ""
		for _, c := range p {
			escaped += fmt.Sprintf("%su%04x", backslash, c)
		}
		text = bytes.ReplaceAll(text, []byte(p), []byte(escaped))
	}
	return text
}

// eventLines makes a line of each event of a log file.
func eventLines(t *testing.T, log []byte) []byte {
	t.Helper()
	var file struct{ Records []json.RawMessage }
	if err := json.Unmarshal(log, &file); err != nil {
		t.Fatal(err)
	}
	var lines []byte
	for _, e := range file.Records {
		lines = append(append(lines, e...), '\n')
	}
	return append(lines, '\n')
}

func unzip(t *testing.T, body []byte) []byte {
	t.Helper()
	r, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func (l *lake) exec(t *testing.T, statement string) {
	t.Helper()
	if _, err := l.db.ExecContext(t.Context(), statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

func (l *lake) config(table string) Config {
	return Config{Engine: Trino, Table: "hive.audit." + table, Output: "s3://logs/results", Trino: TrinoConfig{URI: l.server.URI}}
}

// leftovers returns the results' tables that are still there.
func (l *lake) leftovers(t *testing.T) []string {
	t.Helper()
	rows, err := l.db.QueryContext(t.Context(), `SELECT table_name FROM hive.information_schema.tables WHERE table_name LIKE 'liftgraph%'`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var names []string
	for rows.Next() {
		var n string
		if err := rows.Scan(&n); err != nil {
			t.Fatal(err)
		}
		names = append(names, n)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return names
}

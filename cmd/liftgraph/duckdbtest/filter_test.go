//go:build cgo

// Package duckdbtest evaluates the conditions of engine's statements with DuckDB, to which these parts of SQL mean the
// same. It is a package of its own because linking DuckDB takes seconds.
package duckdbtest

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/athena"
	_ "github.com/duckdb/duckdb-go/v2"

	"liftgraph/extract/cloudtrail"
	"liftgraph/extract/cloudtrail/engine"
	"liftgraph/internal/objects"
	"liftgraph/internal/raw"
)

const (
	runA = "01K6DZ7S8Q1CN6YW2VW82JCYYX"
	runB = "01EF9PFPNFFM2MQXTJKHK1B869"
)

// events is how many are made up.
const events = 2500

// fragments are what events are put together from: what the rules look for, what looks like it, and what may hide it.
var fragments = []string{
	"i-0123abcd", "i-0123456789abcdef0", "ami-0123abcd", "i-0123", "I-0123ABCD", "_i-0123abcd", "éi-0123abcd", `\u0069-0123abcd`, `i\u002d0123abcd`,
	`i-\u0030123abcd`, `i-0123abc\u0064`, `\ni-0123abcd`, `\u00e9i-0123abcd`, `\u005cu0069-0123abcd`, `\"i-0123abcd\"`, `\/i-0123abcd`, `\\ni-0123abcd`, `\\\\i-0123abcd`, `[\"\u005cu0069-0123abcd\"]`,
	runA, runB + "@web-prod@acme", "spacelift-run-" + runA, `\u0030` + runA[1:], runA[:25] + `\u0059`, "x" + runA, runA + "x", strings.ToLower(runA),
	"ASIA0001", `\u0041SIA0002`, `AS\u0049A0003`, "AKIA0001", " ", ",", "/", "é", "{", "}", "x", "0", `\u003c`, `\t`,
}

func fragment() string {
	if rand.N(3) > 0 {
		return "x" // so that often only one of an event's texts names the run
	}
	var b strings.Builder
	for range 1 + rand.N(3) {
		b.WriteString(fragments[rand.N(len(fragments))])
	}
	return b.String()
}

// randomEvent is an event as Athena exports it.
func randomEvent(id int) string {
	pick := func(values ...string) string { return values[rand.N(len(values))] }
	session := pick(fragment(), runA, "ann")
	inner := fmt.Sprintf(`{"a":"%s","groupId":"sg-0123abcd","functionName":"f","roleArn":"arn:aws:iam::661250075859:role/ci","roleSessionName":"%s","b":["%s",{"%s":null}],"tags":[{"key":"run","value":"%s"}]}`, fragment(), fragment(), fragment(), fragment(), fragment())
	answer := fmt.Sprintf(`{"credentials":{"%s":"%s"},"subjectFromWebIdentityToken":"repo:acme/infra:ref:x","c":"%s"}`, pick("accessKeyId", "accesskeyid", `access\u004beyId`), pick("ASIA0001", "ASIA0002", fragment()), fragment())
	quoted := func(s string) string {
		text, _ := json.Marshal(s) // never fails
		return string(text)
	}
	identity := fmt.Sprintf(`{"arn":"arn:aws:sts::661250075859:assumed-role/ci/%s","accesskeyid":"%s","sessioncontext":{"sourceidentity":"%s"}}`,
		session, pick("ASIA0001", `\u0041SIA0002`, "AKIA1", fragment()), pick("", fragment()))
	return fmt.Sprintf(`{"eventid":"e%d","eventtime":"2026-11-13T23:47:05Z","eventname":"%s","eventsource":"%s","useridentity":%s,"requestparameters":%s,"responseelements":%s,"resources":[{"arn":"%s"}],"errorcode":%s,"readonly":%s}`+"\n",
		id, pick("StopInstances", "DescribeInstances", "AssumeRole", "DeleteSecurityGroup", "UpdateFunctionCode20150331v2", "AssumeRoleWithWebIdentity"), pick("ec2.amazonaws.com", "sts.amazonaws.com", "lambda.amazonaws.com"),
		pick(identity, quoted(identity)),
		pick("null", quoted(inner), inner, quoted(quoted(inner)), quoted(fragment())), pick("null", quoted(answer), answer), pick("x", fragment()),
		pick("null", `""`, `"Client.DryRunOperation"`), pick("null", `"true"`, `"false"`, "true", "false"))
}

// TestFilterMissesNothing compares the condition with what the reader of events delivers, over events at random.
func TestFilterMissesNothing(t *testing.T) {
	var b bytes.Buffer
	for i := range events {
		b.WriteString(randomEvent(i))
	}
	path := filepath.Join(t.TempDir(), "events.json")
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("duckdb", "")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	const columns = "eventid: 'VARCHAR', eventname: 'VARCHAR', eventsource: 'VARCHAR', useridentity: 'VARCHAR', requestparameters: 'VARCHAR', responseelements: 'VARCHAR', " +
		"resources: 'VARCHAR', errorcode: 'VARCHAR', readonly: 'VARCHAR'"
	for _, statement := range []string{
		`CREATE MACRO regexp_like(s, pattern) AS regexp_matches(s, pattern)`,
		fmt.Sprintf(`CREATE TABLE events AS SELECT * FROM read_json('%s', format = 'newline_delimited', columns = {%s})`, path, columns),
	} {
		if _, err := db.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	for bits := range 128 {
		if bits >= 16 && bits&11 > 0 {
			continue // they don't matter to resources
		}
		c := engine.Config{IncludeReadOnly: bits&1 > 0, IncludeFailed: bits&2 > 0, FollowRoles: bits&4 > 0, AllInstances: bits&8 > 0, AllResources: bits&16 > 0, Changes: bits&32 > 0, AllChanges: bits&96 == 96}
		found := selected(t, db, "SELECT eventid FROM events WHERE "+between(t, statement(t, c), "\n) AS e\nWHERE ", "\n)\nTO "))
		want := delivered(t, path, c)
		for id := range want {
			if !found[id] {
				line := strings.Split(b.String(), "\n")[must(t, id)]
				t.Errorf("with switches %07b the engine misses %s", bits, line)
			}
		}
		if bits == 0 || bits == 15 || bits >= 16 && bits%16 == 4 {
			t.Logf("switches %07b: %d of %d events are delivered, %d found", bits, len(want), events, len(found))
		}
	}
}

// statement returns what Athena would be asked for of a table as AWS documents it.
func statement(t *testing.T, c engine.Config) string {
	t.Helper()
	nowhere := "http://127.0.0.1:1"
	c.Engine, c.Table, c.Output = engine.Athena, "audit.cloudtrail_logs", "s3://results"
	c.Athena.Client = athena.New(athena.Options{BaseEndpoint: &nowhere, Region: "eu-west-1", Retryer: aws.NopRetryer{}})
	text, _, err := engine.DryRun(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func between(t *testing.T, text, start, end string) string {
	t.Helper()
	_, text, ok := strings.Cut(text, start)
	text, _, closed := strings.Cut(text, end)
	if !ok || !closed {
		t.Fatalf("no %q and %q in the statement", start, end)
	}
	return text
}

func must(t *testing.T, id string) (n int) {
	t.Helper()
	if _, err := fmt.Sscanf(id, "e%d", &n); err != nil {
		t.Fatal(err)
	}
	return n
}

func selected(t *testing.T, db *sql.DB, query string) map[string]bool {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	defer rows.Close()
	found := map[string]bool{}
	for rows.Next() {
		var v string
		if err := rows.Scan(&v); err != nil {
			t.Fatal(err)
		}
		found[v] = true
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return found
}

// delivered returns the events that anything is delivered of.
func delivered(t *testing.T, path string, c engine.Config) map[string]bool {
	t.Helper()
	store, err := objects.Open(t.Context(), path, objects.Options{})
	if err != nil {
		t.Fatal(err)
	}
	ids := eventIDs{}
	if _, err := cloudtrail.Extract(t.Context(), cloudtrail.Config{
		Sources:         []cloudtrail.Source{{URI: path, Store: store}},
		IncludeReadOnly: c.IncludeReadOnly, IncludeFailed: c.IncludeFailed, FollowRoles: c.FollowRoles, AllInstances: c.AllInstances,
		Resources: resources(c), Changes: changes(c),
	}, ids); err != nil {
		t.Fatal(err)
	}
	return ids
}

func resources(c engine.Config) cloudtrail.Resources {
	if c.AllResources {
		return cloudtrail.ResourcesAll
	}
	return cloudtrail.ResourcesInstances
}

func changes(c engine.Config) cloudtrail.Changes {
	switch {
	case c.AllChanges:
		return cloudtrail.ChangesAll
	case c.Changes:
		return cloudtrail.ChangesManaged
	}
	return cloudtrail.ChangesNone
}

type eventIDs map[string]bool

func (e eventIDs) Record(r raw.Record) error {
	switch r := r.(type) {
	case *raw.APICall:
		e[r.EventID] = true
	case *raw.Grant:
		e[r.EventID] = true
	case *raw.ResourceEvent:
		e[r.EventID] = true
	case *raw.ActorKey:
		e[r.EventID] = true
	}
	return nil
}

func (e eventIDs) Reject(r raw.Rejected) error { return fmt.Errorf("rejected: %+v", r) }

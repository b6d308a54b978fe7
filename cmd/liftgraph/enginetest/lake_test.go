// Package enginetest has real engines read a lake through the tables that package ddl writes for them.
package enginetest

import (
	"bytes"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"liftgraph/cmd/liftgraph/pipeline"
	"liftgraph/emit"
	"liftgraph/emit/lake"
	"liftgraph/emit/lake/ddl"
	"liftgraph/extract/audittrail"
	"liftgraph/extract/cloudtrail"
	"liftgraph/extract/spacelift"
	"liftgraph/fixtures/fakespacelift"
	"liftgraph/fixtures/sample"
	"liftgraph/graph"
	"liftgraph/internal/objects"
)

// The two nights of the sample account. In the first, priya.nair may only write in production, there is no key terraform-admin, and
// later runs haven't happened yet.
var nights = []time.Time{time.Date(2026, 11, 15, 3, 0, 0, 0, time.UTC), time.Date(2026, 11, 17, 3, 0, 0, 0, time.UTC)}

// publish publishes both nights of the sample as a lake in a directory.
func publish(t *testing.T, dir string) {
	t.Helper()
	earlier := sample.Account()
	for _, u := range earlier.Tables["managedUsers"] {
		if u["username"] == "priya.nair@acme-corp.example" {
			u["accessRules"].([]any)[0].(map[string]any)["spaceAccessLevel"] = "WRITE"
		}
	}
	earlier.Tables["apiKeys"] = earlier.Tables["apiKeys"][:1]
	earlier.Tables["runs"] = slices.DeleteFunc(earlier.Tables["runs"], func(r fakespacelift.Row) bool {
		return r["createdAt"].(float64) > float64(nights[0].Unix())
	})
	for i, account := range []*fakespacelift.Memory{earlier, sample.Account()} {
		night(t, account, nights[i], dir)
	}
}

func night(t *testing.T, account *fakespacelift.Memory, at time.Time, dir string) {
	t.Helper()
	_, endpoint := fakespacelift.Start(t, account, sample.Options())
	data, inputs := t.TempDir(), t.TempDir()
	inventory, trail, deliveries := filepath.Join(inputs, "inventory.csv"), filepath.Join(inputs, "trail"), filepath.Join(inputs, "deliveries.ndjson")
	for path, content := range map[string][]byte{inventory: sample.Inventory(), deliveries: append(bytes.Join(sample.Deliveries(), []byte("\n")), '\n')} {
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := sample.WriteCloudTrail(trail); err != nil {
		t.Fatal(err)
	}
	api := &spacelift.Config{Endpoint: endpoint, Token: sample.Token, Workers: 4}
	_, err := pipeline.Run(t.Context(), pipeline.Config{
		Version: "test", Data: data, Temp: filepath.Join(data, ".tmp"), UpdateTag: at.Unix(), Spacelift: api,
		CloudTrail: &pipeline.CloudTrail{Config: cloudtrail.Config{Sources: []cloudtrail.Source{{URI: trail, Store: store(t, trail)}}, FollowRoles: true, Temp: data}},
		AuditTrail: &pipeline.AuditTrail{Files: audittrail.Config{Sources: []audittrail.Source{{URI: deliveries, Store: store(t, deliveries)}}}, API: api},
		Inventory:  pipeline.Inventory{File: inventory},
		Targets:    []emit.Target{{Format: emit.Parquet, Dir: dir, Lake: &emit.Lake{}}},
	})
	if err != nil {
		t.Fatal(err)
	}
}

func store(t *testing.T, place string) objects.Store {
	t.Helper()
	s, err := objects.Open(t.Context(), place, objects.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// clutter puts into the lake's folders of both nights what no published snapshot holds: copies of files, as a publication leaves them
// that was killed or isn't over.
func clutter(t *testing.T, dir string) {
	t.Helper()
	parts, err := filepath.Glob(filepath.Join(dir, "*", "*", "snapshot_date=*", "part-*.parquet"))
	if err != nil || len(parts) == 0 {
		t.Fatal(parts, err)
	}
	for _, p := range parts {
		content, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		name := filepath.Join(filepath.Dir(p), "part-00000-ffffffffffff0000000000.parquet")
		if err := os.WriteFile(name, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// rowsOf returns how many rows of a night each folder has, by its manifest.
func rowsOf(t *testing.T, dir string, at time.Time) map[string]int64 {
	t.Helper()
	s, err := lake.Open(t.Context(), dir, at.Format(time.DateOnly), objects.Options{})
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string]int64{}
	for _, f := range s.Manifest.Files {
		if _, is := lake.ParseIndex(f.Path); is {
			continue
		}
		part, ok := lake.ParsePart(f.Path)
		if !ok {
			t.Fatalf("the manifest names %s", f.Path)
		}
		rows[part.Table] += f.Rows
	}
	return rows
}

// Made once for all tests of this package that don't change it.
var sampleLake struct {
	sync.Once
	dir string
}

// lakeOfSample returns a lake with both nights, and clutter.
func lakeOfSample(t *testing.T) string {
	t.Helper()
	sampleLake.Do(func() {
		dir, err := os.MkdirTemp("", "liftgraph-lake-")
		if err != nil {
			t.Fatal(err)
		}
		sampleLake.dir = filepath.Join(dir, "it's a lake; really") // what a location may hold, and must be quoted
		publish(t, sampleLake.dir)
		clutter(t, sampleLake.dir)
	})
	return sampleLake.dir
}

func TestMain(m *testing.M) {
	code := m.Run()
	if sampleLake.dir != "" {
		if err := os.RemoveAll(filepath.Dir(sampleLake.dir)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}
	os.Exit(code)
}

// checkCounts compares the views of tables with the manifests: their rows, and of some columns sums and bounds.
func checkCounts(t *testing.T, dir string, ask asker, tables []*graph.Table) {
	t.Helper()
	newest, before := rowsOf(t, dir, nights[1]), rowsOf(t, dir, nights[0])
	var queries, want []string
	for _, table := range tables {
		for _, view := range []struct {
			prefix string
			rows   int64
			night  time.Time
		}{{"latest_", newest[table.Folder()], nights[1]}, {"previous_", before[table.Folder()], nights[0]}} {
			name := view.prefix + ddl.TableName(table)
			queries = append(queries, fmt.Sprintf("SELECT '%[1]s' AS name, count(*), count(firstseen_ts), sum(lastupdated), max(snapshot_date), max(lastupdated_ts) FROM %[1]s", name))
			line := name + " | 0 | 0 | - | - | -"
			if view.rows > 0 {
				line = fmt.Sprintf("%s | %d | %[2]d | %d | %s 00:00:00 | %s", name, view.rows, view.rows*view.night.Unix(), view.night.Format(time.DateOnly), view.night.Format(time.DateTime))
			}
			want = append(want, line)
		}
	}
	var got []string
	for some := range slices.Chunk(queries, 2) {
		got = append(got, ask(t, strings.Join(some, "\nUNION ALL "))[1:]...)
	}
	slices.Sort(got)
	slices.Sort(want)
	for i, line := range want {
		if i >= len(got) || got[i] != line {
			t.Fatalf("got\n%s\nwanted\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
	if newest["nodes/SpaceliftRun"] <= before["nodes/SpaceliftRun"] || newest["relationships/SpaceliftRun_AFFECTED_EC2Instance"] < 50 {
		t.Errorf("the nights are too much alike: %v, %v", before, newest)
	}
}

// statements returns those of the default model.
func statements(t *testing.T, c ddl.Config) []string {
	t.Helper()
	c.Model = graph.Default
	list, _, err := ddl.Statements(c)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// asker queries a database, and returns the names of a query's columns and then its rows, each as a line.
type asker func(t *testing.T, query string) []string

func ask(db *sql.DB) asker {
	return func(t *testing.T, query string) []string {
		t.Helper()
		rows, err := db.QueryContext(t.Context(), query)
		if err != nil {
			t.Fatalf("%v\n%s", err, query)
		}
		defer rows.Close()
		columns, err := rows.Columns()
		if err != nil {
			t.Fatal(err)
		}
		list := []string{strings.Join(columns, " | ")}
		cells := make([]any, len(columns))
		into := make([]any, len(cells))
		for i := range cells {
			into[i] = &cells[i]
		}
		for rows.Next() {
			if err := rows.Scan(into...); err != nil {
				t.Fatal(err)
			}
			var line []string
			for _, c := range cells {
				line = append(line, cell(c))
			}
			list = append(list, strings.Join(line, " | "))
		}
		if err := rows.Err(); err != nil {
			t.Fatalf("%v\n%s", err, query)
		}
		return list
	}
}

// cell writes a value as every engine's is written here.
func cell(v any) string {
	switch v := v.(type) {
	case nil:
		return "-"
	case time.Time:
		return v.Format(time.DateTime)
	}
	return fmt.Sprint(v)
}

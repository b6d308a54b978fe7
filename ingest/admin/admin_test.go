package admin

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	neo4jtest "liftgraph/fixtures/neo4j"
	"liftgraph/ingest/server"
	"liftgraph/ingest/source"
	"liftgraph/ingest/source/sourcetest"
)

// One home goes through the life of a database: nothing there, imported, refused, replaced and started, in use.
func TestAdminOnTheRealThing(t *testing.T) {
	t.Parallel()
	i := neo4jtest.NewInstanceWithPassword(t, "correct horse battery")
	dir := sourcetest.Publish(t, sourcetest.PeopleArgs+sourcetest.KnowsArgs, sourcetest.PersonKey, sourcetest.People, sourcetest.Knows)
	cfg := Config{Dir: dir, Neo4jHome: i.Home, Temp: t.TempDir(), Server: server.Config{URI: i.URI, Password: i.Password}}
	store := filepath.Join(i.Home, "data", "databases", "neo4j")

	dry := cfg
	dry.DryRun = true
	report, err := Import(t.Context(), dry)
	must(t, err)
	for _, want := range []string{"cd " + dir + " && ", i.Home + "/bin/neo4j-admin database import full neo4j ", " @neo4j-admin.args"} {
		if !strings.Contains(report.Command, want) {
			t.Errorf("command %s\nlacks %s", report.Command, want)
		}
	}
	must(t, Check(t.Context(), cfg))
	if _, err := os.Stat(store); err == nil {
		t.Error("a dry run or a check made a database")
	}

	steps := map[string]int64{}
	cfg.Progress = func(p Progress) { steps[p.Step] = p.Total }
	report, err = Import(t.Context(), cfg)
	must(t, err)
	if report.Nodes != 3 || report.Relationships != 2 || report.Properties != 6 || report.Store != store || report.Started {
		t.Errorf("report %+v", report)
	}
	if !regexp.MustCompile(`^(5\.26|20\d\d)\.`).MatchString(report.Version) || len(report.Next) != 2 {
		t.Errorf("report %+v", report)
	}
	if steps["Nodes"] != 3 || steps["Relationships"] != 2 {
		t.Errorf("steps shown: %v", steps)
	}
	if logs, _ := filepath.Glob(filepath.Join(i.Home, "logs", "neo4j-admin-import-*")); len(logs) != 0 {
		t.Errorf("left behind: %v", logs)
	}
	if entries, _ := os.ReadDir(cfg.Temp); len(entries) != 0 {
		t.Errorf("left behind: %v", entries)
	}

	if _, err := Import(t.Context(), cfg); !errors.Is(err, ErrDatabaseExists) {
		t.Errorf("second import: %v", err)
	}
	if err := Check(t.Context(), cfg); !errors.Is(err, ErrDatabaseExists) {
		t.Errorf("check before a second import: %v", err)
	}

	cfg.Overwrite, cfg.Start = true, true
	must(t, Check(t.Context(), cfg))
	cfg.Dir = sourcetest.Publish(t, sourcetest.PeopleArgs, sourcetest.PersonKey, sourcetest.People)
	report, err = Import(t.Context(), cfg)
	must(t, err)
	if !report.Started || report.Constraints != 1 || report.Nodes != 3 || report.Relationships != 0 {
		t.Errorf("report %+v", report)
	}
	r, err := neo4j.ExecuteQuery(t.Context(), i.Driver(t), "SHOW CONSTRAINTS YIELD labelsOrTypes, properties", nil, neo4j.EagerResultTransformer)
	must(t, err)
	if len(r.Records) != 1 {
		t.Errorf("%d constraints", len(r.Records))
	}

	if _, err := Import(t.Context(), cfg); err == nil || !strings.Contains(err.Error(), "answers on "+i.URI) {
		t.Errorf("start beside a running server: %v", err)
	}
	if err := Check(t.Context(), cfg); err == nil || !strings.Contains(err.Error(), "answers on "+i.URI) {
		t.Errorf("check beside a running server: %v", err)
	}
	cfg.Start = false
	if err := Check(t.Context(), cfg); !errors.Is(err, ErrDatabaseInUse) {
		t.Errorf("check under a running server: %v", err)
	}
	if _, err := Import(t.Context(), cfg); !errors.Is(err, ErrDatabaseInUse) {
		t.Errorf("import under a running server: %v", err)
	}
	have, err := server.Count(t.Context(), i.Driver(t), "neo4j")
	if want := (source.Counts{Nodes: 3, Relationships: 0}); err != nil || have != want {
		t.Errorf("the server now has %v, %v", have, err)
	}
}

func TestAdminNamesBadRows(t *testing.T) {
	t.Parallel()
	i := neo4jtest.NewInstance(t)
	with := func(t sourcetest.Table, rows ...string) sourcetest.Table {
		t.Rows = append(append([]string{}, t.Rows...), rows...)
		return t
	}
	for _, c := range []struct {
		name   string
		tables []sourcetest.Table
		want   string
	}{
		{"number", []sourcetest.Table{with(sourcetest.People, `"Dan",old,Person`), sourcetest.Knows}, `field age:long: Not an integer: "old"`},
		{"twice", []sourcetest.Table{with(sourcetest.People, `"Ann",1,Person`), sourcetest.Knows}, "'Ann' is defined more than once in group 'Person'"},
		{"dangling", []sourcetest.Table{sourcetest.People, with(sourcetest.Knows, `"Ann","Zoe",,KNOWS`)}, "referring to missing node Zoe"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := sourcetest.Publish(t, "--bad-tolerance=0\n"+sourcetest.PeopleArgs+sourcetest.KnowsArgs, sourcetest.PersonKey, c.tables...)
			report, err := Import(t.Context(), Config{Dir: dir, Neo4jHome: i.Home, Temp: t.TempDir(), Overwrite: true})
			if err == nil {
				t.Fatalf("imported: %+v", report)
			}
			for _, want := range []string{c.want, "database neo4j in " + i.Home, "unusable", "--overwrite"} {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%v\nlacks %s", err, want)
				}
			}
		})
	}
}

func TestAdminRefusesNames(t *testing.T) {
	dir := sourcetest.Publish(t, sourcetest.PeopleArgs, sourcetest.PersonKey, sourcetest.People)
	for _, name := range []string{"system", "SystemTwo", "-x", "a b", "a_b", "ab", strings.Repeat("a", 64)} {
		if _, err := Import(t.Context(), Config{Dir: dir, Neo4jHome: fakeHome(t, ""), Database: name}); !isUsage(err, "no name of a database") {
			t.Errorf("%q: %v", name, err)
		}
	}
}

// The tool accepts what a manifest can tell is wrong: rows that it source.Counts differently.
func TestAdminComparesCounts(t *testing.T) {
	home := fakeHome(t, `[ "$1" = --version ] && echo 5.26.30 || printf 'Importing the contents of these files into /s:\nIMPORT DONE in 1s.\nImported:\n  2 nodes\n  0 relationships\n  4 properties\n'`)
	dir := sourcetest.Publish(t, sourcetest.PeopleArgs, sourcetest.PersonKey, sourcetest.People)
	_, err := Import(t.Context(), Config{Dir: dir, Neo4jHome: home, Temp: t.TempDir()})
	if err == nil || !strings.Contains(err.Error(), "source.Counts 2 nodes and 0 relationships, but the manifest 3 nodes") {
		t.Errorf("got %v", err)
	}
}

func TestAdminStopsWhenCanceled(t *testing.T) {
	home := fakeHome(t, `[ "$1" = --version ] && { echo 5.26.30; exit; }; echo 'Importing the contents of these files into /s:'; echo 'Nodes, started 2026-11-21 07:10:23'; sleep 60 & wait`)
	dir := sourcetest.Publish(t, sourcetest.PeopleArgs, sourcetest.PersonKey, sourcetest.People)
	ctx, cancel := context.WithCancel(t.Context())
	_, err := Import(ctx, Config{Dir: dir, Neo4jHome: home, Temp: t.TempDir(), Progress: func(Progress) { cancel() }})
	if !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "database neo4j in /s is unusable") {
		t.Errorf("got %v", err)
	}
}

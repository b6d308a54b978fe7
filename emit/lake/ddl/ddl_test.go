package ddl

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"liftgraph/graph"
)

var update = flag.Bool("update", false, "write the golden files")

func TestTableName(t *testing.T) {
	names := map[string]string{}
	for _, m := range graph.Models() {
		for _, table := range m.Tables() {
			names[table.Name] = TableName(table)
		}
	}
	for name, want := range map[string]string{
		"SpaceliftRun":                      "spacelift_run",
		"EC2Instance":                       "ec2_instance",
		"GitHubUser":                        "git_hub_user",
		"AWSRole":                           "aws_role",
		"SpaceliftRun_AFFECTED_EC2Instance": "spacelift_run_affected_ec2_instance",
		"SpaceliftUser_HAS_ROLE_IN_SpaceliftSpace":    "spacelift_user_has_role_in_spacelift_space",
		"SpaceliftSpace_CONTAINS_SpaceliftWorkerPool": "spacelift_space_contains_spacelift_worker_pool",
	} {
		if names[name] != want {
			t.Errorf("%s is named %q, not %q", name, names[name], want)
		}
	}
	for _, m := range graph.Models() {
		seen := map[string]string{manifestsTable: "", snapshotsView: "", latestView: ""}
		for _, table := range m.Tables() {
			for _, name := range []string{TableName(table), "latest_" + TableName(table), "previous_" + TableName(table)} {
				if other, ok := seen[name]; ok || len(name) > 128 {
					t.Errorf("%s of %s: too long, or the name of %q too", name, table.Name, other)
				}
				seen[name] = table.Name
			}
		}
	}
}

func statements(t *testing.T, c Config) []string {
	t.Helper()
	if c.Model == nil {
		c.Model = graph.Default
	}
	list, _, err := Statements(c)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// What an engine's DDL says of a table of each form, and of what is there besides. Athena and Spark don't run in these tests.
func TestGolden(t *testing.T) {
	forms := regexp.MustCompile(`\b(latest_|previous_)?(spacelift_space|spacelift_run_affected_ec2_instance|lake_manifests|lake_snapshots|lake_latest|lake_files)\b`)
	named := regexp.MustCompile(`^[^(\n]*`)
	for _, e := range Engines() {
		location := map[Engine]string{DuckDB: "s3://acme-lake/it's/", Spark: "s3a://acme-lake/it's"}[e]
		if location == "" {
			location = "s3://acme-lake/it's/"
		}
		var text strings.Builder
		for _, s := range statements(t, Config{Engine: e, Location: location, Database: "audit-2"}) {
			if forms.MatchString(named.FindString(s)) || strings.HasPrefix(s, "CREATE SCHEMA") || strings.HasPrefix(s, "CREATE DATABASE") {
				text.WriteString(s + ";\n\n")
			}
		}
		golden := filepath.Join("testdata", string(e)+".sql")
		if *update {
			if err := os.WriteFile(golden, []byte(text.String()), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil || string(want) != text.String() {
			t.Errorf("%s is not what is written now (%v): run with -update and see what changed", golden, err)
		}
	}
}

// Statements can be distinguished by the empty lines between them, and by nothing else that is as simple.
func TestStatementsAreParagraphs(t *testing.T) {
	for _, e := range Engines() {
		for _, m := range graph.Models() {
			for _, s := range statements(t, Config{Engine: e, Location: "s3://lake/a", Model: m}) {
				if strings.Contains(s, "\n\n") || strings.HasSuffix(s, ";") || strings.TrimSpace(s) != s || strings.Contains(s, "%!") {
					t.Errorf("%s: %q", e, s)
				}
			}
		}
	}
}

// Quotes outside of quoted texts and names are balanced, whatever the model's texts hold, in the grammar of each.
func TestQuotes(t *testing.T) {
	standard := regexp.MustCompile(`'([^']|'')*'|"([^"]|"")*"`)
	hive := regexp.MustCompile(`'([^'\\]|\\.)*'|` + "`([^`]|``)*`")
	for _, e := range Engines() {
		for _, s := range statements(t, Config{Engine: e, Location: "s3://lake/it's; DROP TABLE x; --"}) {
			grammar := standard
			if e == Spark || e == Athena && !strings.HasPrefix(s, "CREATE OR REPLACE VIEW") {
				grammar = hive
			}
			if rest := grammar.ReplaceAllString(s, ""); strings.ContainsAny(rest, "'\"`;") || strings.Contains(rest, "DROP") || strings.Contains(rest, "--") {
				t.Errorf("%s: %s\nleaves\n%s", e, s, rest)
			}
		}
	}
}

func TestAthenaCommentsFitTheCatalog(t *testing.T) {
	long := strings.Repeat("é", 200)
	if got := shortened(long); len(got) > commentBytes || !strings.HasSuffix(got, "é…") || !strings.HasPrefix(long, strings.TrimSuffix(got, "…")) {
		t.Errorf("%d bytes: %q", len(got), got)
	}
	if got := shortened("short"); got != "short" {
		t.Errorf("%q", got)
	}
}

func TestWrongUse(t *testing.T) {
	good := Config{Engine: Trino, Location: "s3://acme-lake/spacelift", Model: graph.Default}
	for _, c := range []struct {
		change func(*Config)
		want   string
	}{
		{func(c *Config) { c.Engine = "presto" }, `no engine "presto": it is athena, trino, duckdb or spark`},
		{func(c *Config) { c.Engine = "" }, "no engine"},
		{func(c *Config) { c.Location = "" }, "the location of the lake is missing"},
		{func(c *Config) { c.Location = "s3://lake/${x}" }, "characters that engines take for something else"},
		{func(c *Config) { c.Location = "s3://lake/*" }, "characters that engines take for something else"},
		{func(c *Config) { c.Location = "s3://lake/a\nb" }, "characters that engines take for something else"},
		{func(c *Config) { c.Location = "s3://lake/a\u202eb" }, "characters that engines take for something else"},
		{func(c *Config) { c.Location = "s3:///prefix" }, "names no bucket"},
		{func(c *Config) { c.Location = "lake" }, "none of trino's"},
		{func(c *Config) { c.Engine, c.Location = Athena, "/srv/lake" }, "none of athena's: it is s3://bucket/prefix"},
		{func(c *Config) { c.Engine, c.Location = Athena, "s3a://lake/a" }, "none of athena's"},
		{func(c *Config) { c.Database = "a; DROP TABLE b" }, "can't be a database of trino"},
		{func(c *Config) { c.Database = "a.b.c" }, "can't be a database of trino"},
		{func(c *Config) { c.Database = "a." }, "can't be a database of trino"},
		{func(c *Config) { c.Engine, c.Database = Athena, "a.b" }, "can't be a database of athena"},
		{func(c *Config) { c.From = "yesterday" }, `"yesterday" is no day`},
		{func(c *Config) { c.From = "2026-11-31" }, "is no day"},
	} {
		bad := good
		c.change(&bad)
		if _, _, err := Statements(bad); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: got %v, not %q", bad, err, c.want)
		}
	}
	for _, place := range []string{"s3://acme-lake", "s3://acme-lake/", "gs://acme/lake", "s3://a.b-c/it's"} {
		c := good
		c.Location = place
		statements(t, c)
	}
}

// A directory is named in full: the script may run anywhere.
func TestDirectories(t *testing.T) {
	t.Chdir(t.TempDir())
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for e, want := range map[Engine]string{DuckDB: "'" + here + "/lake/nodes/**/*.parquet'", Spark: "'file://" + here + "/lake/nodes/SpaceliftRun'"} {
		if all := strings.Join(statements(t, Config{Engine: e, Location: "lake/"}), "\n"); !strings.Contains(all, want) {
			t.Errorf("%s: no %s", e, want)
		}
	}
}

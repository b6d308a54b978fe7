package admin

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"liftgraph/ingest/source/sourcetest"
	"liftgraph/internal/dataset"
)

// fakeHome makes a home whose neo4j-admin is a shell script.
func fakeHome(t *testing.T, script string) string {
	t.Helper()
	home := t.TempDir()
	must(t, os.Mkdir(filepath.Join(home, "bin"), 0o700))
	must(t, os.WriteFile(filepath.Join(home, "bin", toolName), []byte("#!/bin/sh\n"+script+"\n"), 0o700))
	return home
}

func TestFindTool(t *testing.T) {
	flag, env, path := fakeHome(t, ""), fakeHome(t, ""), fakeHome(t, "")
	t.Setenv("NEO4J_HOME", env)
	t.Setenv("PATH", filepath.Join(path, "bin"))
	check := func(home, want string) {
		t.Helper()
		got, err := findTool(home)
		if err != nil || got.path != filepath.Join(want, "bin", toolName) {
			t.Errorf("got %s, %v; expected that in %s", got.path, err, want)
		}
	}
	check(flag, flag)
	check("", env)
	os.Unsetenv("NEO4J_HOME")
	check("", path)

	t.Setenv("PATH", t.TempDir())
	if _, err := findTool(""); err == nil || !strings.Contains(err.Error(), "--neo4j-home") {
		t.Errorf("nothing anywhere: %v", err)
	}
	if _, err := findTool(t.TempDir()); err == nil || !strings.Contains(err.Error(), "no bin/neo4j-admin in it") {
		t.Errorf("wrong home: %v", err)
	}
}

func TestVersion(t *testing.T) {
	for _, c := range []struct{ script, version, err string }{
		{"echo 5.26.30", "5.26.30", ""},
		{"echo 'WARNING! something'; echo 'neo4j 2026.08.1'", "2026.08.1", ""},
		{"echo 5.13.0", "", "5.26 or later"},
		{"echo 4.4.30", "", "5.26 or later"},
		{"echo broken >&2; exit 9", "", "exit code 9 and says: broken"},
	} {
		tool, err := findTool(fakeHome(t, c.script))
		must(t, err)
		got, err := tool.version(t.Context())
		if got != c.version || (err == nil) != (c.err == "") || err != nil && !strings.Contains(err.Error(), c.err) {
			t.Errorf("%s: got %q, %v", c.script, got, err)
		}
	}
}

func TestMissingJavaIsSaid(t *testing.T) {
	t.Setenv("JAVA_HOME", t.TempDir())
	tool, err := findTool(fakeHome(t, `exec "$JAVA_HOME/bin/java" -version`))
	must(t, err)
	if _, err := tool.version(t.Context()); err == nil || !strings.Contains(err.Error(), "needs Java") {
		t.Errorf("got %v", err)
	}
}

func TestJavaTooOld(t *testing.T) {
	home := fakeHome(t, `echo 'java.lang.UnsupportedClassVersionError: org/neo4j/X has been compiled by a more recent version of the Java Runtime (class file version 69.0), this version of the Java Runtime only recognizes class file versions up to 61.0' >&2; exit 1`)
	found, err := findTool(home)
	must(t, err)
	if _, err := found.version(t.Context()); err == nil || !strings.Contains(err.Error(), "needs Java 25 or later, but the Java found is 17") {
		t.Errorf("got %v", err)
	}
}

func TestBrokenParquet(t *testing.T) {
	for version, want := range map[string]bool{
		"5.26.0": true, "5.26.27": true, "5.26.28": false, "5.26.30": false, "5.27.0": false, "2025.01.0": true, "2025.11.2": true, "2025.12.1": false, "2026.01.0": false, "2026.08.1": false,
	} {
		if got := brokenParquet(version); got != want {
			t.Errorf("%s: broken %t, want %t", version, got, want)
		}
	}
}

// A version that reads Parquet wrongly is refused before anything is touched; CSV isn't.
func TestParquetIsRefusedByVersion(t *testing.T) {
	home := fakeHome(t, `[ "$1" = --version ] && { echo 5.26.25; exit; }; touch "$NEO4J_HOME/imported"; exit 1`)
	for stage, refused := range map[string]bool{"csv": false, "parquet": true} {
		dir := sourcetest.Publish(t, sourcetest.PeopleArgs, sourcetest.PersonKey, sourcetest.People)
		manifest := filepath.Join(dir, dataset.ManifestName)
		text, err := os.ReadFile(manifest)
		must(t, err)
		must(t, os.WriteFile(manifest, []byte(strings.Replace(string(text), `"csv"`, `"`+stage+`"`, 1)), 0o600))
		_, err = Import(t.Context(), Config{Dir: dir, Neo4jHome: home, Temp: t.TempDir()})
		if err == nil || strings.Contains(err.Error(), "reads Parquet wrongly") != refused {
			t.Errorf("%s: %v", stage, err)
		}
		if _, err := os.Stat(filepath.Join(home, "imported")); (err != nil) != refused {
			t.Errorf("%s: imported: %v", stage, err)
		}
		must(t, os.RemoveAll(filepath.Join(home, "imported")))
	}
}

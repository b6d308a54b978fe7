package admin

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
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

package admin

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestInherited(t *testing.T) {
	kept := []string{
		"PATH=/bin", "NEO4J_HOME=/n", "NEO4J_CONF=/n/conf", "NEO4J_PASSWORD_FILE=/p", "JAVA_HOME=/j", "HEAP_SIZE=1g", "X=SPACELIFT_A=b AWS_C=d", "MY_AWS_X=1", "EMPTY=",
	}
	given := slices.Concat(kept[:4], []string{
		"SPACELIFT_API_TOKEN=t", "SPACELIFT_API_KEY_SECRET=s", "AWS_SECRET_ACCESS_KEY=k", "AWS_PROFILE=p", "LIFTGRAPH_DATA=d", "NEO4J_PASSWORD=n",
	}, kept[4:])
	before := slices.Clone(given)
	if got := inherited(given); !slices.Equal(got, kept) {
		t.Errorf("%q", got)
	}
	if !slices.Equal(given, before) {
		t.Error("our own environment was changed")
	}
}

// Neither the import tool nor the server, which stays, is given a secret.
func TestProgramsGetNoSecrets(t *testing.T) {
	for _, name := range []string{"SPACELIFT_API_TOKEN", "SPACELIFT_API_KEY_SECRET", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "LIFTGRAPH_ANYTHING", "NEO4J_PASSWORD"} {
		t.Setenv(name, "hunter2-canary")
	}
	said := filepath.Join(t.TempDir(), "said")
	home := fakeHome(t, `env >>`+said+`; echo 5.26.30`)
	must(t, os.Link(filepath.Join(home, "bin", toolName), filepath.Join(home, "bin", "neo4j")))
	tool, err := findTool(home)
	must(t, err)
	_, err = tool.version(t.Context())
	must(t, err)
	if _, err := startServer(t.Context(), tool); err == nil || !strings.Contains(err.Error(), "5.26.30") {
		t.Errorf("%v", err)
	}
	b, err := os.ReadFile(said)
	must(t, err)
	if env := string(b); strings.Contains(env, "hunter2-canary") || strings.Count(env, "NEO4J_HOME="+home) != 2 || strings.Count(env, "PATH=") < 2 {
		t.Errorf("the environment was %s", env)
	}
}

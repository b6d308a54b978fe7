package admin

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func TestShell(t *testing.T) {
	c := command{dir: "/my data/it's", path: "/opt/neo4j/bin/neo4j-admin", args: []string{"--report-file=/a b/r", "@x.args"}, env: []string{"NEO4J_HOME=/opt/my neo4j"}}
	want := `cd '/my data/it'\''s' && NEO4J_HOME='/opt/my neo4j' /opt/neo4j/bin/neo4j-admin --report-file='/a b/r' @x.args`
	if got := c.shell(); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestRunGivesExitCodeAndLines(t *testing.T) {
	var out, errs []string
	c := command{path: "/bin/sh", args: []string{"-c", `echo one; echo "$X" >&2; printf two; exit 3`}, env: []string{"X=y"}}
	code, err := c.run(t.Context(), func(s string) { out = append(out, s) }, func(s string) { errs = append(errs, s) })
	if err != nil || code != 3 || strings.Join(out, "|") != "one|two" || strings.Join(errs, "|") != "y" {
		t.Errorf("got %d, %v, %q, %q", code, err, out, errs)
	}
}

// The launcher's own child must end too, or it goes on writing to the store. It holds a pipe open as long as it runs.
func TestCancelEndsTheWholeGroup(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	pipe := filepath.Join(t.TempDir(), "alive")
	must(t, syscall.Mkfifo(pipe, 0o600))
	c := command{path: "/bin/sh", args: []string{"-c", `(exec >"$0" 2>&1; echo x; while :; do sleep 1; done) & wait`, pipe}}
	ended := make(chan error, 1)
	go func() {
		_, err := c.run(ctx, func(string) {}, func(string) {})
		ended <- err
	}()
	alive, err := os.Open(pipe)
	must(t, err)
	defer alive.Close()
	_, err = io.ReadFull(alive, make([]byte, len("x\n")))
	must(t, err)
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	rest, err := io.ReadAll(alive) // until the child has ended
	if err != nil || len(rest) > 0 {
		t.Errorf("the child wrote %q, %v", rest, err)
	}
}

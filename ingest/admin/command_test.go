package admin

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
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

// The launcher's own child must end too, or it goes on writing to the store.
func TestCancelEndsTheWholeGroup(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	mark := filepath.Join(t.TempDir(), "alive")
	c := command{path: "/bin/sh", args: []string{"-c", `(while :; do echo x >>"$0"; sleep 0.02; done) & wait`, mark}}
	ended := make(chan error, 1)
	go func() {
		_, err := c.run(ctx, func(string) {}, func(string) {})
		ended <- err
	}()
	for size(mark) == 0 {
		time.Sleep(5 * time.Millisecond)
	}
	cancel()
	select {
	case err := <-ended:
		if !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	case <-time.After(grace):
		t.Fatal("it didn't end")
	}
	before := size(mark)
	time.Sleep(100 * time.Millisecond)
	if after := size(mark); after != before {
		t.Error("the child goes on")
	}
}

func size(path string) int64 {
	info, err := os.Stat(path)
	if err != nil {
		return 0
	}
	return info.Size()
}

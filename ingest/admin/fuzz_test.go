package admin

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"

	"liftgraph/ingest/source"
	"liftgraph/ingest/source/sourcetest"
)

func FuzzStatements(f *testing.F) {
	for _, seed := range []string{sourcetest.PersonKey, "A // not; this\nB;", "A /* nor; this */ B;", "RETURN 'a;b', \"c;\\\";\";B", "RETURN `a\\`; B", "'open\\", "/", "/*/;*/"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, script string) {
		list := statements(script)
		for _, s := range list {
			if s == "" || s != strings.TrimSpace(s) || !strings.Contains(script, s[:1]) {
				t.Errorf("%q returns %q", script, s)
			}
		}
		if again := statements(strings.Join(list, ";\n")); !slices.Equal(again, list) {
			t.Errorf("%q returns %q, which becomes %q", script, list, again)
		}
	})
}

func FuzzOutput(f *testing.F) {
	for _, said := range []string{badRow, duplicate, exists, ""} {
		f.Add(doneOutput, said)
	}
	f.Add("[*x] 9999999999999999999999999999T \u2206\r[*x] 1.5K \u2206", "Caused by: a.B: c.D: e f")
	f.Add("IMPORT DONE in\n  99999999999999999999 nodes\r\n  1 nodes", "data source: x[source:, position:1, line:2]\n  original error: ")
	f.Fuzz(func(t *testing.T, stdout, stderr string) {
		o := &output{want: source.Counts{Nodes: 10, Relationships: 20}}
		o.progress = func(p Progress) {
			if p.Items < 0 || p.Total < 0 || strings.Contains(p.String(), "-9") && !strings.Contains(p.Step, "-9") {
				t.Errorf("progress %+v: %s", p, p)
			}
		}
		var one sync.Mutex
		var text strings.Builder
		eachLine(strings.NewReader(stdout), &one, func(line string) {
			if len(line) > longestLine || strings.ContainsAny(line, "\r\n") {
				t.Errorf("a line of %d bytes: %.100q", len(line), line)
			}
			text.WriteString(line)
			o.line(line)
		})
		if want := strings.NewReplacer("\r", "", "\n", "").Replace(stdout); text.String() != want {
			t.Errorf("%q was read as %q", stdout, text.String())
		}
		eachLine(strings.NewReader(stderr), &one, o.errorLine)
		if o.imported.Nodes < 0 || o.imported.Relationships < 0 || o.properties < 0 || len(o.errors) > mostErrors {
			t.Errorf("%+v", o)
		}
		cause := errors.New("cause")
		for _, err := range []error{nil, cause} {
			if got := o.failure(Config{Database: "neo4j"}, "/report", nil, 1, err); got == nil || got.Error() == "" {
				t.Errorf("%+v becomes %v", o, got)
			}
		}
	})
}

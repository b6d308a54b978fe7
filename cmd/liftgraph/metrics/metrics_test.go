package metrics

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"liftgraph/internal/dataset"
)

func published(tag int64, incomplete int) []*dataset.Manifest {
	l := dataset.NewLedger("transform", "cloudtrail", "records")
	l.Quarantined["unknown_run"] = 4
	m := &dataset.Manifest{UpdateTag: tag, Ledger: []dataset.Ledger{l}, Files: []dataset.File{
		{Path: "load.cypher", Bytes: 5},
		{Path: "nodes/SpaceliftRun/part-00000.csv.gz", Rows: 3, Bytes: 100},
		{Path: "nodes/SpaceliftRun/part-00001.csv.gz", Rows: 2, Bytes: 100},
	}}
	for range incomplete {
		m.Scopes = append(m.Scopes, dataset.Scope{Scope: "runs"})
	}
	return []*dataset.Manifest{m}
}

// A week in one file: what each night says, and what it leaves of the previous night.
func TestWrite(t *testing.T) {
	name := filepath.Join(t.TempDir(), "liftgraph.prom")
	at := func(second int64) time.Time { return time.Unix(second, 0) }
	for _, night := range []struct {
		result Result
		want   []string
		not    []string
	}{
		{
			Result{"run", at(100), at(160), 0, published(100, 0)},
			[]string{
				`liftgraph_last_run_duration_seconds{command="run"} 60`, `liftgraph_last_complete_timestamp_seconds{command="run"} 160`,
				`liftgraph_rows{command="run",folder="nodes/SpaceliftRun"} 5`, `liftgraph_bytes{command="run"} 205`, `liftgraph_incomplete_scopes{command="run"} 0`,
				`liftgraph_quarantined{command="run",reason="unknown_run",source="cloudtrail",stage="transform"} 4`, `liftgraph_update_tag{command="run"} 100`,
			},
			nil,
		},
		{
			Result{"run", at(200), at(210), 3, published(200, 2)},
			[]string{
				`liftgraph_last_complete_timestamp_seconds{command="run"} 160`, `liftgraph_last_published_timestamp_seconds{command="run"} 210`,
				`liftgraph_incomplete_scopes{command="run"} 2`, `liftgraph_last_run_exit_code{command="run"} 3`,
			},
			[]string{"160\nliftgraph_last_published"},
		},
		{
			Result{"run", at(300), at(301), 1, nil},
			[]string{
				`liftgraph_last_run_timestamp_seconds{command="run"} 301`, `liftgraph_last_run_exit_code{command="run"} 1`,
				`liftgraph_update_tag{command="run"} 200`, `liftgraph_last_complete_timestamp_seconds{command="run"} 160`,
			},
			nil,
		},
		{
			Result{"ingest", at(310), at(320), 0, nil},
			[]string{`liftgraph_last_run_exit_code{command="ingest"} 0`, `liftgraph_last_run_exit_code{command="run"} 1`, `liftgraph_update_tag{command="run"} 200`},
			nil,
		},
		{
			Result{"run", at(400), at(410), 0, published(400, 0)},
			[]string{`liftgraph_last_complete_timestamp_seconds{command="run"} 410`, `liftgraph_update_tag{command="run"} 400`},
			[]string{`{command="run"} 160`, `{command="run"} 200`, `{command="run"} 301`},
		},
	} {
		if err := Check(name); err != nil {
			t.Fatal(err)
		}
		if err := Write(name, night.result); err != nil {
			t.Fatal(err)
		}
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range night.want {
			if !strings.Contains(string(b), want+"\n") {
				t.Errorf("after %+v\n%s\nlacks %s", night.result, b, want)
			}
		}
		for _, not := range night.not {
			if strings.Contains(string(b), not) {
				t.Errorf("after %+v\n%s\nstill has %s", night.result, b, not)
			}
		}
	}
}

func TestCheck(t *testing.T) {
	dir := t.TempDir()
	for _, c := range []struct{ name, content, want string }{
		{"text", "no metrics at all {", "holds no metrics"},
		{"other", "node_load1 1\n", "something else"},
		{"none/file", "", "no such file"},
	} {
		name := filepath.Join(dir, c.name)
		if c.content != "" {
			if err := os.WriteFile(name, []byte(c.content), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if err := Check(name); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, not %q", c.name, err, c.want)
		}
	}
}

package trace

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"testing"

	"liftgraph/emit"
	neo4jtest "liftgraph/fixtures/neo4j"
	"liftgraph/graph/graphtest"
	"liftgraph/internal/dataset"
)

// A real Neo4j gives what the rows give.
func TestNeo4j(t *testing.T) {
	db := neo4jtest.NewInstance(t)
	rows := sampleRows(t)
	inMemory := NewRows()
	graphtest.Write(t, inMemory, rows)
	dir := filepath.Join(t.TempDir(), "csv")
	e, err := emit.Open(emit.Target{Format: emit.CSV, Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Abandon()
	graphtest.Write(t, e, rows)
	if err := e.Publish(dataset.Manifest{}); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(filepath.Join(db.Home, "bin", "neo4j-admin"), "database", "import", "full", "neo4j", "--overwrite-destination",
		"--report-file="+filepath.Join(t.TempDir(), "report"), "@neo4j-admin.args")
	cmd.Dir, cmd.Env = dir, db.Env()
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	defer db.Start(t)()
	got, err := FromNeo4j(t.Context(), db.Driver(t), "neo4j")
	if err != nil {
		t.Fatal(err)
	}
	if g, w := fmt.Sprintf("%+v", got), fmt.Sprintf("%+v", inMemory.Changes()); g != w {
		t.Errorf("Neo4j gives\n%s\nnot\n%s", g, w)
	}
}

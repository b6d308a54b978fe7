package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	neo4jdriver "github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"liftgraph/cmd/liftgraph/pipeline"
	"liftgraph/emit"
	"liftgraph/extract/cloudtrail"
	"liftgraph/extract/spacelift"
	"liftgraph/fixtures/fakespacelift"
	neo4jtest "liftgraph/fixtures/neo4j"
	"liftgraph/fixtures/sample"
	"liftgraph/graph/browser"
	"liftgraph/internal/objects"
	"liftgraph/query/page"
	"liftgraph/query/trace"
)

// sampleCSV publishes the sample account, with its CloudTrail.
func sampleCSV(t testing.TB) string {
	t.Helper()
	_, endpoint := fakespacelift.Start(t, sample.Account(), sample.Options())
	data, trail := t.TempDir(), t.TempDir()
	cfg := pipeline.Config{
		Data: data, Temp: filepath.Join(data, ".tmp"), UpdateTag: 1700000000,
		Spacelift: &spacelift.Config{Endpoint: endpoint, Token: sample.Token, Workers: 2},
		Targets:   []emit.Target{{Format: emit.CSV, Dir: filepath.Join(data, "csv")}},
		Resources: demoResources, Changes: demoChanges,
	}
	cfg.Inventory.File = filepath.Join(t.TempDir(), "inventory.csv")
	if err := errors.Join(os.WriteFile(cfg.Inventory.File, sample.Inventory(), 0o600), sample.WriteCloudTrail(trail)); err != nil {
		t.Fatal(err)
	}
	store, err := objects.Open(t.Context(), trail, objects.Options{})
	if err != nil {
		t.Fatal(err)
	}
	cfg.CloudTrail = &pipeline.CloudTrail{Config: cloudtrail.Config{Sources: []cloudtrail.Source{{URI: trail, Store: store}}, FollowRoles: true, Resources: demoResources, Changes: demoChanges, Temp: t.TempDir()}}
	if cfg.AuditTrail, err = sampleAudit(t.Context(), data, cfg.Spacelift); err != nil {
		t.Fatal(err)
	}
	if _, err := pipeline.Run(t.Context(), cfg); err != nil {
		t.Fatal(err)
	}
	return cfg.Targets[0].Dir
}

// A real Neo4j returns what look-ups in the files return.
func TestDemoChangesInNeo4j(t *testing.T) {
	db := neo4jtest.NewInstance(t)
	dir := sampleCSV(t)
	cmd := exec.Command(filepath.Join(db.Home, "bin", "neo4j-admin"), "database", "import", "full", "neo4j", "--overwrite-destination",
		"--report-file="+filepath.Join(t.TempDir(), "report"), "@neo4j-admin.args")
	cmd.Dir, cmd.Env = dir, db.Env()
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	defer db.Start(t)()
	got, err := changesInNeo4j(t.Context(), db.Driver(t))
	if err != nil {
		t.Fatal(err)
	}
	want, err := changesInFiles(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	if g, w := fmt.Sprintf("%+v", got), fmt.Sprintf("%+v", want); g != w || len(want) == 0 {
		t.Errorf("Neo4j returns\n%s\nwant\n%s", g, w)
	}
	// The saved queries of Neo4j Browser return something.
	for _, q := range browser.Queries() {
		text, err := os.ReadFile(filepath.Join(dir, browser.Prefix+q.Name))
		if err != nil {
			t.Fatal(err)
		}
		result, err := neo4jdriver.ExecuteQuery(t.Context(), db.Driver(t), string(text), nil, neo4jdriver.EagerResultTransformer)
		if err != nil {
			t.Errorf("%s: %v", q.Name, err)
		} else if len(result.Records) == 0 && !strings.Contains(q.Title, "outside") { // of which the sample has none
			t.Errorf("%s returns nothing", q.Name)
		}
	}
}

// The README's picture is the program's.
func TestPictureIsFresh(t *testing.T) {
	const name = "../../docs/incident.svg"
	answer, err := trace.Ask(t.Context(), sampleCSV(t), trace.Question{ID: incident, Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	var want bytes.Buffer
	if err := page.Picture(&want, answer); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(name, want.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile(name); err != nil || !bytes.Equal(got, want.Bytes()) {
		t.Errorf("%s is stale (%v): run `make docs`", name, err)
	}
}

// What users typed can't move the cursor or turn the text around.
func TestPrintChanges(t *testing.T) {
	var b strings.Builder
	calls := []string{"2026-11-13T23:50:00Z A", "2026-11-13T23:51:00Z B", "2026-11-13T23:52:00Z C", "2026-11-13T23:53:00Z D"}
	err := printChanges(&b, []change{
		{instance: "i-1", author: "mallory\x1b[2J\r\n", commit: "0123456789", run: "R1", resolved: "plain", calls: calls, confirmed: "a b", stack: "s", space: "p", workers: "w"},
		{instance: "i-1", run: "R2", triggered: "b\u202eob"},
	})
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(b.String()), "\n")
	for i, want := range map[int]string{
		1: "i-1 mallory [2J 0123456 R1 (git push) a b s p w plain A 2026-11-13T23:50:00Z, B 2026-11-13T23:51:00Z, C 2026-11-13T23:52:00Z, 1 more",
		2: "- - R2 b ob - - - - - -",
	} {
		if got := strings.Join(strings.Fields(lines[i]), " "); got != want {
			t.Errorf("line %d: got %q, want %q", i, got, want)
		}
	}
}

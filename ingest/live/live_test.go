package live

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	neo4jtest "liftgraph/fixtures/neo4j"
	fakes3 "liftgraph/fixtures/s3"
	"liftgraph/graph"
	"liftgraph/graph/graphtest"
	"liftgraph/ingest/live/importdir"
	"liftgraph/ingest/server"
	"liftgraph/internal/dataset"
	"liftgraph/internal/objects"
)

// Into a graph that Cartography made: its plain indexes stay, beside which there can be no constraints; its nodes stay as they are,
// and none of its kind is made where that isn't wanted. The server fetches the files from a web server.
func TestLoadIntoAGraphOfOthers(t *testing.T) {
	i := neo4jtest.Shared(t)
	for _, query := range []string{
		"CREATE INDEX FOR (n:SpaceliftRun) ON (n.id)", "CREATE INDEX FOR (n:AWSEC2Instance) ON (n.id)", "CREATE INDEX FOR (n:AWSEC2Instance) ON (n.instanceid)",
		"CREATE (:AWSEC2Instance {id: 'i-000000', instanceid: 'i-000000', region: 'eu-north-1', lastupdated: 5})",
	} {
		ask(t, i, query)
	}
	rows := manyRuns(6)
	dir := emitted(t, rows)
	web := httptest.NewServer(http.FileServer(http.Dir(dir)))
	t.Cleanup(web.Close)
	cfg := loadInto(i, dir)
	cfg.ImportDir, cfg.LoadURL, cfg.EC2Label, cfg.NoCreateForeign = "", web.URL, "AWSEC2Instance", true
	must(t, Check(t.Context(), cfg))
	report, err := Load(t.Context(), cfg)
	must(t, err)
	if report.LeftOut != 9 || report.Relationships != 9 {
		t.Errorf("%+v", report)
	}
	for query, want := range map[string]string{
		"MATCH (n:AWSEC2Instance) RETURN properties(n)":                                       "[map[id:i-000000 instanceid:i-000000 lastupdated:5 region:eu-north-1]]",
		"MATCH (n:EC2Instance) RETURN n":                                                      "[]",
		"MATCH (:SpaceliftRun)-[r:AFFECTED]->(:AWSEC2Instance) RETURN count(r)":               "[9]",
		"SHOW CONSTRAINTS YIELD labelsOrTypes WHERE 'SpaceliftRun' IN labelsOrTypes RETURN 1": "[]",
	} {
		if got := fmt.Sprint(ask(t, i, query)); got != want {
			t.Errorf("%s: %s, not %s", query, got, want)
		}
	}

	// The same again, from S3, and now with the instances that are missing.
	cfg.NoCreateForeign, cfg.LoadURL, cfg.Sign = false, "", inS3(t, dir)
	report, err = Load(t.Context(), cfg)
	must(t, err)
	if got := fmt.Sprint(ask(t, i, "MATCH (:SpaceliftRun)-[r:AFFECTED]->(:AWSEC2Instance) RETURN count(r)")); got != "[18]" || report.LeftOut != 0 {
		t.Errorf("%s, %+v", got, report)
	}

	cfg.Sign = func(context.Context, dataset.File) (string, error) {
		return web.URL + "/none?X-Amz-Signature=secret", nil
	}
	if _, err := Load(t.Context(), cfg); err == nil || strings.Contains(err.Error(), "secret") || !strings.Contains(err.Error(), web.URL+"/none") {
		t.Errorf("a signed URL that doesn't work: %v", err)
	}

	// What the server can't read is said, and what to do.
	web.Close()
	cfg.patience, cfg.LoadURL, cfg.Sign = time.Second, web.URL, nil
	if _, err := Load(t.Context(), cfg); err == nil || !strings.Contains(err.Error(), "the server itself reads the files") {
		t.Errorf("files that aren't served: %v", err)
	}
	cfg.LoadURL, cfg.ImportDir = "", t.TempDir()
	if _, err := Load(t.Context(), cfg); err == nil || !strings.Contains(err.Error(), "--neo4j-import-dir") {
		t.Errorf("another import directory: %v", err)
	}
	if entries, _ := os.ReadDir(cfg.ImportDir); len(entries) != 0 {
		t.Errorf("left in the import directory: %v", entries)
	}

	// A cell can be larger than the server reads.
	commits := graph.NodeTable(graph.SpaceliftGitCommit)
	cfg = loadInto(i, emitted(t, map[*graph.Table][]graph.Row{commits: {graphtest.Row(commits, "1", nil, strings.Repeat("x", 16<<20))}}))
	if _, err := Load(t.Context(), cfg); err == nil || !strings.Contains(err.Error(), "db.import.csv.buffer_size") {
		t.Errorf("a huge cell: %.300v", err)
	}
}

// inS3 puts a directory into S3, and returns what signs URLs of its files.
func inS3(t *testing.T, dir string) importdir.Sign {
	t.Helper()
	must(t, fakes3.Start(t).MakeBucket("lake"))
	folder, err := objects.OpenFolder(t.Context(), "s3://lake/csv", objects.Options{AWS: &objects.AWS{PathStyle: true}})
	must(t, err)
	m, err := dataset.ReadManifest(dir)
	must(t, err)
	for _, f := range m.Files {
		must(t, folder.Put(t.Context(), f.Path, filepath.Join(dir, f.Path)))
	}
	return func(ctx context.Context, f dataset.File) (string, error) {
		return folder.Presign(ctx, f.Path, f.Bytes, time.Minute)
	}
}

func TestLiveRefuses(t *testing.T) {
	dir := emitted(t, manyRuns(1))
	file := filepath.Join(t.TempDir(), "file")
	must(t, os.WriteFile(file, nil, 0o600))
	for _, c := range []struct {
		change func(*Config)
		want   string
	}{
		{func(c *Config) { c.Method = "carrier pigeon" }, "no method of loading"},
		{func(c *Config) { c.ImportDir, c.Server.URI = "", "bolt://db.example.com" }, "--neo4j-import-dir names its import directory"},
		{func(c *Config) { c.LoadURL = "https://example.com/csv" }, "give one"},
		{func(c *Config) { c.ImportDir = file }, "is no directory"},
		{func(c *Config) { c.ImportDir, c.LoadURL = "", "ftp://example.com" }, "--load-url"},
		{func(c *Config) { c.ImportDir, c.LoadURL = "", "https://ann:secret@example.com/csv" }, "send no user along"},
		{func(c *Config) { c.ImportDir, c.LoadURL = "", "https://example.com/csv?sig=1" }, "has a user, a ? or a #"},
		{func(c *Config) { c.Server.URI = "http://localhost" }, "begins with none of"},
	} {
		cfg := Config{Method: LoadCSV, Dir: dir, ImportDir: t.TempDir()}
		c.change(&cfg)
		if _, err := Load(t.Context(), cfg); !isUsage(err, c.want) {
			t.Errorf("%v, not %s", err, c.want)
		}
		if err := Check(t.Context(), cfg); !isUsage(err, c.want) {
			t.Errorf("check: %v, not %s", err, c.want)
		}
	}
	cfg := Config{Method: LoadCSV, Dir: dir, ImportDir: t.TempDir(), Server: server.Config{URI: "bolt://127.0.0.1:1"}}
	if _, err := Load(t.Context(), cfg); err == nil || !strings.Contains(err.Error(), "is the server up") {
		t.Errorf("no server there: %v", err)
	}
}

func TestNewEnough(t *testing.T) {
	for version, want := range map[string]bool{"5.22.0": false, "4.4.30": false, "5.23.0": true, "5.26.30": true, "2026.08.1": true, "aura": true, "5.27-aura": true} {
		if newEnough(version) != want {
			t.Errorf("%s: %v", version, !want)
		}
	}
}

// A checkpoint counts for its directory and its database, and for no other.
func TestCheckpoint(t *testing.T) {
	dir := emitted(t, manyRuns(1))
	runs := graph.NodeTable(graph.SpaceliftRun)
	open := func(dir, into string) *checkpoint {
		t.Helper()
		c, err := openCheckpoint(dir, into)
		must(t, err)
		return c
	}
	c := open(dir, "here")
	must(t, c.reached(runs, 5, 1))
	must(t, c.reached(runs, 9, 1))
	must(t, c.save())
	if got := open(dir, "here").at(runs); got != (reached{9, 2}) {
		t.Errorf("%+v", got)
	}
	if got := open(dir, "there").at(runs); got != (reached{}) {
		t.Errorf("of another place: %+v", got)
	}
	must(t, os.WriteFile(c.path, []byte(`{"manifest": "`), 0o600))
	if got := open(dir, "here").at(runs); got != (reached{}) {
		t.Errorf("of half a file: %+v", got)
	}
	must(t, c.save())
	emitInto(t, dir, manyRuns(2))
	if got := open(dir, "here").at(runs); got != (reached{}) {
		t.Errorf("of another directory: %+v", got)
	}
	must(t, c.remove())
	must(t, c.remove())
	if _, err := os.Stat(c.path); err == nil {
		t.Error("it is still there")
	}
}

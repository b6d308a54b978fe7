package verify

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"go.uber.org/goleak"

	"liftgraph/emit"
	"liftgraph/emit/rowfile"
	"liftgraph/graph"
	"liftgraph/graph/graphtest"
	"liftgraph/internal/dataset"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	accounts  = graph.NodeTable(graph.SpaceliftAccount)
	users     = graph.NodeTable(graph.SpaceliftUser)
	spaces    = graph.NodeTable(graph.SpaceliftSpace)
	ownsSpace = graph.RelationshipTable(graph.SpaceliftAccount, graph.Resource, graph.SpaceliftSpace)
	contains  = graph.RelationshipTable(graph.SpaceliftSpace, graph.Contains, graph.SpaceliftSpace)
	roles     = graph.RelationshipTable(graph.SpaceliftUser, graph.HasRoleIn, graph.SpaceliftSpace)
)

// sample is a small whole graph.
func sample() map[*graph.Table][]graph.Row {
	row := graphtest.Row
	return map[*graph.Table][]graph.Row{
		accounts:  {row(accounts, "acme", "acme", "Acme, \"Inc\"\r\n")},
		users:     {row(users, "ada", "Ada", "", ""), row(users, "bob", "bob")},
		spaces:    {row(spaces, "prod"), row(spaces, "root", "root"), row(spaces, "test")},
		ownsSpace: {row(ownsSpace, "acme", "prod"), row(ownsSpace, "acme", "root"), row(ownsSpace, "acme", "test")},
		contains:  {row(contains, "root", "prod"), row(contains, "root", "test")},
		roles:     {row(roles, "ada", "root", "ADMIN"), row(roles, "ada", "root", "READ"), row(roles, "bob", "prod", "READ")},
	}
}

// publish publishes the rows as a stage and returns the directory.
func publish(t testing.TB, stage string, rows map[*graph.Table][]graph.Row) string {
	t.Helper()
	if stage == "graph" {
		dir, _ := graphtest.Publish(t, stage, func(d *dataset.Dir) { graphtest.Write(t, rowfile.NewSink(d), rows) })
		return dir
	}
	dir := filepath.Join(t.TempDir(), stage)
	e, err := emit.Open(t.Context(), emit.Job{Model: graph.Default}, emit.Target{Format: emit.Format(stage), Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Abandon()
	graphtest.Write(t, e, rows)
	if err := e.Publish(dataset.Manifest{}); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestWhole(t *testing.T) {
	for _, stage := range []string{"graph", "csv", "parquet"} {
		t.Run(stage, func(t *testing.T) {
			r, err := Dir(context.Background(), publish(t, stage, sample()), t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			want := Report{Stage: stage, Files: r.Files, Rows: 14, Nodes: 6, Relationships: 8}
			if *r != want || r.Files < 6 {
				t.Errorf("%+v, not %+v", *r, want)
			}
		})
	}
}

// A directory of an earlier version, without indexes, is whole too.
func TestWithoutIndexes(t *testing.T) {
	for _, stage := range []string{"csv", "parquet"} {
		dir := publish(t, stage, sample())
		unlist(t, dir, "index/")
		if _, err := Dir(context.Background(), dir, t.TempDir()); err != nil {
			t.Errorf("%s: %v", stage, err)
		}
	}
}

// What is read of each format is what was written.
func TestSameRowsInEveryFormat(t *testing.T) {
	for stage, f := range formats {
		dir := publish(t, stage, sample())
		m, err := dataset.ReadManifest(dir)
		if err != nil {
			t.Fatal(err)
		}
		parts, err := layout(graph.Default, m, f)
		if err != nil {
			t.Fatal(err)
		}
		got := map[*graph.Table][]graph.Row{}
		for table, list := range parts {
			for _, part := range list {
				err := f.readPart(dir, table, part, func(r graph.Row) error {
					got[table] = append(got[table], graphtest.Clone(r))
					return nil
				})
				if err != nil {
					t.Fatal(err)
				}
			}
		}
		if fmt.Sprint(got) != fmt.Sprint(sample()) {
			t.Errorf("%s returns\n%v\nnot\n%v", stage, got, sample())
		}
	}
}

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Dir(ctx, publish(t, "csv", sample()), t.TempDir()); err == nil || !strings.Contains(err.Error(), "canceled") {
		t.Errorf("got %v", err)
	}
}

func TestRaw(t *testing.T) {
	dir, _ := graphtest.Publish(t, "raw", func(d *dataset.Dir) {
		f, err := d.File("run/part-00000.ndjson.zst")
		if err != nil {
			t.Fatal(err)
		}
		z, _ := zstd.NewWriter(f)
		io.WriteString(z, "{\"id\":1}\n{\"id\":2}\n")
		z.Close()
		f.AddRows(2)
		f.Close()
	})
	r, err := Dir(context.Background(), dir, t.TempDir())
	if err != nil || r.Rows != 2 {
		t.Errorf("%+v, %v", r, err)
	}
	edit(t, dir, func(m *dataset.Manifest) { m.Files[0].Rows = 3 })
	if _, err := Dir(context.Background(), dir, t.TempDir()); err == nil || !strings.Contains(err.Error(), "2 records, but the manifest says 3") {
		t.Errorf("got %v", err)
	}
}

// edit changes the manifest.
func edit(t *testing.T, dir string, change func(*dataset.Manifest)) {
	t.Helper()
	m, err := dataset.ReadManifest(dir)
	if err != nil {
		t.Fatal(err)
	}
	change(m)
	b, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, dataset.ManifestName), b, 0o600); err != nil {
		t.Fatal(err)
	}
}

// forge changes a file and makes the manifest agree with it: only what the file says can give it away.
func forge(t *testing.T, dir, path string, rows int64, change func(text string) string) {
	t.Helper()
	name := filepath.Join(dir, path)
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	text := string(b)
	packed := strings.HasSuffix(path, ".gz")
	if packed {
		z, err := gzip.NewReader(bytes.NewReader(b))
		if err != nil {
			t.Fatal(err)
		}
		all, err := io.ReadAll(z)
		if err != nil {
			t.Fatal(err)
		}
		text = string(all)
	}
	changed := change(text)
	if changed == text {
		t.Fatalf("nothing was changed in %q", text)
	}
	var out bytes.Buffer
	if packed {
		z := gzip.NewWriter(&out)
		io.WriteString(z, changed)
		z.Close()
	} else {
		out.WriteString(changed)
	}
	if err := os.WriteFile(name, out.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(out.Bytes())
	edit(t, dir, func(m *dataset.Manifest) {
		for i := range m.Files {
			if f := &m.Files[i]; f.Path == path {
				f.Bytes, f.SHA256, f.Rows = int64(out.Len()), hex.EncodeToString(sum[:]), f.Rows+rows
			}
		}
		for i := range m.Ledger {
			m.Ledger[i].In += rows
			m.Ledger[i].Out += rows
		}
	})
}

package lookup

import (
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"liftgraph/emit/published"
	fakes3 "liftgraph/fixtures/s3"
	"liftgraph/graph"
	"liftgraph/graph/graphtest"
	"liftgraph/internal/objects"
)

// upload copies a directory into a bucket and returns its URI.
func upload(t testing.TB, dir string) string {
	t.Helper()
	t.Cleanup(http.DefaultTransport.(*http.Transport).CloseIdleConnections)
	s, err := fakes3.New()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	for _, variable := range s.Env() {
		key, value, _ := strings.Cut(variable, "=")
		t.Setenv(key, value)
	}
	err = filepath.WalkDir(dir, func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		b, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(dir, name)
		return s.Put("acme-published", "night/"+filepath.ToSlash(rel), b, nil)
	})
	if err != nil {
		t.Fatal(err)
	}
	return "s3://acme-published/night"
}

// From S3 look-ups return what they do from a directory, and read small ranges alone.
func TestSameFromS3(t *testing.T) {
	all := rows(1)
	for _, stage := range []string{"csv", "parquet"} {
		t.Run(stage, func(t *testing.T) {
			dir := publish(t, stage, all)
			local := open(t, dir)
			d, err := OpenURI(t.Context(), upload(t, dir), "", published.Options{S3: objects.Options{AWS: &objects.AWS{PathStyle: true}}, Temp: t.TempDir()})
			if err != nil {
				t.Fatal(err)
			}
			defer d.Close()
			for table, list := range all {
				for column := range table.IDs() {
					for i := 0; i < len(list); i += 1 + len(list)/5 {
						ids := []string{list[i][column].Text}
						var got, want []graph.Row
						for _, q := range []struct {
							dir *Dir
							to  *[]graph.Row
						}{{d, &got}, {local, &want}} {
							if err := q.dir.Rows(t.Context(), table, By(column), ids, func(row graph.Row) error { *q.to = append(*q.to, graphtest.Clone(row)); return nil }); err != nil {
								t.Fatal(err)
							}
						}
						if !reflect.DeepEqual(got, want) || len(want) == 0 {
							t.Fatalf("%s by %d %q: got\n%v\nwant\n%v", table.Name, column, ids, got, want)
						}
					}
				}
			}
		})
	}
}

// A manifest that lists a file elsewhere is refused.
func TestEscapingPath(t *testing.T) {
	dir := publish(t, "csv", rows(1))
	b, err := os.ReadFile(filepath.Join(dir, "manifest.json"))
	if err != nil {
		t.Fatal(err)
	}
	evil := strings.Replace(string(b), `"path":"nodes/`, `"path":"../../nodes/`, 1)
	if evil == string(b) {
		evil = strings.Replace(string(b), `"path": "nodes/`, `"path": "../../nodes/`, 1)
	}
	if err := os.WriteFile(filepath.Join(dir, "manifest.json"), []byte(evil), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), dir); err == nil || !strings.Contains(fmt.Sprint(err), "stored elsewhere") {
		t.Errorf("got %v", err)
	}
}

package source

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"liftgraph/ingest/source/sourcetest"
	"liftgraph/internal/dataset"
)

func TestPublishedRows(t *testing.T) {
	dir := sourcetest.Publish(t, sourcetest.PeopleArgs+sourcetest.KnowsArgs, sourcetest.PersonKey, sourcetest.People, sourcetest.Knows)
	got, err := Rows(dir)
	if want := (Counts{3, 2}); err != nil || got != want {
		t.Errorf("got %v, %v; expected %v", got, err, want)
	}
}

func TestPublishedRowsRefuses(t *testing.T) {
	for _, c := range []struct {
		name, want string
		spoil      func(dir string) error
	}{
		{"no manifest", "not a published directory", func(dir string) error { return os.Remove(filepath.Join(dir, "manifest.json")) }},
		{"cut part", "part-00000.csv.gz has 5 bytes, but", func(dir string) error {
			return os.Truncate(filepath.Join(dir, "nodes/Person/part-00000.csv.gz"), 5)
		}},
		{"lost part", "no such file", func(dir string) error { return os.Remove(filepath.Join(dir, "nodes/Person/part-00000.csv.gz")) }},
		{"changed arguments", "neo4j-admin.args isn't as it was written", func(dir string) error {
			args := strings.Replace(sourcetest.PeopleArgs, "Person", "Parson", 1)
			return os.WriteFile(filepath.Join(dir, ArgsName), []byte(args), 0o600)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := sourcetest.Publish(t, sourcetest.PeopleArgs, sourcetest.PersonKey, sourcetest.People)
			must(t, c.spoil(dir))
			if _, err := Rows(dir); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, expected %q", err, c.want)
			}
		})
	}
}

func TestOtherStagesAreRefused(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "graph")
	d, err := dataset.Create(dir)
	must(t, err)
	must(t, d.Publish(&dataset.Manifest{Stage: "graph"}))
	if _, err := Rows(dir); err == nil || !strings.Contains(err.Error(), "stage graph") {
		t.Errorf("got %v", err)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

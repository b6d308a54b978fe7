package ingest

import (
	"compress/gzip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"liftgraph/internal/dataset"
)

// table is one table of a directory made for a test.
type table struct {
	folder, header string
	rows           []string
}

// people and knows are two small tables, and their options.
var (
	people = table{"nodes/Person", "name:ID(Person),age:long,:LABEL", []string{`"Ann",41,Person`, `"Bob",,Person`, `"Eve",7,Person`}}
	knows  = table{"relationships/Person_KNOWS_Person", ":START_ID(Person),:END_ID(Person),since:long,:TYPE", []string{`"Ann","Bob",1999,KNOWS`, `"Bob","Ann",,KNOWS`}}
)

const (
	peopleArgs = "--nodes=./nodes/Person/header.csv,./nodes/Person/part-00000.csv.gz\n"
	knowsArgs  = "--relationships=./relationships/Person_KNOWS_Person/header.csv,./relationships/Person_KNOWS_Person/part-00000.csv.gz\n"
	personKey  = "CREATE CONSTRAINT person_key IF NOT EXISTS FOR (n:Person) REQUIRE n.name IS UNIQUE;\n"
)

// publish makes a directory as emit does, without emit: its rows are lines, right or wrong.
func publish(t *testing.T, args, constraints string, tables ...table) (dir string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "csv")
	d, err := dataset.Create(dir)
	must(t, err)
	for _, table := range tables {
		must(t, d.WriteFile(table.folder+"/header.csv", []byte(table.header+"\n")))
		f, err := d.File(table.folder + "/part-00000.csv.gz")
		must(t, err)
		z := gzip.NewWriter(f)
		_, err = z.Write([]byte(strings.Join(table.rows, "\n") + "\n"))
		must(t, err)
		must(t, z.Close())
		f.AddRows(int64(len(table.rows)))
		must(t, f.Close())
	}
	must(t, d.WriteFile(argsName, []byte(args)))
	must(t, d.WriteFile(constraintsName, []byte(constraints)))
	must(t, d.Publish(&dataset.Manifest{Stage: "csv"}))
	return dir
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestPublishedRows(t *testing.T) {
	dir := publish(t, peopleArgs+knowsArgs, personKey, people, knows)
	got, err := publishedRows(dir)
	if want := (counts{3, 2}); err != nil || got != want {
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
			args := strings.Replace(peopleArgs, "Person", "Parson", 1)
			return os.WriteFile(filepath.Join(dir, argsName), []byte(args), 0o600)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := publish(t, peopleArgs, personKey, people)
			must(t, c.spoil(dir))
			if _, err := publishedRows(dir); err == nil || !strings.Contains(err.Error(), c.want) {
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
	if _, err := publishedRows(dir); err == nil || !strings.Contains(err.Error(), "stage graph") {
		t.Errorf("got %v", err)
	}
}

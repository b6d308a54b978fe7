// Package sourcetest makes published directories of a few lines, right or wrong, for the tests of loading.
package sourcetest

import (
	"compress/gzip"
	"path/filepath"
	"strings"
	"testing"

	"liftgraph/internal/dataset"
)

// Table is one table of a directory made for a test.
type Table struct {
	Folder, Header string
	Rows           []string
}

// People and Knows are two small tables, and their options.
var (
	People = Table{"nodes/Person", "name:ID(Person),age:long,:LABEL", []string{`"Ann",41,Person`, `"Bob",,Person`, `"Eve",7,Person`}}
	Knows  = Table{"relationships/Person_KNOWS_Person", ":START_ID(Person),:END_ID(Person),since:long,:TYPE", []string{`"Ann","Bob",1999,KNOWS`, `"Bob","Ann",,KNOWS`}}
)

// The options and the constraint of [People] and [Knows].
const (
	PeopleArgs = "--nodes=./nodes/Person/header.csv,./nodes/Person/part-00000.csv.gz\n"
	KnowsArgs  = "--relationships=./relationships/Person_KNOWS_Person/header.csv,./relationships/Person_KNOWS_Person/part-00000.csv.gz\n"
	PersonKey  = "CREATE CONSTRAINT person_key IF NOT EXISTS FOR (n:Person) REQUIRE n.name IS UNIQUE;\n"
)

// Publish makes a directory as emit does, without emit: its rows are lines, right or wrong.
func Publish(t testing.TB, args, constraints string, tables ...Table) (dir string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "csv")
	d, err := dataset.Create(dir)
	must(t, err)
	for _, table := range tables {
		must(t, d.WriteFile(table.Folder+"/header.csv", []byte(table.Header+"\n")))
		f, err := d.File(table.Folder + "/part-00000.csv.gz")
		must(t, err)
		z := gzip.NewWriter(f)
		_, err = z.Write([]byte(strings.Join(table.Rows, "\n") + "\n"))
		must(t, err)
		must(t, z.Close())
		f.AddRows(int64(len(table.Rows)))
		must(t, f.Close())
	}
	must(t, d.WriteFile("neo4j-admin.args", []byte(args)))
	must(t, d.WriteFile("constraints.cypher", []byte(constraints)))
	must(t, d.Publish(&dataset.Manifest{Stage: "csv"}))
	return dir
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

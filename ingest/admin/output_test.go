package admin

import (
	"context"
	"errors"
	"strings"
	"testing"

	"liftgraph/ingest/source"
)

// What 5.26.30 says, shortened.
const (
	doneOutput = `Neo4j version: 5.26.30
Importing the contents of these files into /n/data/databases/neo4j:
Nodes:
  /d/./nodes/A/header.csv
  12 nodes

Relationships, started 2026-11-21 08:15:12.902+0000

[*Relationships:0B/s 82.82MiB-----------------------------------------------------------------] 120K ∆ 120K
[*Relationships:0B/s 82.82MiB-----------------------------------------------------------------]1.05M ∆ 930K
Done in 6s 231ms
Node Degrees, started 2026-11-21 08:15:19.291+0000
[>--------------------------------------|*CALCULATE:73.29MiB----------------------------------]   35 ∆   35
Done in 827ms

IMPORT DONE in 1s 847ms. 
Imported:
  75 nodes
  35 relationships
  325 properties
Peak memory usage: 71.38MiB`
	badRow = `Error in input data

WARNING Import failed. The store files in /n/data/databases/neo4j are left as they are, although they are likely in an unusable state.
org.neo4j.cli.CommandFailedException: Error importing csv file.
	at org.neo4j.importer.CsvImporter.doImport(CsvImporter.java:210)
Caused by: org.neo4j.importer.FileImporter$CsvImportException: org.neo4j.internal.batchimport.input.InputException: ERROR in input
  data source: BufferedCharSeeker[source:/d/./nodes/X/part-00000.csv.gz, position:50, line:2]
  in field: n:long:3
  for header: [id:ID(X), s:string, n:long, :LABEL]
  raw field value: notint
  original error: Not an integer: "notint"
	... 13 more
Caused by: java.lang.NumberFormatException: Not an integer: "notint"`
	duplicate = `org.neo4j.cli.CommandFailedException: Error importing csv file.
Caused by: org.neo4j.importer.FileImporter$CsvImportException: java.lang.RuntimeException: java.util.concurrent.ExecutionException: org.neo4j.internal.batchimport.cache.idmapping.string.DuplicateInputIdException: Id 'a' is defined more than once in group 'X'
Caused by: org.neo4j.internal.batchimport.cache.idmapping.string.DuplicateInputIdException: Id 'a' is defined more than once in group 'X'`
	// What 2026.08.1 says, shortened.
	badRow26 = `org.neo4j.cli.CommandFailedException: Error importing csv file.

ERROR in input
  data source: BufferedCharSeeker[source:/d/n/number.csv, position:26, line:2]
  in field: age:long:2
  original error: Not an integer: "old"`
	dangling26 = `org.neo4j.cli.CommandFailedException: Error importing csv file.

Invalid relationship in import data
/d/r/dangling.csv: line 1
(Ann:Person)-[KNOWS]->(Zoe:Person) referring to missing node Zoe

Please provide this file if requesting neo4j support

	at org.neo4j.importer.FileImporter.doImport(FileImporter.java:190)
Caused by: org.neo4j.importer.FileImporter$CsvImportException: Invalid relationship in import data
/d/r/dangling.csv: line 1
(Ann:Person)-[KNOWS]->(Zoe:Person) referring to missing node Zoe
	... 13 more
Caused by: org.neo4j.internal.batchimport.input.InputException: Invalid relationship in import data
/d/r/dangling.csv: line 1
(Ann:Person)-[KNOWS]->(Zoe:Person) referring to missing node Zoe
	at org.neo4j.internal.batchimport.X.y(X.java:1)
and something else`
	exists = `Database already exist. Re-run with ` + "`--overwrite-destination`" + ` to remove the database prior to import`
)

func TestOutput(t *testing.T) {
	var seen []string
	o := &output{want: source.Counts{Nodes: 0, Relationships: 1_048_000}, progress: func(p Progress) { seen = append(seen, p.String()) }}
	for line := range strings.Lines(doneOutput) {
		o.line(strings.TrimSuffix(line, "\n"))
	}
	if !o.done || o.imported != (source.Counts{Nodes: 75, Relationships: 35}) || o.properties != 325 || o.store != "/n/data/databases/neo4j" {
		t.Errorf("read %+v", o)
	}
	if got, want := strings.Join(seen, "|"), "Relationships: 0 of 1048000|Relationships: 120000 of 1048000|Relationships: 1048000 of 1048000|Node Degrees|Node Degrees: 35"; got != want {
		t.Errorf("progress %s, expected %s", got, want)
	}
}

func TestFailure(t *testing.T) {
	const begun = "Importing the contents of these files into /n/data/databases/neo4j:"
	for _, c := range []struct {
		name, stdout, stderr string
		code                 int
		err, is              error
		want                 []string
	}{
		{"bad row", begun, badRow, 70, nil, nil, []string{
			`/d/nodes/X/part-00000.csv.gz, near line 2, field n:long: Not an integer: "notint"`, "exit code 70", "unusable", "--overwrite"}},
		{"duplicate", begun, duplicate, 70, nil, nil, []string{": Id 'a' is defined more than once in group 'X'"}},
		{"bad row of 2026", begun, badRow26, 70, nil, nil, []string{`: /d/n/number.csv, near line 2, field age:long: Not an integer: "old"`}},
		{"dangling of 2026", begun, dangling26, 70, nil, nil, []string{": Invalid relationship in import data: /d/r/dangling.csv: line 1: (Ann:Person)-[KNOWS]->(Zoe:Person) referring to missing node Zoe; database"}},
		{"exists", begun, exists, 70, nil, ErrDatabaseExists, []string{"--overwrite", "left as it is"}},
		{"in use", "", "The database is in use. Stop database 'neo4j' and try again.", 1, nil, ErrDatabaseInUse, []string{"neo4j stop"}},
		{"disk full", begun, "Caused by: java.io.IOException: No space left on device", 70, nil, nil, []string{"the disk is full"}},
		{"memory", begun, "Caused by: java.lang.OutOfMemoryError: Java heap space", 1, nil, nil, []string{"HEAP_SIZE"}},
		{"early cancel", "", "", -1, context.Canceled, context.Canceled, []string{"stopped", "no database was touched"}},
		{"late cancel", begun, "", -1, context.Canceled, context.Canceled, []string{"stopped", "unusable"}},
		{"silent", begun, "", 0, nil, nil, []string{"without saying that the import is done"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := new(output)
			o.line(c.stdout)
			for line := range strings.Lines(c.stderr) {
				o.errorLine(strings.TrimSuffix(line, "\n"))
			}
			err := o.failure(Config{Database: "neo4j"}, "/tmp/report", nil, c.code, c.err)
			if c.is != nil && !errors.Is(err, c.is) {
				t.Errorf("%v isn't %v", err, c.is)
			}
			for _, want := range c.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%v\nlacks %s", err, want)
				}
			}
		})
	}
}

func TestRejected(t *testing.T) {
	for report, want := range map[string]string{
		"a (global id space) is missing\nanother\n": "a (global id space) is missing",
		`{"problem":"BadRelationship","message":"Invalid relationship in import data\n/d/r.csv: line 1\n(Ann:Person)-[KNOWS]->(Zoe:Person) referring to missing node Zoe","source":"/d/r.csv","line":1}` + "\n{}": "Invalid relationship in import data: /d/r.csv: line 1: (Ann:Person)-[KNOWS]->(Zoe:Person) referring to missing node Zoe",
		`{"problem":"new"}`: `{"problem":"new"}`,
	} {
		if got := rejected([]byte(report)); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}

package csvfile

import (
	"fmt"
	"strings"

	"liftgraph/graph"
	"liftgraph/graph/cypher"
)

// scriptRows is how many rows the script writes in a transaction.
const scriptRows = 10_000

// scriptHead says how the script is run.
const scriptHead = `// Loads these files into a Neo4j (5.23 or later) that may hold other things already: what is there is updated, what isn't
// is created. Running it again changes nothing. The parameter base is the URL of this directory as the server sees it,
// with a slash at the end: below its import directory (server.directories.import), or of a web server.
//
//   cypher-shell -P "base => 'file:///csv/'" -f load.cypher
//
// Where another tool has made plain indexes on the same properties, as Cartography does, the constraints can't be made
// and needn't be: give cypher-shell --fail-at-end too.
// ` + "`liftgraph ingest --method load-csv`" + ` does the same, leaves out such constraints, goes on after an interruption and removes what is stale.
`

// Script returns the statements by which a server loads the tables written, in their order: what makes nodes findable, nodes, relationships.
func (s *Sink) Script(model *graph.Model) []byte {
	o := cypher.Options{Model: model}
	var b strings.Builder
	b.WriteString(scriptHead)
	for _, k := range cypher.Keys(o) {
		fmt.Fprintf(&b, "%s;\n", k.Make())
	}
	b.WriteString("CALL db.awaitIndexes(3600);\n")
	for _, t := range model.Tables() {
		w := s.tables[t]
		if w == nil || w.Rows == 0 {
			continue
		}
		for _, path := range w.Parts {
			if s.copies[path] {
				path = cypher.CopyPath(path)
			}
			fmt.Fprintf(&b, "\n%s;\n", cypher.Script(t, o, "$base + "+cypher.Text(path), scriptRows))
		}
	}
	return []byte(b.String())
}

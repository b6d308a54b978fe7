package stale

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"liftgraph/graph"
	"liftgraph/graph/cypher"
	"liftgraph/internal/dataset"
)

var update = flag.Bool("update", false, "write the golden file")

// shown are tables of each kind: nodes that are listed, shared or reported by a log; relationships with and without an owner.
var shown = []string{
	"SpaceliftStack", "SpaceliftRun", "SpaceliftGitCommit", "SpaceliftAuditEvent", "SpaceliftSpace_CONTAINS_SpaceliftStack", "SpaceliftStack_GENERATED_SpaceliftRun",
	"SpaceliftRun_AFFECTED_EC2Instance", "GitHubUser_PUSHED_SpaceliftGitCommit", "SpaceliftUser_PERFORMED_SpaceliftAuditEvent",
}

// The questions as the server gets them, in every model: with a retention and a stack that failed, which has all conditions, and
// where all was read. And the statements that delete.
func TestQueries(t *testing.T) {
	var b strings.Builder
	for _, m := range graph.Models() {
		for _, c := range []struct {
			name  string
			query Query
		}{
			{"everything read, logs kept for any time", Query{Cover: CoverageOf(&dataset.Manifest{Scopes: allScopes(), SanitizedIDs: &dataset.SanitizedIDs{}}, "acme")}},
			{"one stack not read, ids unresolved, with a retention", Query{Expire: true, Cover: CoverageOf(&dataset.Manifest{Scopes: append(allScopes(),
				dataset.Scope{Scope: graph.ScopeRuns, Stack: "web"})}, "acme")}},
		} {
			c.query.Model, c.query.Options = m, cypher.Options{Model: m}
			for _, table := range m.Tables() {
				if q := c.query.Candidates(table); q != "" && slices.Contains(shown, table.Name) {
					fmt.Fprintf(&b, "// %s, %s: %s\n%s;\n\n", m.Name, table.Name, c.name, q)
				}
			}
		}
		for _, table := range m.Tables() {
			if table.Name == "SpaceliftRun" || table.Name == "SpaceliftStack_GENERATED_SpaceliftRun" {
				fmt.Fprintf(&b, "// %s, %s: deleted\n%s;\n\n", m.Name, table.Name, Removal(table, cypher.Options{Model: m}))
			}
		}
	}
	golden := filepath.Join("testdata", "queries.cypher")
	if *update {
		must(t, os.MkdirAll("testdata", 0o755))
		must(t, os.WriteFile(golden, []byte(b.String()), 0o644))
	}
	want, err := os.ReadFile(golden)
	must(t, err)
	if got := b.String(); got != string(want) {
		t.Errorf("the queries differ from %s; if that is meant: go test ./ingest/stale -update\n%s", golden, firstDifference(got, string(want)))
	}
}

func firstDifference(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(g), len(w)) {
		if g[i] != w[i] {
			return fmt.Sprintf("line %d\ngot  %s\nwant %s", i+1, g[i], w[i])
		}
	}
	return fmt.Sprintf("got %d lines, want %d", len(g), len(w))
}

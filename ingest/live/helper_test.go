package live

import (
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"liftgraph/emit"
	neo4jtest "liftgraph/fixtures/neo4j"
	"liftgraph/graph"
	"liftgraph/graph/graphtest"
	"liftgraph/ingest/server"
	"liftgraph/internal/dataset"
)

// tag is the update tag of [graphtest.Row].
const tag = 1700000000

// emitted publishes rows of the model as emit does.
func emitted(t testing.TB, rows map[*graph.Table][]graph.Row) (dir string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "csv")
	emitInto(t, dir, rows)
	return dir
}

func emitInto(t testing.TB, dir string, rows map[*graph.Table][]graph.Row) {
	t.Helper()
	e, err := emit.Open(t.Context(), emit.Job{Model: graph.Default}, emit.Target{Format: emit.CSV, Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = e.Abandon() }()
	graphtest.Write(t, e, rows)
	if err := e.Publish(dataset.Manifest{UpdateTag: tag, Accounts: []string{"acme"}}); err != nil {
		t.Fatal(err)
	}
}

// loadInto returns how a directory is loaded into an instance through its import directory.
func loadInto(i *neo4jtest.Instance, dir string) Config {
	return Config{Method: LoadCSV, Dir: dir, Server: server.Config{URI: i.URI, Password: i.Password}, ImportDir: filepath.Join(i.Home, "import")}
}

// ask returns the first column of what a query returns.
func ask(t testing.TB, i *neo4jtest.Instance, query string) (list []any) {
	t.Helper()
	r, err := neo4j.ExecuteQuery(t.Context(), i.Driver(t), query, nil, neo4j.EagerResultTransformer)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	for _, record := range r.Records {
		list = append(list, record.Values[0])
	}
	return list
}

// dump returns everything that a database holds, in an order that depends on nothing else: nodes by labels and
// properties, relationships by theirs and the keys of their ends.
func dump(t testing.TB, i *neo4jtest.Instance) []string {
	t.Helper()
	var lines []string
	d := i.Driver(t)
	for _, query := range []string{
		"MATCH (n) RETURN labels(n), properties(n)",
		"MATCH (a)-[r]->(b) RETURN labels(a), coalesce(a.id, a.username), type(r), properties(r), labels(b), coalesce(b.id, b.username)",
	} {
		r, err := neo4j.ExecuteQuery(t.Context(), d, query, nil, neo4j.EagerResultTransformer)
		if err != nil {
			t.Fatal(err)
		}
		for _, record := range r.Records {
			line, err := json.Marshal(record.Values) // of a map, sorted by keys
			if err != nil {
				t.Fatal(err)
			}
			lines = append(lines, string(line))
		}
	}
	slices.Sort(lines)
	return lines
}

// same compares two dumps.
func same(t testing.TB, what string, got, want []string) {
	t.Helper()
	if slices.Equal(got, want) {
		return
	}
	var b strings.Builder
	shown := 0
	for _, l := range got {
		if _, found := slices.BinarySearch(want, l); !found && shown < 3 {
			fmt.Fprintf(&b, "\nnot expected: %.300s", l)
			shown++
		}
	}
	for _, l := range want {
		if _, found := slices.BinarySearch(got, l); !found && shown < 6 {
			fmt.Fprintf(&b, "\nmissing: %.300s", l)
			shown++
		}
	}
	t.Errorf("%s: %d elements, not the %d expected%s", what, len(got), len(want), b.String())
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func isUsage(err error, want string) bool {
	_, ok := errors.AsType[*server.UsageError](err)
	return ok && strings.Contains(err.Error(), want)
}

var nested = graph.RelationshipTable(graph.SpaceliftSpace, graph.Contains, graph.SpaceliftSpace)

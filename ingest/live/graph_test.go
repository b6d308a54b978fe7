package live

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"liftgraph/cmd/liftgraph/pipeline"
	"liftgraph/emit"
	"liftgraph/extract/cloudtrail"
	"liftgraph/extract/spacelift"
	"liftgraph/fixtures/fakespacelift"
	neo4jtest "liftgraph/fixtures/neo4j"
	"liftgraph/fixtures/sample"
	"liftgraph/graph"
	"liftgraph/graph/graphtest"
	"liftgraph/ingest/server"
	"liftgraph/internal/objects"
)

// sampleAccount publishes the sample account, its calls among it, and returns the directory that holds csv, parquet and graph.
func sampleAccount(t *testing.T) (data string) {
	t.Helper()
	data = t.TempDir()
	trail := filepath.Join(t.TempDir(), "trail")
	must(t, sample.WriteCloudTrail(trail))
	store, err := objects.Open(t.Context(), trail, objects.Options{})
	must(t, err)
	_, endpoint := fakespacelift.Start(t, sample.Account(), sample.Options())
	_, err = pipeline.Run(t.Context(), pipeline.Config{
		Version: "test", Data: data, Temp: t.TempDir(), UpdateTag: 1700000000, StubRuns: true, Keep: true,
		Spacelift:  &spacelift.Config{Endpoint: endpoint, Token: sample.Token, Workers: 3},
		CloudTrail: &pipeline.CloudTrail{Config: cloudtrail.Config{Sources: []cloudtrail.Source{{URI: trail, Store: store}}, FollowRoles: true, Temp: t.TempDir()}},
		Targets:    []emit.Target{{Format: emit.CSV, Dir: filepath.Join(data, "csv")}, {Format: emit.Parquet, Dir: filepath.Join(data, "parquet")}},
	})
	must(t, err)
	return data
}

// contents returns everything in a database, one line for each node and relationship, sorted.
func contents(t *testing.T, i *neo4jtest.Instance) []string {
	t.Helper()
	var lines []string
	for _, query := range []string{
		"MATCH (n) RETURN labels(n) AS labels, properties(n) AS properties",
		`MATCH (a)-[r]->(b) RETURN labels(a) AS from, coalesce(a.id, a.username) AS start, type(r) AS type, properties(r) AS properties, labels(b) AS to, coalesce(b.id, b.username) AS end`,
	} {
		r, err := neo4j.ExecuteQuery(t.Context(), i.Driver(t), query, nil, neo4j.EagerResultTransformer)
		must(t, err)
		for _, record := range r.Records {
			b, err := json.Marshal(record.AsMap()) // keys sorted
			must(t, err)
			lines = append(lines, string(b))
		}
	}
	slices.Sort(lines)
	return lines
}

// sameContents compares contents.
func sameContents(t *testing.T, what string, got, want []string) {
	t.Helper()
	if len(want) == 0 {
		t.Fatal("nothing is expected")
	}
	if slices.Equal(got, want) {
		return
	}
	t.Errorf("%s: %d nodes and relationships, not %d", what, len(got), len(want))
	shown := 0
	for _, line := range got {
		if _, ok := slices.BinarySearch(want, line); !ok && shown < 5 {
			t.Errorf("%s: there is %.500s", what, line)
			shown++
		}
	}
	for _, line := range want {
		if _, ok := slices.BinarySearch(got, line); !ok && shown < 10 {
			t.Errorf("%s: there isn't %.500s", what, line)
			shown++
		}
	}
}

// run runs statements.
func run(t *testing.T, i *neo4jtest.Instance, statements ...string) {
	t.Helper()
	_, err := server.Apply(context.Background(), i.Driver(t), "neo4j", statements)
	must(t, err)
}

// boltConfig loads a directory into an instance over Bolt.
func boltConfig(i *neo4jtest.Instance, dir string) Config {
	return Config{Method: Bolt, Dir: dir, Server: server.Config{URI: i.URI, Password: i.Password}}
}

// loads loads, and wants so many nodes and relationships.
func loads(t *testing.T, cfg Config, nodes, relationships int64) *Report {
	t.Helper()
	report, err := Load(t.Context(), cfg)
	if err != nil {
		t.Fatalf("%s: %v", cfg.Dir, err)
	}
	if report.Nodes != nodes || report.Relationships != relationships {
		t.Errorf("%s: %d nodes and %d relationships are reported, not %d and %d", cfg.Dir, report.Nodes, report.Relationships, nodes, relationships)
	}
	return report
}

// countOf counts the lines that contain a text.
func countOf(lines []string, text string) (n int) {
	for _, line := range lines {
		if strings.Contains(line, text) {
			n++
		}
	}
	return n
}

var roles = graph.RelationshipTable(graph.SpaceliftUser, graph.HasRoleIn, graph.SpaceliftSpace)

// tangle is spaces within spaces and users with roles in them, at random: relationships in which every order of locks comes up.
func tangle(spaces, users, edges int) map[*graph.Table][]graph.Row {
	rows := map[*graph.Table][]graph.Row{}
	id := func(n int) string { return fmt.Sprintf("%06d", n) }
	for table, n := range map[*graph.Table]int{graph.NodeTable(graph.SpaceliftSpace): spaces, graph.NodeTable(graph.SpaceliftUser): users} {
		for k := range n {
			rows[table] = append(rows[table], graphtest.Row(table, id(k)))
		}
	}
	r := rand.New(rand.NewPCG(5, 6))
	for table, starts := range map[*graph.Table]int{nested: spaces, roles: users} {
		keys := map[[2]int]bool{}
		for range edges {
			keys[[2]int{r.IntN(starts), r.IntN(spaces)}] = true
		}
		for _, key := range slices.SortedFunc(maps.Keys(keys), func(a, b [2]int) int { return slices.Compare(a[:], b[:]) }) {
			row := []any{id(key[0]), id(key[1]), "READ"}
			rows[table] = append(rows[table], graphtest.Row(table, row[:table.KeyColumns()]...))
		}
	}
	return rows
}

// expected returns what [contents] of a database is that holds rows.
func expected(rows map[*graph.Table][]graph.Row) (lines []string) {
	for table, list := range rows {
		for _, row := range list {
			properties, line := map[string]any{}, map[string]any{}
			for i, v := range row {
				switch {
				case !v.Present || table.Node == nil && i < 2:
				case table.Columns[i].Type == graph.String:
					properties[table.Columns[i].Name] = v.Text
				case table.Columns[i].Type == graph.Bool:
					properties[table.Columns[i].Name] = v.Num != 0
				default:
					properties[table.Columns[i].Name] = v.Num
				}
			}
			line["properties"] = properties
			if table.Node != nil {
				line["labels"] = []string{table.Name}
			} else {
				r := table.Relationship
				line["from"], line["to"], line["type"], line["start"], line["end"] = []graph.Label{r.From}, []graph.Label{r.To}, r.Type, row[0].Text, row[1].Text
			}
			b, err := json.Marshal(line)
			if err != nil {
				panic(err)
			}
			lines = append(lines, string(b))
		}
	}
	slices.Sort(lines)
	return lines
}

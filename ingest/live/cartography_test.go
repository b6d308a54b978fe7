package live

import (
	"encoding/json"
	"path/filepath"
	"slices"
	"testing"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"liftgraph/cmd/liftgraph/pipeline"
	"liftgraph/emit"
	neo4jtest "liftgraph/fixtures/neo4j"
	"liftgraph/graph"
	"liftgraph/ingest/admin"
)

// labelled returns everything in a database as contents does, with the labels of a node in an order that doesn't depend on
// which of them the database met first.
func labelled(t *testing.T, i *neo4jtest.Instance) (lines []string) {
	t.Helper()
	for _, query := range []string{
		"MATCH (n) RETURN COLLECT { UNWIND labels(n) AS l RETURN l ORDER BY l } AS labels, properties(n) AS properties",
		"MATCH (a)-[r]->(b) RETURN coalesce(a.id, a.username) AS start, type(r) AS type, properties(r) AS properties, coalesce(b.id, b.username) AS end",
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

// In Cartography's model every method writes the same graph, with every label and list; here on a server that reads CSV as other
// readers do.
func TestEveryMethodGivesCartography(t *testing.T) {
	data := sampleAccount(t)
	dir := filepath.Join(data, "cartography")
	_, err := pipeline.Emit(t.Context(), pipeline.Config{Version: "test", Data: data, Temp: t.TempDir(), Model: graph.Cartography, Targets: []emit.Target{{Format: emit.CSV, Dir: dir}}})
	must(t, err)
	i := neo4jtest.NewInstance(t)
	i.Configure(t, "db.import.csv.legacy_quote_escaping=false")
	_, err = admin.Import(t.Context(), admin.Config{Dir: dir, Neo4jHome: i.Home, Temp: t.TempDir()})
	must(t, err)
	i.Start(t)
	want := labelled(t, i)
	for _, text := range []string{`"labels":["CloudTrailSpaceliftEvent","SpaceliftCloudTrailEvent"]`, `"affected_instance_ids":["i-`, `"labels":["AWSEC2Instance","EC2Instance"]`, `"type":"ASSUMES"`} {
		if countOf(want, text) == 0 {
			t.Errorf("nothing has %s", text)
		}
	}
	for _, cfg := range []Config{loadInto(i, dir), boltConfig(i, dir)} {
		i.Empty(t)
		for range 2 {
			_, err := Load(t.Context(), cfg)
			must(t, err)
			sameContents(t, cfg.Method, labelled(t, i), want)
		}
	}
	i.Empty(t)
	t.Run("without legacy quotes", func(t *testing.T) { withoutLegacyQuotes(t, i) })
}

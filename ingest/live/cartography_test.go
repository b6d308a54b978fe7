package live

import (
	"encoding/json"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"liftgraph/cmd/liftgraph/pipeline"
	"liftgraph/emit"
	neo4jtest "liftgraph/fixtures/neo4j"
	"liftgraph/graph"
	"liftgraph/ingest/admin"
	"liftgraph/internal/dataset"
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
	t.Run("what only Cartography wrote", func(t *testing.T) { onlyCartographys(t, i, dir) })
	i.Empty(t)
	t.Run("without legacy quotes", func(t *testing.T) { withoutLegacyQuotes(t, i) })
}

// onlyCartographys loads into a graph with nodes that only Cartography wrote: what the API lists no more goes, events stay,
// with what they hang on, until the retention ends.
func onlyCartographys(t *testing.T, i *neo4jtest.Instance, dir string) {
	const before = 1_600_000_000 // the sample's update tag is 1,700,000,000: November 2023
	account := accountOf(t, dir)
	node := func(label, id, properties string) string {
		return "MATCH (a:SpaceliftAccount {id: '" + account + "'}) CREATE (n:" + label + " {id: '" + id + "', _module_name: 'cartography:spacelift', lastupdated: " + strconv.Itoa(before) + properties + "}) " +
			"CREATE (a)-[:RESOURCE {lastupdated: " + strconv.Itoa(before) + "}]->(n)"
	}
	run(t, i, "CREATE (:SpaceliftAccount {id: '"+account+"', lastupdated: "+strconv.Itoa(before)+"})",
		node("SpaceliftRun", "carto-run", ", spacelift_account_id: '"+account+"'"), node("SpaceliftRun", "carto-idle", ", spacelift_account_id: '"+account+"'"),
		node("SpaceliftUser", "carto-user", ""), node("SpaceliftCloudTrailEvent", "carto-event", ", event_time: '2023-11-01T00:00:00Z'"),
		node("SpaceliftCloudTrailEvent", "carto-old", ", event_time: '2020-01-01T00:00:00Z'"),
		"MATCH (e:SpaceliftCloudTrailEvent {id: 'carto-event'}), (r:SpaceliftRun {id: 'carto-run'}) CREATE (e)-[:FROM_RUN {lastupdated: "+strconv.Itoa(before)+"}]->(r)")
	left := func() (ids []string) {
		r, err := neo4j.ExecuteQuery(t.Context(), i.Driver(t), "MATCH (:SpaceliftAccount {id: $account})-[:RESOURCE]->(n) WHERE n._module_name = 'cartography:spacelift' RETURN n.id AS id ORDER BY id", map[string]any{"account": account}, neo4j.EagerResultTransformer)
		must(t, err)
		for _, record := range r.Records {
			ids = append(ids, record.AsMap()["id"].(string))
		}
		return ids
	}
	cfg := boltConfig(i, dir)
	for _, c := range []struct {
		retention time.Duration
		want      []string
	}{{400 * 24 * time.Hour, []string{"carto-event", "carto-run"}}, {24 * time.Hour, nil}} {
		cfg.Retention = c.retention
		_, err := Load(t.Context(), cfg)
		must(t, err)
		if got := left(); !slices.Equal(got, c.want) {
			t.Errorf("with a retention of %s, %q are left, not %q", c.retention, got, c.want)
		}
	}
}

// accountOf returns the account of a published directory.
func accountOf(t *testing.T, dir string) string {
	t.Helper()
	m, err := dataset.ReadManifest(dir)
	must(t, err)
	return m.Accounts[0]
}

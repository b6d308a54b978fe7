package emit_test

import (
	"fmt"
	"maps"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"liftgraph/emit"
	neo4jtest "liftgraph/fixtures/neo4j"
	"liftgraph/graph"
	"liftgraph/graph/graphtest"
	"liftgraph/internal/dataset"
)

// nasty is what a user can type, and what has been seen to break readers of CSV.
var nasty = []string{
	"", " ", "  both ends  ", "a,b", `a"b`, `"`, `""`, `a\"b`, `a\\"b`, `back\`, `back\\`, `\n\t`, "a\nb", "a\r\nb", "a\rb", "cr\r", "lf\n", "\n", "\r\n", "\r\n\r\n",
	"a\tb", "\tx\t", "\vb\f", "=1+1", "+1", "-1", "@x", "it's", "'", "a;b", ";", "null", "NULL", "true", "1", "1.5", "#x", "//", "🚀é漢", "\u00a0a\u2028b\u0085", "\ufeffbom", "\uffff", "\ufffd",
	"nul\x00", "\x01\x1f\x7f", "\",\"\n\"x\",\"y\"\n", "x\",1,SpaceliftGitCommit\n\"i-1\",\"", "{}", "[a]", "$x", "`", "%s", strings.Repeat("ü\"\n", 1<<20),
}

// nastyGraph holds every nasty string as a node's id and property and as a relationship's end and property.
func nastyGraph() map[*graph.Table][]graph.Row {
	commits, users, spaces := graph.NodeTable(graph.SpaceliftGitCommit), graph.NodeTable(graph.SpaceliftUser), graph.NodeTable(graph.SpaceliftSpace)
	roles := graph.RelationshipTable(graph.SpaceliftUser, graph.HasRoleIn, graph.SpaceliftSpace)
	row := graphtest.ExtremeRow
	rows := map[*graph.Table][]graph.Row{
		spaces: {
			row(spaces, "absent"),
			row(spaces, "false", "x", nil, false),
			row(spaces, "true", nil, "x", true),
		},
	}
	for i, s := range nasty {
		rows[commits] = append(rows[commits], row(commits, fmt.Sprintf("%04d", i), nil, s, s, nil, "end", s))
	}
	ids := slices.DeleteFunc(slices.Clone(nasty), func(s string) bool { return s == "" || len(s) > 1<<16 })
	for _, s := range slices.Sorted(slices.Values(ids)) {
		rows[users] = append(rows[users], row(users, s))
		rows[roles] = append(rows[roles], row(roles, s, "absent", s))
	}
	return rows
}

// What is written arrives in a real Neo4j exactly as it is, from CSV and from Parquet, where only
// empty strings are lost: the import tool takes those in Parquet for absent ones.
func TestRealImport(t *testing.T) {
	db := neo4jtest.NewInstance(t)
	data := t.TempDir()
	e := open(t, data)
	rows := nastyGraph()
	graphtest.Write(t, e, rows)
	if err := e.Publish(dataset.Manifest{}); err != nil {
		t.Fatal(err)
	}
	for _, f := range emit.Formats() {
		t.Run(string(f), func(t *testing.T) {
			cmd := exec.Command(filepath.Join(db.Home, "bin", "neo4j-admin"), "database", "import", "full", "neo4j", "--overwrite-destination", "--verbose",
				"--report-file="+filepath.Join(t.TempDir(), "report"), "@neo4j-admin.args")
			cmd.Dir, cmd.Env = filepath.Join(data, string(f)), db.Env()
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			stop := db.Start(t)
			defer stop()
			for table, list := range rows {
				compare(t, db, table, list, f == emit.CSV)
			}
		})
	}
}

// compare reads a table back and compares every property with what was written.
func compare(t *testing.T, db *neo4jtest.Instance, table *graph.Table, rows []graph.Row, empties bool) {
	t.Helper()
	query, key := fmt.Sprintf("MATCH (n:%s) RETURN n.id, properties(n), labels(n)[0]", table.Name), "id"
	if r := table.Relationship; r != nil {
		query, key = fmt.Sprintf("MATCH (a:%s)-[r]->(b:%s) RETURN a.id, properties(r), type(r)", r.From, r.To), "start_id"
	}
	got, err := neo4j.ExecuteQuery(t.Context(), db.Driver(t), query, nil, neo4j.EagerResultTransformer)
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Records) != len(rows) {
		t.Errorf("%s: %d of %d", table.Name, len(got.Records), len(rows))
	}
	want := map[string]map[string]any{}
	for _, r := range rows {
		properties := map[string]any{}
		for i, v := range r {
			switch c := table.Columns[i]; {
			case !v.Present || v.Text == "" && c.Type == graph.String && !empties:
			case c.Name == graph.StartID || c.Name == graph.EndID:
			case c.Type == graph.String:
				properties[c.Name] = v.Text
			case c.Type == graph.Bool:
				properties[c.Name] = v.Num != 0
			default:
				properties[c.Name] = v.Num
			}
		}
		want[r[0].Text] = properties
	}
	for _, record := range got.Records {
		id, properties := record.Values[0].(string), record.Values[1].(map[string]any)
		if !maps.Equal(properties, want[id]) {
			t.Errorf("%s with %s %q is\n%.300q\nnot\n%.300q", table.Name, key, id, fmt.Sprint(properties), fmt.Sprint(want[id]))
		}
		if name := record.Values[2]; name != table.Last() {
			t.Errorf("%s came as %s", table.Name, name)
		}
	}
}

package live

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	neo4jtest "liftgraph/fixtures/neo4j"
	"liftgraph/graph"
	"liftgraph/graph/cypher"
	"liftgraph/graph/graphtest"
	"liftgraph/ingest/admin"
	"liftgraph/ingest/source/sourcetest"
	"liftgraph/internal/dataset"
)

// nastyGraph holds sourcetest.Nasty strings as ids, as properties and as what distinguishes relationships.
func nastyGraph() map[*graph.Table][]graph.Row {
	commits, users, spaces := graph.NodeTable(graph.SpaceliftGitCommit), graph.NodeTable(graph.SpaceliftUser), graph.NodeTable(graph.SpaceliftSpace)
	roles := graph.RelationshipTable(graph.SpaceliftUser, graph.HasRoleIn, graph.SpaceliftSpace)
	rows := map[*graph.Table][]graph.Row{spaces: {graphtest.Row(spaces, "root", "root", "", true)}}
	texts := slices.Concat(sourcetest.Nasty[:len(sourcetest.Nasty)-1], []string{`\`, `\\`, `\\\`, `"\`, `\"`, `\",\"`, `{"a":"b\"c\\"}`}, sourcetest.RandomStrings(3000))
	for n, s := range texts {
		rows[commits] = append(rows[commits], graphtest.Row(commits, fmt.Sprintf("%06d", n), nil, s, s, nil, "end", s))
	}
	var ids []string
	for _, s := range texts {
		if s != "" && len(s) < 2000 {
			ids = append(ids, s)
		}
	}
	slices.Sort(ids)
	for _, s := range slices.Compact(ids) {
		rows[users] = append(rows[users], graphtest.Row(users, s))
		rows[roles] = append(rows[roles], graphtest.Row(roles, s, "root", s))
	}
	return rows
}

// LOAD CSV on a server of its own, which imports first and is stopped at last.
func TestLoadCSV(t *testing.T) {
	dir := emitted(t, nastyGraph())
	i := neo4jtest.NewInstance(t)
	_, err := admin.Import(t.Context(), admin.Config{Dir: dir, Neo4jHome: i.Home, Temp: t.TempDir()})
	must(t, err)
	stop := i.Start(t)
	want := dump(t, i)
	i.Empty(t)
	t.Run("loads what the import loads", func(t *testing.T) { equalsImport(t, i, dir, want) })
	i.Empty(t)
	t.Run("survives kills", func(t *testing.T) { survivesKills(t, i, stop) })
}

// LOAD CSV writes the same graph as the import tool, property for property, whatever the strings; and twice is once.
func equalsImport(t *testing.T, i *neo4jtest.Instance, dir string, want []string) {
	cfg := loadInto(i, dir)
	for _, time := range []string{"first", "second"} {
		report, err := Load(t.Context(), cfg)
		must(t, err)
		if report.Resumed != 0 || report.LeftOut != 0 || int(report.Nodes+report.Relationships) != len(want) {
			t.Errorf("%s: %+v", time, report)
		}
		same(t, time, dump(t, i), want)
	}
	if entries, _ := os.ReadDir(cfg.ImportDir); len(entries) != 0 {
		t.Errorf("left in the import directory: %v", entries)
	}
	if _, err := os.Stat(checkpointName(dir)); err == nil {
		t.Error("a checkpoint is left")
	}
	for _, line := range ask(t, i, "SHOW CONSTRAINTS YIELD name") {
		if name := line.(string); strings.HasPrefix(name, "EC2") || strings.HasPrefix(name, "GitHub") {
			t.Errorf("constraint %s on a label of others", name)
		}
	}
}

// A part has a copy only where LOAD CSV would read it wrongly.
func TestCopies(t *testing.T) {
	commits := graph.NodeTable(graph.SpaceliftGitCommit)
	users := graph.NodeTable(graph.SpaceliftUser)
	dir := emitted(t, map[*graph.Table][]graph.Row{
		commits: {graphtest.Row(commits, "1", nil, `say \"x\"`)},
		users:   {graphtest.Row(users, `dir\name`, `"quoted"`)},
	})
	m, err := dataset.ReadManifest(dir)
	must(t, err)
	var copies []string
	for _, f := range m.Files {
		if strings.HasPrefix(f.Path, cypher.CopyFolder) {
			copies = append(copies, f.Path)
		}
	}
	if want := []string{"load/nodes/SpaceliftGitCommit/part-00000.csv.gz"}; !slices.Equal(copies, want) {
		t.Errorf("copies %v, not %v", copies, want)
	}
	if _, err := os.Stat(filepath.Join(dir, "load.cypher")); err != nil {
		t.Error(err)
	}
}

// A server that is set to the dialect of other readers gets the parts themselves.
func withoutLegacyQuotes(t *testing.T, i *neo4jtest.Instance) {
	commits := graph.NodeTable(graph.SpaceliftGitCommit)
	want := map[string]string{}
	var rows []graph.Row
	for n, s := range []string{`\`, `\"`, `a\\"b`, `back\`, `back\\`, "\\\n"} {
		id := fmt.Sprint(n)
		want[id] = s
		rows = append(rows, graphtest.Row(commits, id, nil, s))
	}
	_, err := Load(t.Context(), loadInto(i, emitted(t, map[*graph.Table][]graph.Row{commits: rows})))
	must(t, err)
	sourcetest.CheckTexts(t, i.Driver(t), "MATCH (n:SpaceliftGitCommit) RETURN n.id, n.message", want)
}

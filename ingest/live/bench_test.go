package live

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"
	"golang.org/x/sync/errgroup"

	"liftgraph/emit"
	neo4jtest "liftgraph/fixtures/neo4j"
	"liftgraph/graph"
	"liftgraph/graph/cypher"
	"liftgraph/ingest/admin"
	"liftgraph/ingest/server"
	"liftgraph/internal/dataset"
)

// benchTable is a table whose rows follow from their number: here, and in Cypher on the server.
type benchTable struct {
	table *graph.Table
	rows  int
	cells []benchCell // the rest but the times is absent
}

// benchCell is a text that ends in a number: i, as its row's, divided and counted anew.
type benchCell struct {
	prefix   string
	div, mod int
}

func (c benchCell) text(i int) string { return fmt.Sprintf("%s%09d", c.prefix, i/c.div%c.mod) }

func (c benchCell) cypher() string {
	return fmt.Sprintf("'%s' + right('00000000' + toString(i / %d %% %d), 9)", c.prefix, c.div, c.mod)
}

// benchTables are runs with their commits, stacks and account, 4.25 rows a run: edges of every kind of ends, the
// account's hub among them. The rows are sorted.
func benchTables(runs int) []benchTable {
	const all = 1 << 30
	stacks, commits := max(runs/400, 1), max(runs/4, 1)
	run := benchCell{"01HPS6XB76", 1, all}
	stack, commit, account := benchCell{"team-prod-", 400, all}, benchCell{"5fc7e38a2b1d4c6e8f90a1b2c3d4e5f6", 4, all}, benchCell{"acme", 1, 1}
	own := func(c benchCell) benchCell { c.div = 1; return c }
	return []benchTable{
		{graph.NodeTable(graph.SpaceliftAccount), 1, []benchCell{account, account, account}},
		{graph.NodeTable(graph.SpaceliftStack), stacks, []benchCell{own(stack), own(stack)}},
		{graph.NodeTable(graph.SpaceliftRun), runs, []benchCell{run, {"TRACKED", 1, 3}, {"FINISHED", 1, 5}, commit, {"main", 1, 1}}},
		{graph.NodeTable(graph.SpaceliftGitCommit), commits, []benchCell{own(commit), own(commit), {"Change what has to be changed, number ", 1, all}}},
		{graph.RelationshipTable(graph.SpaceliftAccount, graph.Resource, graph.SpaceliftRun), runs, []benchCell{account, run}},
		{graph.RelationshipTable(graph.SpaceliftStack, graph.Generated, graph.SpaceliftRun), runs, []benchCell{stack, run}},
		{graph.RelationshipTable(graph.SpaceliftGitCommit, graph.Committed, graph.SpaceliftRun), runs, []benchCell{commit, run}},
	}
}

// publishBench publishes the tables as CSV.
func publishBench(b *testing.B, tables []benchTable) (dir string) {
	b.Helper()
	dir = filepath.Join(b.TempDir(), "csv")
	e, err := emit.Open(b.Context(), emit.Job{Model: graph.Default}, emit.Target{Format: emit.CSV, Dir: dir})
	check(b, err)
	for _, t := range tables {
		w, err := e.Table(t.table)
		check(b, err)
		for i := range t.rows {
			row := make(graph.Row, len(t.table.Columns))
			for k, c := range t.cells {
				row[k] = graph.Text(c.text(i))
			}
			row[len(row)-2], row[len(row)-1] = graph.Num(1700000000000), graph.Num(1700000000)
			check(b, w.Write(row))
		}
		check(b, w.Close())
	}
	check(b, e.Publish(dataset.Manifest{UpdateTag: 1700000000, Accounts: []string{"acme"}}))
	return dir
}

func check(b *testing.B, err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

// BenchmarkLoad reports rows per second into a fresh database, by method: of nodes, of relationships, and of everything; and
// beside them those of the server alone, which makes the same rows up itself, in as many transactions at a time as Bolt has.
// LIFTGRAPH_BENCH_RUNS sets another number of runs, LIFTGRAPH_BENCH_HEAP another heap of the server, e.g. 2g.
func BenchmarkLoad(b *testing.B) {
	runs, err := strconv.Atoi(cmp.Or(os.Getenv("LIFTGRAPH_BENCH_RUNS"), "2000"))
	check(b, err)
	tables := benchTables(runs)
	dir := publishBench(b, tables)
	i := benchServer(b)
	b.Run("admin", func(b *testing.B) {
		for b.Loop() {
			i := neo4jtest.NewInstance(b)
			report, err := admin.Import(b.Context(), admin.Config{Dir: dir, Neo4jHome: i.Home, Temp: b.TempDir()})
			check(b, err)
			b.ReportMetric(float64(report.Nodes+report.Relationships)/report.Took.Seconds(), "rows/s")
		}
	})
	live := func(name string, cfg Config) {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				i.Empty(b)
				cfg.Dir, cfg.Server, cfg.ImportDir = dir, server.Config{URI: i.URI}, ""
				if cfg.Method == LoadCSV {
					cfg.ImportDir = filepath.Join(i.Home, "import")
				}
				began := time.Now()
				var rows, nodes int64
				var nodesTook time.Duration
				cfg.Progress = func(p Progress) {
					if rows = p.Rows; !strings.Contains(p.Table, "_") {
						nodes, nodesTook = p.Rows, time.Since(began)
					}
				}
				report, err := Load(b.Context(), cfg)
				check(b, err)
				benchReport(b, nodes, rows-nodes, nodesTook, time.Since(began)-nodesTook)
				b.ReportMetric(float64(report.Retries), "retries")
			}
		})
	}
	live("load-csv", Config{Method: LoadCSV})
	for _, workers := range []int{1, 2, BoltWorkers} {
		live(fmt.Sprint("bolt/workers=", workers), Config{Method: Bolt, Workers: workers})
	}
	b.Run("server", func(b *testing.B) {
		for b.Loop() {
			benchLimit(b, i, tables)
		}
	})
}

func benchReport(b *testing.B, nodes, relationships int64, nodesTook, relationshipsTook time.Duration) {
	b.ReportMetric(float64(nodes)/nodesTook.Seconds(), "nodes/s")
	b.ReportMetric(float64(relationships)/relationshipsTook.Seconds(), "rels/s")
	b.ReportMetric(float64(nodes+relationships)/(nodesTook+relationshipsTook).Seconds(), "rows/s")
}

// benchServer starts a server as one is set up for work: the fixture's spares memory and compiles quickly rather than well.
func benchServer(b *testing.B) *neo4jtest.Instance {
	b.Helper()
	i := neo4jtest.NewInstance(b)
	name := filepath.Join(i.Home, "conf", "neo4j.conf")
	conf, err := os.ReadFile(name)
	check(b, err)
	heap := cmp.Or(os.Getenv("LIFTGRAPH_BENCH_HEAP"), "1g")
	text := strings.NewReplacer("max_size=512m", "max_size="+heap, "initial_size=128m", "initial_size="+heap, "pagecache.size=64m", "pagecache.size=512m",
		"server.jvm.additional=-XX:TieredStopAtLevel=1\n", "").Replace(string(conf))
	check(b, os.WriteFile(name, []byte(text), 0o600))
	i.Start(b)
	return i
}

// benchLimit has a server write rows that it makes itself: what no method can pass that asks it the same.
func benchLimit(b *testing.B, i *neo4jtest.Instance, tables []benchTable) {
	i.Empty(b)
	d := i.Driver(b)
	var keys []string
	for _, k := range cypher.Keys(cypher.Options{}) {
		keys = append(keys, k.Constraint())
	}
	_, err := server.Apply(b.Context(), d, "neo4j", keys)
	check(b, err)
	var rows [2]int64
	var took [2]time.Duration
	for _, t := range tables {
		kind, workers := 0, BoltWorkers
		if t.table.Relationship != nil {
			kind = 1
			if t.cells[0].mod == 1 { // every row has the same start, and locks it
				workers = 1
			}
		}
		began := time.Now()
		check(b, benchTableOnServer(b.Context(), d, t, workers))
		took[kind] += time.Since(began)
		rows[kind] += int64(t.rows)
	}
	benchReport(b, rows[0], rows[1], took[0], took[1])
}

func benchTableOnServer(ctx context.Context, d neo4j.DriverWithContext, t benchTable, workers int) error {
	cells := make([]string, len(t.table.Columns))
	for k := range cells {
		cells[k] = "null"
		if k < len(t.cells) {
			cells[k] = t.cells[k].cypher()
		}
	}
	cells[len(cells)-2], cells[len(cells)-1] = "1700000000000", "1700000000"
	statement := fmt.Sprintf("UNWIND range($from, $to) AS i WITH [%s] AS row CALL (row) {\n%s\n} RETURN count(written) AS n", strings.Join(cells, ", "), cypher.Upsert(t.table, cypher.Options{}))
	const batch = 4000 // rows: a whole number of stacks and commits, so that no two share one
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(workers)
	for from := 0; from < t.rows; from += batch {
		g.Go(func() error {
			_, err := neo4j.ExecuteQuery(ctx, d, statement, map[string]any{"from": from, "to": min(from+batch, t.rows) - 1}, neo4j.EagerResultTransformer)
			return err
		})
	}
	return g.Wait()
}

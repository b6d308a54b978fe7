package live

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"golang.org/x/sync/errgroup"

	neo4jtest "liftgraph/fixtures/neo4j"
	"liftgraph/graph"
	"liftgraph/graph/graphtest"
	"liftgraph/ingest/admin"
	"liftgraph/ingest/live/lanes"
)

// One server for all: it takes its time to start.
func TestBolt(t *testing.T) {
	data := sampleAccount(t)
	i := neo4jtest.NewInstanceWithPassword(t, "correct horse battery")
	i.Configure(t, "db.memory.transaction.max=32m")
	_, err := admin.Import(t.Context(), admin.Config{Dir: filepath.Join(data, "csv"), Neo4jHome: i.Home, Temp: t.TempDir()})
	must(t, err)
	stop := i.Start(t)
	t.Run("equals admin", func(t *testing.T) { boltEqualsAdmin(t, i, data) })
	for _, c := range []struct {
		name string
		test func(t *testing.T, i *neo4jtest.Instance, data string)
	}{
		{"leaves out", boltLeavesOut}, {"into Cartography's", boltIntoCartography}, {"goes on", boltGoesOn}, {"begins anew", boltBeginsAnew}, {"no deadlocks", boltDoesNotDeadlock},
	} {
		t.Run(c.name, func(t *testing.T) {
			i.Clear(t)
			c.test(t, i, data)
		})
	}
	server := t // whose end stops what is started anew
	t.Run("outlives the server", func(t *testing.T) {
		i.Clear(t)
		boltOutlivesTheServer(t, i, stop, func() { i.Start(server) })
	})
	t.Run("large rows", func(t *testing.T) { // the last, as wiping them is too much for a transaction
		i.Clear(t)
		boltLargeRows(t, i)
	})
}

// Whatever the method and the format, the graph is the same; and loading it again changes nothing.
func boltEqualsAdmin(t *testing.T, i *neo4jtest.Instance, data string) {
	csv := filepath.Join(data, "csv")
	want := contents(t, i)
	nodes, relationships := int64(countOf(want, `"labels":`)), int64(countOf(want, `"from":`))

	cfg := boltConfig(i, csv)
	loads(t, cfg, nodes, relationships)
	sameContents(t, "over what was imported", contents(t, i), want)
	i.Empty(t)
	cfg.limits = few(20)
	for _, format := range []string{"parquet", "csv"} {
		cfg.Dir = filepath.Join(data, format)
		loads(t, cfg, nodes, relationships)
		sameContents(t, format, contents(t, i), want)
	}
	i.Clear(t)
	cfg.Dir, cfg.Method, cfg.ImportDir = csv, LoadCSV, filepath.Join(i.Home, "import")
	loads(t, cfg, nodes, relationships)
	sameContents(t, "LOAD CSV", contents(t, i), want)
}

// A server that goes away in the middle and comes back: the load waits, and the graph is as if nothing had happened.
func boltOutlivesTheServer(t *testing.T, i *neo4jtest.Instance, stop, start func()) {
	rows := tangle(500, 250, 3000)
	cfg := boltConfig(i, emitted(t, rows))
	cfg.Workers = 4
	cfg.limits = few(50)
	var restart errgroup.Group
	once := sync.OnceFunc(func() {
		stop() // before the next batch is reported: the load must notice
		restart.Go(func() error {
			start()
			return nil
		})
	})
	cfg.Progress = func(p Progress) {
		if p.Rows > p.Total/2 && p.Rows < p.Total {
			once()
		}
	}
	report, err := Load(t.Context(), cfg)
	must(t, err)
	must(t, restart.Wait())
	if report.Retries == 0 {
		t.Error("the server was away, but nothing was tried again")
	}
	sameContents(t, "after a restart", contents(t, i), expected(rows))
	if report.Resumed != 0 || report.Nodes != 750 {
		t.Errorf("reported: %+v", report)
	}
}

// A load that ends in the middle leaves what it did, and the next one goes on there.
func boltGoesOn(t *testing.T, i *neo4jtest.Instance, _ string) {
	rows := tangle(500, 250, 3000)
	cfg := boltConfig(i, emitted(t, rows))
	cfg.limits = few(50)
	ctx, cancel := context.WithCancel(t.Context())
	cfg.Progress = func(p Progress) {
		if p.Rows > p.Total/2 {
			cancel()
		}
	}
	if _, err := Load(ctx, cfg); !errors.Is(err, context.Canceled) {
		t.Fatalf("it ended with %v", err)
	}
	cfg.Progress = nil
	report, err := Load(t.Context(), cfg)
	must(t, err)
	if report.Resumed < 2000 {
		t.Errorf("only %d rows were not loaded again", report.Resumed)
	}
	sameContents(t, "after two loads", contents(t, i), expected(rows))
}

// Where another client removes meanwhile what was loaded, the load says so, and the next one mends it.
func boltBeginsAnew(t *testing.T, i *neo4jtest.Instance, _ string) {
	rows := tangle(500, 250, 3000)
	cfg := boltConfig(i, emitted(t, rows))
	cfg.limits = few(50)
	once := sync.OnceFunc(func() { run(t, i, "MATCH (n) WITH n LIMIT 100 DETACH DELETE n") })
	cfg.Progress = func(p Progress) {
		if p.Rows > p.Total/2 {
			once()
		}
	}
	if _, err := Load(t.Context(), cfg); err == nil || !strings.Contains(err.Error(), "nodes were removed") {
		t.Fatalf("it ended with %v", err)
	}
	cfg.Progress = nil
	_, err := Load(t.Context(), cfg)
	must(t, err)
	sameContents(t, "after two loads", contents(t, i), expected(rows))
}

// Two batches at work hardly ever wait for each other, where rows dealt in turn do.
func boltDoesNotDeadlock(t *testing.T, i *neo4jtest.Instance, _ string) {
	rows := tangle(300, 150, 3000)
	cfg := boltConfig(i, emitted(t, rows))
	cfg.Workers = 8
	cfg.limits = few(50)
	report := loads(t, cfg, 450, int64(len(rows[nested])+len(rows[roles])))
	sameContents(t, "with 8 workers", contents(t, i), expected(rows))

	run(t, i, "MATCH ()-[r]->() DELETE r")
	l, err := openLive(t.Context(), cfg)
	must(t, err)
	defer l.driver.Close(t.Context())
	s := newSender(l, nested)
	var group errgroup.Group
	for worker := range cfg.Workers {
		group.Go(func() error {
			for n := 0; n < len(rows[nested]); n += 50 {
				var list []any
				for k := worker; k < 50 && n+k < len(rows[nested]); k += cfg.Workers {
					row, _ := lanes.Columns(nested, rows[nested][n+k])
					list = append(list, row)
				}
				if _, err := s.write(t.Context(), worker, list, false); err != nil {
					return err
				}
			}
			return nil
		})
	}
	must(t, group.Wait())
	inTurn := s.retries.Load()
	t.Logf("%d batches were tried again, %d where rows are dealt in turn", report.Retries, inTurn)
	if inTurn == 0 || report.Retries > inTurn/4 { // the server locks neighbouring relationships too, seldom in an order of its own
		t.Errorf("%d batches were tried again, %d where rows are dealt in turn", report.Retries, inTurn)
	}
}

// Cells of 8 MB, and batches that are more than a server with little memory takes.
func boltLargeRows(t *testing.T, i *neo4jtest.Instance) {
	commits := graph.NodeTable(graph.SpaceliftGitCommit)
	rows := map[*graph.Table][]graph.Row{}
	for n := range 6 {
		rows[commits] = append(rows[commits], graphtest.Row(commits, fmt.Sprint("a", n), nil, strings.Repeat("ü", 4<<20)))
	}
	for n := range 20_000 {
		rows[commits] = append(rows[commits], graphtest.Row(commits, fmt.Sprintf("b%06d", n), nil, strings.Repeat("x", 40)))
	}
	cfg := boltConfig(i, emitted(t, rows))
	cfg.Workers, cfg.limits.Rows, cfg.limits.Size = 1, lanes.Default.Rows, 64<<20
	loads(t, cfg, 20_006, 0)
	sameContents(t, "large", contents(t, i), expected(rows))
}

// A graph that Cartography made: plain indexes, and nodes that others own.
func boltIntoCartography(t *testing.T, i *neo4jtest.Instance, data string) {
	i.Empty(t) // also of constraints
	csv := filepath.Join(data, "csv")
	instance := "i-046d87f24fb0ca530"
	run(t, i, "CREATE INDEX FOR (n:SpaceliftRun) ON (n.id)", "CREATE INDEX FOR (n:SpaceliftRun) ON (n.lastupdated)", "CREATE INDEX FOR (n:SpaceliftSpace) ON (n.id)",
		"CREATE INDEX FOR (n:AWSEC2Instance) ON (n.id)", "CREATE INDEX FOR (n:AWSEC2Instance) ON (n.instanceid)", "CREATE INDEX FOR (n:GitHubUser) ON (n.username)",
		"CREATE (:AWSEC2Instance:EC2Instance {id: '"+instance+"', instanceid: '"+instance+"', region: 'us-east-1', firstseen: 1, lastupdated: 2})",
		"CREATE (:SpaceliftSpace {id: 'root', firstseen: 3, lastupdated: 4, other: 'kept'})")
	cfg := boltConfig(i, csv)
	cfg.EC2Label = "AWSEC2Instance"
	cfg.limits = few(10)
	_, err := Load(t.Context(), cfg)
	must(t, err)
	once := contents(t, i)
	for _, want := range []string{
		`"],"properties":{"firstseen":1,"id":"` + instance + `","instanceid":"` + instance + `","lastupdated":2,"region":"us-east-1"}}`,
		`"firstseen":3,"id":"root","is_root":true,"lastupdated":1700000000,"name":"root","other":"kept"`,
	} {
		if countOf(once, want) != 1 {
			t.Errorf("%d times %s", countOf(once, want), want)
		}
	}
	if countOf(once, `"labels":["EC2Instance"]`) != 0 || countOf(once, `"labels":["AWSEC2Instance"]`) == 0 {
		t.Error("instances have the wrong label")
	}
	_, err = Load(t.Context(), cfg)
	must(t, err)
	sameContents(t, "loaded twice", contents(t, i), once)
	i.Empty(t)
}

// Nodes of others that aren't there stay so, and the relationships that they would end are counted, also over an interruption.
func boltLeavesOut(t *testing.T, i *neo4jtest.Instance, data string) {
	csv := filepath.Join(data, "csv")
	cfg := boltConfig(i, csv)
	cfg.limits = few(2)
	_, err := Load(t.Context(), cfg)
	must(t, err)
	all := contents(t, i)
	affected, pushed, hosts := countOf(all, `"type":"AFFECTED"`), countOf(all, `"type":"PUSHED"`), countOf(all, `"type":"RUNS_ON"`)
	here := countOf(all, `"end":"i-046d87f24fb0ca530"`)
	i.Clear(t)

	run(t, i, "CREATE (:EC2Instance {id: 'i-046d87f24fb0ca530', instanceid: 'i-046d87f24fb0ca530'})")
	cfg.NoCreateForeign = true
	for stops := 0; ; stops++ {
		ctx, cancel := context.WithCancel(t.Context())
		left := 40
		cfg.Progress = func(Progress) {
			if left--; left == 0 {
				cancel()
			}
		}
		report, err := Load(ctx, cfg)
		cancel()
		if errors.Is(err, context.Canceled) {
			continue
		}
		must(t, err)
		if want := affected + pushed + hosts - here; report.LeftOut != int64(want) || stops == 0 {
			t.Errorf("after %d stops %d relationships were left out, not %d", stops, report.LeftOut, want)
		}
		break
	}
	got := contents(t, i)
	if n := countOf(got, `"labels":["EC2Instance"]`) + countOf(got, `"labels":["GitHubUser"]`); n != 1 {
		t.Errorf("%d nodes of others", n)
	}
	if n := countOf(got, `"end":"i-046d87f24fb0ca530"`); n != here || n == 0 {
		t.Errorf("%d relationships to the one there is, not %d", n, here)
	}
}

// few returns limits by which there are many batches of few rows.
func few(rows int) lanes.Limits { return lanes.Limits{Rows: rows, Size: lanes.Default.Size} }

// Rows are created where the graph has none; what another load wrote meanwhile, or a try whose end is not known, is merged.
func TestCreate(t *testing.T) {
	i := neo4jtest.Shared(t)
	commits := graph.NodeTable(graph.SpaceliftGitCommit)
	rows := map[*graph.Table][]graph.Row{commits: {graphtest.Row(commits, "a", nil, "first"), graphtest.Row(commits, "b", nil, "second")}}
	l, err := openLive(t.Context(), boltConfig(i, emitted(t, rows)))
	must(t, err)
	defer l.driver.Close(t.Context())
	must(t, l.schema(t.Context()))
	generated := graph.RelationshipTable(graph.SpaceliftStack, graph.Generated, graph.SpaceliftRun)
	for _, c := range []struct {
		table *graph.Table
		from  int64
		want  bool
	}{
		{commits, 1, false}, {commits, 0, true}, {commits, 0, false}, {graph.NodeTable(graph.GitHubUser), 0, false}, {generated, 0, true},
		{graph.RelationshipTable(graph.GitHubUser, graph.Pushed, graph.SpaceliftGitCommit), 0, false},
	} {
		if got, err := l.fresh(t.Context(), c.table, c.from); err != nil || got != c.want {
			t.Errorf("%s from row %d: created %t, %v, want %t", c.table.Name, c.from, got, err, c.want)
		}
	}
	run(t, i, "CREATE (:SpaceliftGitCommit {id: 'b', firstseen: 7})") // by another load
	var list []any
	for _, row := range rows[commits] {
		columns, _ := lanes.Columns(commits, row)
		list = append(list, columns)
	}
	if _, err := newSender(l, commits).write(t.Context(), 0, list, true); err != nil {
		t.Error(err)
	}
	if got := fmt.Sprint(ask(t, i, "MATCH (n:SpaceliftGitCommit) RETURN n.id + ' ' + n.message + ' ' + n.firstseen ORDER BY n.id")); got != "[a first 1700000000000 b second 7]" {
		t.Errorf("the graph has %s", got)
	}
	l.looked = map[*graph.Table]bool{}
	if created, err := l.fresh(t.Context(), commits, 0); err != nil || created {
		t.Errorf("created where there are some: %t, %v", created, err)
	}
}

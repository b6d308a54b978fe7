package live

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	neo4jtest "liftgraph/fixtures/neo4j"
	"liftgraph/graph"
	"liftgraph/graph/graphtest"
	"liftgraph/ingest/server"
)

// loadedEnv names what [TestLoadedProcess] loads, and after how many rows it waits to be killed: METHOD DIR URI IMPORTDIR ROWS, by spaces.
const loadedEnv = "LIFTGRAPH_TEST_LOADED"

// TestLoadedProcess is no test but a process of its own that loads, to be killed.
func TestLoadedProcess(t *testing.T) {
	var method, dir, uri, imports string
	var rows int64
	if n, _ := fmt.Sscan(os.Getenv(loadedEnv), &method, &dir, &uri, &imports, &rows); n != 5 {
		t.Skip("only as a process of its own")
	}
	saveEvery = 0 // so that how much is taken up doesn't depend on the machine
	_, err := Load(t.Context(), Config{Method: method, Dir: dir, Server: server.Config{URI: uri}, ImportDir: imports, batch: 100,
		Progress: func(p Progress) {
			if p.Rows >= rows {
				fmt.Println("reached")
				select {}
			}
		}})
	must(t, err)
}

// manyRuns is a graph of some size, with edges that differ in nothing but their event, and one without any.
func manyRuns(n int) map[*graph.Table][]graph.Row {
	runs, instances := graph.NodeTable(graph.SpaceliftRun), graph.NodeTable(graph.EC2Instance)
	affected := graph.RelationshipTable(graph.SpaceliftRun, graph.Affected, graph.EC2Instance)
	rows := map[*graph.Table][]graph.Row{}
	for k := range n {
		run, instance := fmt.Sprintf("run-%06d", k), fmt.Sprintf("i-%06d", k/3)
		rows[runs] = append(rows[runs], graphtest.Row(runs, run, "TRACKED", "FINISHED", nil, `back\\slash`, k))
		if k%3 == 0 {
			rows[instances] = append(rows[instances], graphtest.Row(instances, instance, instance))
		}
		rows[affected] = append(rows[affected],
			graphtest.Row(affected, run, instance, nil, nil, nil, nil, nil, "plain"),
			graphtest.Row(affected, run, instance, "event-1", "2023-11-14T22:13:20Z", "RunInstances"),
			graphtest.Row(affected, run, instance, "event-2", "2023-11-14T22:13:21Z", "StopInstances"))
	}
	return rows
}

// Whatever is killed in the middle, the loader or the server: the next load, or the same, goes on where it stopped, and the graph is the one
// of a load that nothing disturbs.
func survivesKills(t *testing.T, i *neo4jtest.Instance, stop func()) {
	dir := emitted(t, manyRuns(3000))
	cfg := loadInto(i, dir)
	_, err := Load(t.Context(), cfg)
	must(t, err)
	want := dump(t, i)
	i.Empty(t)
	cfg.batch = 100
	killLoad(t, cfg, int64(len(want)/3))
	if entries, _ := os.ReadDir(cfg.ImportDir); len(entries) != 1 {
		t.Errorf("the killed load was to leave its files: %v", entries)
	}

	restarted := make(chan struct{})
	begun := false
	cfg.Progress = func(p Progress) {
		if p.Rows > p.Total*2/3 && p.Rows < p.Total && !begun {
			begun = true
			stop() // before the next rows are reported: the load must notice
			go func() {
				defer close(restarted)
				i.Start(t)
			}()
		}
	}
	report, err := Load(t.Context(), cfg)
	must(t, err)
	<-restarted
	if report.Resumed < int64(len(want)/4) || report.Resumed == int64(len(want)) {
		t.Errorf("%d rows were taken to be there already, of %d", report.Resumed, len(want))
	}
	if report.Retries == 0 {
		t.Error("the restart wasn't noticed")
	}
	same(t, "the graph", dump(t, i), want)
	if entries, _ := os.ReadDir(cfg.ImportDir); len(entries) != 0 {
		t.Errorf("left in the import directory: %v", entries)
	}
}

// killLoad begins a load in a process of its own and kills it after so many rows.
func killLoad(t *testing.T, cfg Config, after int64) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestLoadedProcess$", "-test.v")
	cmd.Env = append(os.Environ(), loadedEnv+"="+strings.Join([]string{cfg.Method, cfg.Dir, cfg.Server.URI, cfg.ImportDir, fmt.Sprint(after)}, " "))
	out, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if lines.Text() == "reached" {
			must(t, cmd.Process.Kill())
			break
		}
	}
	if err := cmd.Wait(); err == nil {
		t.Fatal("the load ended before it was killed")
	}
}

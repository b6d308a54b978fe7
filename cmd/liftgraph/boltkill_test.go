package main

import (
	"encoding/json"
	"math/rand/v2"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"liftgraph/fixtures/fakespacelift"
	"liftgraph/fixtures/generate"
	neo4jtest "liftgraph/fixtures/neo4j"
)

// Killed at any moment, a load over Bolt goes on where it was, and the graph is the one of a load that nothing disturbed.
// LIFTGRAPH_KILLS sets another number of kills.
func TestKillBolt(t *testing.T) {
	i := neo4jtest.NewInstance(t)
	kills := 3
	if s := os.Getenv("LIFTGRAPH_KILLS"); s != "" {
		var err error
		if kills, err = strconv.Atoi(s); err != nil {
			t.Fatal(err)
		}
	}
	h, err := fakespacelift.New(generate.New(generate.Size{Stacks: 20, Runs: 2000, Entities: 100, Seed: 1}), fakespacelift.Options{Token: "t"})
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(h)
	defer s.Close()
	data := filepath.Join(t.TempDir(), "data")
	command := func(args ...string) *exec.Cmd {
		cmd := exec.Command("liftgraph", append(args, "--data", data, "--progress", "none")...)
		cmd.Env = append(os.Environ(), "SPACELIFT_API_KEY_ENDPOINT="+s.URL, "SPACELIFT_API_TOKEN=t", "LIFTGRAPH_REQUESTS_PER_SECOND=0", "NEO4J_URI="+i.URI)
		return cmd
	}
	whole := func(args ...string) string {
		out, err := command(args...).CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		return string(out)
	}
	whole("run")
	i.Start(t)
	whole("ingest", "--method", "bolt")
	want := database(t, i)
	if _, err := neo4j.ExecuteQuery(t.Context(), i.Driver(t), "MATCH (n) DETACH DELETE n", nil, neo4j.EagerResultTransformer); err != nil {
		t.Fatal(err)
	}
	killed, checkpoint := 0, func() string {
		b, _ := os.ReadFile(filepath.Join(data, ".csv.load.json"))
		return string(b)
	}
	for range kills {
		cmd := command("ingest", "--method", "bolt")
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		for before, end := checkpoint(), time.Now().Add(time.Minute); checkpoint() == before && time.Now().Before(end); {
			time.Sleep(5 * time.Millisecond)
		}
		time.Sleep(rand.N(500 * time.Millisecond))
		cmd.Process.Kill()
		if cmd.Wait() != nil {
			killed++
		}
	}
	last := whole("ingest", "--method", "bolt")
	if killed == 0 || !strings.Contains(last, "had been loaded before") {
		t.Errorf("%d of %d loads were killed; the last one says: %s", killed, kills, last)
	}
	if got := database(t, i); !slices.Equal(got, want) {
		t.Errorf("after %d kills the graph has %d nodes and relationships, not %d, or others", killed, len(got), len(want))
	}
	if _, err := os.Stat(filepath.Join(data, ".csv.load.json")); err == nil {
		t.Error("the checkpoint of a load that is complete is still there")
	}
}

// database returns all that a database holds, sorted.
func database(t *testing.T, i *neo4jtest.Instance) (lines []string) {
	t.Helper()
	for _, query := range []string{
		"MATCH (n) RETURN labels(n), properties(n)",
		"MATCH (a)-[r]->(b) RETURN coalesce(a.id, a.username), type(r), properties(r), coalesce(b.id, b.username)",
	} {
		r, err := neo4j.ExecuteQuery(t.Context(), i.Driver(t), query, nil, neo4j.EagerResultTransformer)
		if err != nil {
			t.Fatal(err)
		}
		for _, record := range r.Records {
			line, err := json.Marshal(record.Values)
			if err != nil {
				t.Fatal(err)
			}
			lines = append(lines, string(line))
		}
	}
	slices.SortFunc(lines, strings.Compare)
	return lines
}

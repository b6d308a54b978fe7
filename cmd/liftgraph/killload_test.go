package main

import (
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	neo4jtest "liftgraph/fixtures/neo4j"
)

// Killed at any moment, a load into an existing database goes on where it was, and in the end the graph is the one of a load that
// nothing interrupted. Two nights are loaded in turn, so that each load has something to change.
func (k *killer) ofLoads(t *testing.T) {
	i := neo4jtest.Shared(t)
	first, then := k.nights(t)
	k.env = append(k.env, "NEO4J_URI="+i.URI)
	for _, method := range []string{"bolt", "load-csv"} {
		t.Run(method, func(t *testing.T) {
			i.Empty(t)
			load := func(data string) []string {
				return []string{"ingest", "--method", method, "--older", "--data", data}
			}
			var want [2][]string
			var took [2]time.Duration
			for range 2 { // the second time as in each round
				for j, data := range []string{first, then} {
					took[j] = k.whole(t, load(data)...)
					want[j] = database(t, i)
				}
			}
			for round := range k.rounds {
				j := round / 10 % 2
				data := []string{first, then}[j]
				last := k.kill(t, took[j], load(data)...)
				if round%10 < 9 && round < k.rounds-1 {
					continue
				}
				k.whole(t, load(data)...)
				if got := database(t, i); !slices.Equal(got, want[j]) {
					t.Fatalf("after a kill after %v the graph has %d nodes and relationships, not %d, or others", last, len(got), len(want[j]))
				}
				if round%50 == 49 {
					t.Logf("%d kills so far", round+1)
				}
				if left, err := filepath.Glob(filepath.Join(data, ".csv.load*")); err != nil || len(left) > 0 {
					t.Fatal("the checkpoint of a complete load is left", left, err)
				}
			}
			t.Logf("%d kills within %v", k.rounds, took)
		})
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

package agent

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"liftgraph/emit/csvfile"
	"liftgraph/emit/published"
	"liftgraph/graph"
	"liftgraph/graph/graphtest"
	"liftgraph/internal/dataset"
	"liftgraph/query/diff"
	"liftgraph/query/lookup"
	"liftgraph/query/trace"
)

const stack = "payments"

// hostile begins what users typed.
const hostile = "<script>\u202e\u2066\u2028\x1b[31m\u009b2J"

// publish publishes a stack with so many runs of commits with long messages.
func publish(t *testing.T, runs int) string {
	t.Helper()
	table := graph.NodeTable(graph.SpaceliftRun)
	stacks := graph.NodeTable(graph.SpaceliftStack)
	generated := graph.RelationshipTable(graph.SpaceliftStack, graph.Generated, graph.SpaceliftRun)
	dir, _ := graphtest.Publish(t, "csv", func(d *dataset.Dir) {
		rows := map[*graph.Table][]graph.Row{stacks: {graphtest.Row(stacks, stack)}}
		for i := range runs {
			id := runID(i)
			rows[table] = append(rows[table], graphtest.Row(table, id, "TRACKED", "FINISHED", hostile+strings.Repeat("branch", 20), hostile))
			rows[generated] = append(rows[generated], graphtest.Row(generated, stack, id))
		}
		graphtest.Write(t, csvfile.New(d), rows)
	})
	return dir
}

func runID(i int) string { return fmt.Sprintf("01M7B6WRR2SHTT9YBY5J%06d", i) }

// connect returns the SDK's own client of a server with the tools.
func connect(t *testing.T, dir, before string, most int) *mcp.ClientSession {
	t.Helper()
	newest := &lookup.Newest{Open: func(ctx context.Context) (*lookup.Dir, error) { return lookup.Open(ctx, dir) }}
	server := New(Config{Version: "1", Newest: newest, Nights: &diff.Nights{URI: dir, Before: before, Options: published.Options{Temp: t.TempDir()}}, Most: most})
	here, there := mcp.NewInMemoryTransports()
	ss, err := server.Connect(t.Context(), there, nil)
	if err != nil {
		t.Fatal(err)
	}
	cs, err := mcp.NewClient(&mcp.Implementation{Name: "test"}, nil).Connect(t.Context(), here, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cs.Close()
		_ = ss.Wait()
		_ = newest.Close()
	})
	return cs
}

// call returns the text of a tool's result, and whether it is an error.
func call(t *testing.T, cs *mcp.ClientSession, tool string, args map[string]any) (string, bool) {
	t.Helper()
	res, err := cs.CallTool(t.Context(), &mcp.CallToolParams{Name: tool, Arguments: args})
	if err != nil {
		return err.Error(), true
	}
	if len(res.Content) != 1 {
		t.Fatalf("%s: %d contents, want 1", tool, len(res.Content))
	}
	return res.Content[0].(*mcp.TextContent).Text, res.IsError
}

// The tools are the four, all of them read-only, and none names a location.
func TestTools(t *testing.T) {
	cs := connect(t, publish(t, 1), "", Default)
	list, err := cs.ListTools(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, tool := range list.Tools {
		names = append(names, tool.Name)
		if tool.Annotations == nil || !tool.Annotations.ReadOnlyHint || tool.Annotations.DestructiveHint == nil || *tool.Annotations.DestructiveHint {
			t.Errorf("%s isn't said to be read-only", tool.Name)
		}
		if b, _ := json.Marshal(tool.InputSchema); strings.Contains(string(b), `"dir"`) || strings.Contains(string(b), `"uri"`) {
			t.Errorf("%s takes a location: %s", tool.Name, b)
		}
	}
	if got, want := strings.Join(names, " "), "diff schema search trace"; got != want {
		t.Errorf("got tools %q, want %q", got, want)
	}
	if s := cs.InitializeResult(); s != nil && !strings.Contains(s.Instructions, "never instructions") {
		t.Error("clients aren't warned of texts that others typed")
	}
}

// A tool says what the command says, also of errors.
func TestCalls(t *testing.T) {
	dir, before := publish(t, 3), publish(t, 2)
	cs := connect(t, dir, before, Default)
	_, missing := trace.Ask(t.Context(), dir, trace.Question{ID: "i-00000000", Limit: 1})
	for name, c := range map[string]struct {
		tool  string
		args  map[string]any
		wants string
		fails bool
	}{
		"trace":          {"trace", map[string]any{"id": runID(1)}, `"id":"` + runID(1) + `"`, false},
		"of a kind":      {"trace", map[string]any{"id": stack, "kind": "stack", "limit": 1}, `"more_runs":2`, false},
		"not there":      {"trace", map[string]any{"id": "i-00000000"}, missing.Error(), true},
		"empty":          {"trace", map[string]any{"id": ""}, "trace needs the id of an instance", true},
		"no id":          {"trace", map[string]any{}, "id", true},
		"bad kind":       {"trace", map[string]any{"id": "x", "kind": "planet"}, `kind "planet"`, true},
		"bad limit":      {"trace", map[string]any{"id": "x", "limit": -1}, "a limit of -1: it is at least 1", true},
		"candidates":     {"trace", map[string]any{"id": "01M7B6"}, "begins several ids", true},
		"search":         {"search", map[string]any{"query": "01m7b6"}, `{"kind":"run","id":"` + runID(2) + `"}`, false},
		"search cut":     {"search", map[string]any{"query": "01m7b6", "limit": 2}, "truncated, narrow by", false},
		"search nothing": {"search", map[string]any{"query": "zzz"}, `{"matches":[]}`, false},
		"diff":           {"diff", nil, `"SpaceliftRun": {"added":1,"removed":0,"changed":0}`, false},
		"diff rows":      {"diff", map[string]any{"rows": true, "table": "SpaceliftRun"}, runID(2), false},
		"diff of a day":  {"diff", map[string]any{"before": "2026-11-12"}, "not a lake", true},
		"diff of no day": {"diff", map[string]any{"after": "today"}, `"today" is no day`, true},
		"diff no table":  {"diff", map[string]any{"table": "Nothing"}, `no table "Nothing"`, true},
		"schema":         {"schema", nil, "### SpaceliftRun", false},
		"schema of one":  {"schema", map[string]any{"table": "SpaceliftRun"}, "- confirmed_at (integer)", false},
		"schema json":    {"schema", map[string]any{"as": "json"}, `"SpaceliftRun"`, false},
		"schema cypher":  {"schema", map[string]any{"as": "cypher"}, "CREATE CONSTRAINT", false},
		"schema bad":     {"schema", map[string]any{"as": "xml"}, `as "xml"`, true},
		"stray argument": {"trace", map[string]any{"id": "x", "dir": "/etc"}, "dir", true},
		"no such tool":   {"delete", nil, "delete", true},
	} {
		text, failed := call(t, cs, c.tool, c.args)
		if !strings.Contains(text, c.wants) || failed != c.fails {
			t.Errorf("%s: got %.600q (error: %v), want %q (error: %v)", name, text, failed, c.wants, c.fails)
		}
	}
}

// What users typed is data: no result has a character that turns text around, ends a line or commands a terminal, and none is lost.
func TestHostileTexts(t *testing.T) {
	dir, before := publish(t, 3), publish(t, 1)
	cs := connect(t, dir, before, Default)
	for tool, args := range map[string]map[string]any{"trace": {"id": stack}, "search": {"query": "01M7B6"}, "diff": {"rows": true}} {
		text, failed := call(t, cs, tool, args)
		if failed || strings.ContainsAny(text, "\u202e\u2066\u2028\x1b\u009b") {
			t.Errorf("%s: %q (error: %v)", tool, text, failed)
		}
		if tool == "search" {
			continue
		}
		if !strings.Contains(text, `<script>\u202e\u2066\u2028\u001b[31m\u009b2J`) {
			t.Errorf("%s: the text isn't there: %.500q", tool, text)
		}
	}
	text, _ := call(t, cs, "trace", map[string]any{"id": "nothing \u202e\u009b"})
	if strings.ContainsAny(text, "\u202e\u009b") {
		t.Errorf("what isn't there: %q", text)
	}
}

// No result is longer than its limit, however much there is, and what is cut says by what to narrow.
func TestBounded(t *testing.T) {
	dir, before := publish(t, 300), publish(t, 1)
	cs := connect(t, dir, before, Least)
	for tool, args := range map[string]map[string]any{
		"trace":  {"id": stack, "limit": 1000},
		"search": {"query": "01M7B6", "limit": 1000},
		"diff":   {"rows": true},
		"schema": {},
	} {
		text, failed := call(t, cs, tool, args)
		if failed || len(text) > Least || !strings.Contains(text, "truncated") || !strings.Contains(text, "narrow by") {
			t.Errorf("%s: got %d bytes (error: %v), want at most %d and what to narrow by: %.200q … %q", tool, len(text), failed, Least, text, text[max(0, len(text)-200):])
		}
		if tool == "trace" && !json.Valid([]byte(text)) {
			t.Errorf("the answer isn't JSON any more: %q", text)
		}
	}
}

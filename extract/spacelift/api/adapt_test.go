package api

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"
)

func TestComplaints(t *testing.T) {
	for text, want := range map[string]complaint{
		// graph-gophers/graphql-go and gqlparser
		`Cannot query field "spaces" on type "Query". Did you mean "space"?`:                                 {"spaces", "Query.spaces", 0},
		`Unknown argument "before" on field "runs" of type "Stack".`:                                         {"runs", "runs(before)", 0},
		`Unknown type "EntityVendorPulumi".`:                                                                 {"... on EntityVendorPulumi", "EntityVendorPulumi", 0},
		`Fragment cannot be spread here as objects of type "A" can never be of type "B".`:                    {"... on B", "B", 0},
		`Field "state" of type "RunState" must have a selection of subfields. Did you mean "state { ... }"?`: {"state", "state", 0},
		// graphql-js
		`Unknown argument "before" on field "Stack.runs".`:                          {"runs", "runs(before)", 0},
		`Field "space" must not have a selection since type "ID" has no subfields.`: {"space", "space", 0},
		`Cannot query field 'worker' on type 'Run'`:                                 {"worker", "Run.worker", 0},
	} {
		if got, ok := complaintOf(message{Text: text}); !ok || got != want {
			t.Errorf("%s: %+v %v, want %+v", text, got, ok, want)
		}
	}
	for _, text := range []string{"unauthorized", "not found", `first must not be greater than 20`, `Variable "$input" got invalid value`} {
		if got, ok := complaintOf(message{Text: text}); ok {
			t.Errorf("%s: %+v", text, got)
		}
	}
}

func complaining(t *testing.T, errs string) *AnswerError {
	t.Helper()
	e := new(AnswerError)
	if err := json.Unmarshal([]byte(errs), &e.Messages); err != nil {
		t.Fatal(err)
	}
	return e
}

func TestAdapt(t *testing.T) {
	q := newQueries(nil)
	op, err := q.get("search_runs")
	if err != nil {
		t.Fatal(err)
	}
	sent := Format(op)
	if q.adapt("search_runs", op, sent, complaining(t, `[{"message":"unauthorized"},{"message":"Cannot query field \"elsewhere\" on type \"Run\"."}]`)) {
		t.Error("nothing was taken out, but it wants to ask again")
	}
	// `id` stands in stack, run and worker: the line shows that the worker's is meant
	line := 1 + slices.IndexFunc(strings.Split(sent, "\n"), func(l string) bool { return l == "worker {" }) + 1
	e := complaining(t, `[{"message":"Cannot query field \"id\" on type \"Worker\".","locations":[{"line":`+strconv.Itoa(line)+`}]},
		{"message":"Cannot query field \"branch\" on type \"Run\"."}]`)
	if !q.adapt("search_runs", op, sent, e) {
		t.Fatal("it doesn't adapt")
	}
	if q.selects("search_runs", "searchRuns", "edges", "node", "run", "worker") || q.selects("search_runs", "searchRuns", "edges", "node", "run", "branch") ||
		!q.selects("search_runs", "searchRuns", "edges", "node", "stack", "id") {
		got, _ := q.get("search_runs")
		t.Errorf("%s", Format(got))
	}
	if got := q.Left(); !slices.Equal(got, []string{"Run.branch", "Worker.id"}) {
		t.Errorf("%v", got)
	}
	if !q.adapt("search_runs", op, sent, e) {
		t.Error("another goroutine that learnt the same must ask again")
	}
}

func TestAdaptRepeatedQuery(t *testing.T) {
	q := newQueries(nil)
	op, err := q.get("run_details")
	if err != nil {
		t.Fatal(err)
	}
	sent := Repeated(3)(op)
	line := 1 + strings.Count(sent[:strings.LastIndex(sent, "hasMore")], "\n")
	e := complaining(t, `[{"message":"Cannot query field \"hasMore\" on type \"RunLogs\".","locations":[{"line":`+strconv.Itoa(line)+`,"column":1}]}]`)
	if !q.adapt("run_details", op, sent, e) || q.selects("run_details", "stack", "run", "logs", "hasMore") {
		t.Error("it doesn't adapt")
	}
	less, err := q.get("run_details")
	if err != nil || strings.Contains(Format(less), "hasMore") || !strings.Contains(Format(less), "nextToken") {
		t.Errorf("%v %s", err, Format(less))
	}
}

func TestAdaptToNothing(t *testing.T) {
	q := newQueries(nil)
	op, err := q.get("roles")
	if err != nil {
		t.Fatal(err)
	}
	if !q.adapt("roles", op, Format(op), complaining(t, `[{"message":"Cannot query field \"roles\" on type \"Query\".","locations":[{"line":2}]}]`)) {
		t.Error("it doesn't adapt")
	}
	if _, err := q.get("roles"); err == nil || err.Error() != "the server's schema lacks Query.roles" {
		t.Errorf("%v", err)
	}
}

// selects reports whether a query still asks for a field, by its path.
func (q *queries) selects(name string, path ...string) bool {
	op, err := q.get(name)
	if err != nil {
		return false
	}
	set := op.SelectionSet
	for _, p := range path {
		i := slices.IndexFunc(set, func(s ast.Selection) bool { return selectionName(s) == p })
		if i < 0 {
			return false
		}
		set = children(set[i])
	}
	return true
}

package spacelift

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"

	"liftgraph/fixtures/fakespacelift"
	"liftgraph/internal/raw"
)

func TestTodaysSchema(t *testing.T) {
	_, cfg := serve(t, small(10, 1), fakespacelift.Options{})
	_, report := extract(t, cfg)
	if want := []string{"ManagedUser.roleBindings", "Run.worker"}; !slices.Equal(report.MissingFields, want) {
		t.Errorf("%v, want %v", report.MissingFields, want)
	}
}

// older is a server that lacks a field of each kind: a leaf, an object, a union's, a list's.
var older = []string{
	"Stack.repositoryURL", "WorkerPool.workers", "Commit.url", "Run.updatedAt", "ManagedEntity.updatedAt", "PulumiResource.id", "TerraformResource.mode",
	"ApiKey.apiKeyRoleBindings", "Query.managedUserGroups", "RunLogs.hasMore", "Query.roles",
}

func TestOlderSchema(t *testing.T) {
	for name, hidden := range map[string]bool{"introspected": false, "by complaints": true} {
		t.Run(name, func(t *testing.T) {
			server, cfg := serve(t, small(60, 3), fakespacelift.Options{Without: older, IntrospectionOff: hidden})
			out, report := extract(t, cfg)
			if got := incomplete(report); got != nil {
				t.Errorf("%+v", report.Scopes)
			}
			want := append([]string{"ManagedUser.roleBindings", "Run.worker"}, older...)
			slices.Sort(want)
			if !slices.Equal(report.MissingFields, want) {
				t.Errorf("missing: %v\nwant %v", report.MissingFields, want)
			}
			if run := out.run(t, runID(60)); run.UpdatedAt != nil || run.Commit == nil || len(run.History) != 1 || len(run.Workers) != 1 {
				t.Errorf("%+v", run)
			}
			if hidden {
				wantText(t, fmt.Sprint(report.Notes), "doesn't show its schema")
			}
			if n := server.Count(""); n > 60 {
				t.Errorf("%d requests", n)
			}
		})
	}
}

func TestNewerSchema(t *testing.T) {
	account := small(3, 0)
	account.Tables["runs"][0]["worker"] = fakeRow{"id": workerID(99)}
	account.Tables["runs"][1]["worker"] = fakeRow{"id": workerID(2)} // the log names it too
	account.Tables["managedUsers"][0]["roleBindings"] = []any{fakeRow{"id": "b", "spaceID": "root", "role": "01ROLE"}}
	for _, without := range [][]string{nil, {"Query.searchRuns"}} {
		_, cfg := serve(t, account, fakespacelift.Options{With: []string{"Run.worker", "ManagedUser.roleBindings"}, Without: without})
		out, report := extract(t, cfg)
		if !slices.Equal(report.MissingFields, without) {
			t.Errorf("missing: %v", report.MissingFields)
		}
		if got, want := out.run(t, runID(3)).Workers, []raw.RunWorker{{ID: workerID(99)}, {ID: workerID(3), Public: true}}; !slices.Equal(got, want) {
			t.Errorf("%v, want %v", got, want)
		}
		if got, want := out.run(t, runID(2)).Workers, []raw.RunWorker{{ID: workerID(2), Public: true}}; !slices.Equal(got, want) {
			t.Errorf("%v, want %v", got, want)
		}
		for _, r := range out.records {
			if u, ok := r.(*raw.User); ok && (len(u.RoleBindings) != 1 || *u.RoleBindings[0].SpaceID != "root" || *u.RoleBindings[0].Role.Slug != "space-admin") {
				t.Errorf("%+v", u)
			}
		}
	}
}

// TestEverySchemaWithoutOneField prunes all queries for a server that lacks one field, for each of the fields: what is
// left must be valid there.
func TestEverySchemaWithoutOneField(t *testing.T) {
	for _, lost := range fieldsInUse(t) {
		server, err := fakespacelift.New(small(0, 0), fakespacelift.Options{Without: []string{lost}, Token: "a", With: slices.DeleteFunc(
			[]string{"Run.worker", "ManagedUser.roleBindings"}, func(s string) bool { return s == lost })})
		if err != nil {
			continue // the type would have no field left
		}
		cfg, err := Config{Endpoint: "https://acme.example", Token: "a", Transport: inProcess{server}}.check()
		if err != nil {
			t.Fatal(err)
		}
		x := newExtraction(cfg, new(memory))
		if err := x.introspect(t.Context()); err != nil {
			t.Fatal(err)
		}
		typ, field, _ := strings.Cut(lost, ".")
		schema := sdl(t)
		def := schema.Types[typ]
		def.Fields = slices.DeleteFunc(def.Fields, func(f *ast.FieldDefinition) bool { return f.Name == field })
		for _, name := range queryNames(t) {
			if op, err := x.client.queries.get(name); err == nil {
				if _, errs := gqlparser.LoadQueryWithRules(schema, format(op), nil); len(errs) > 0 && loadQuery(name).Operation == ast.Query {
					t.Errorf("without %s, %s: %v\n%s", lost, name, errs, format(op))
				}
			}
		}
		if left := x.client.queries.left(); !slices.Contains(left, lost) {
			t.Errorf("%s is not named: %v", lost, left)
		}
	}
}

// fieldsInUse gives the fields that the queries select, as Type.field.
func fieldsInUse(t *testing.T) []string {
	schema := sdl(t)
	found := map[string]bool{}
	var walk func(set ast.SelectionSet)
	walk = func(set ast.SelectionSet) {
		for _, s := range set {
			if f, ok := s.(*ast.Field); ok && !strings.HasPrefix(f.Name, "__") && !strings.HasPrefix(f.ObjectDefinition.Name, "__") {
				found[f.ObjectDefinition.Name+"."+f.Name] = true
			}
			walk(children(s))
		}
	}
	for _, name := range queryNames(t) {
		doc, errs := gqlparser.LoadQueryWithRules(schema, format(loadQuery(name)), nil)
		if len(errs) > 0 {
			t.Fatal(errs)
		}
		if op := doc.Operations[0]; op.Operation == ast.Query && name != "viewer" {
			walk(op.SelectionSet)
		}
	}
	var fields []string
	for f := range found {
		fields = append(fields, f)
	}
	slices.Sort(fields)
	if len(fields) < 60 {
		t.Fatalf("only %d fields: %v", len(fields), fields)
	}
	return fields
}

func TestPruneByHand(t *testing.T) {
	s := &schema{query: "Query", types: map[string]*typeInfo{
		"Query":         {composite: true, fields: map[string]fieldInfo{"a": {typ: "A", args: []string{"x"}}, "b": {typ: "B"}, "n": {typ: "Int"}, "u": {typ: "U"}}},
		"A":             {composite: true, fields: map[string]fieldInfo{"id": {typ: "ID"}, "b": {typ: "B"}}},
		"B":             {composite: true, fields: map[string]fieldInfo{"id": {typ: "ID"}}},
		"C":             {composite: true, fields: map[string]fieldInfo{"id": {typ: "ID"}}},
		"U":             {composite: true, possible: []string{"A", "C"}},
		"SearchInput":   {inputs: []string{"first"}},
		"UnusedAtFirst": {},
	}}
	for query, want := range map[string]struct {
		left, missing string
	}{
		`query($v: ID!){ a(x: $v) { id } }`:          {"a(x: $v) { id }", ""},
		`query($v: ID!){ a(y: $v) { id } b { id } }`: {"b { id }", "Query.a(y)"},
		`{ a { b { gone } id } }`:                    {"a { id }", "B.gone"},
		`{ a { b { gone } } n }`:                     {"n", "B.gone"},
		`{ n { id } b }`:                             {"", "Query.n Query.b"}, // a scalar now, and an object
		`{ u { ... on A { id } ... on B { id } ... on C { x } ... on D { x } } }`: {"u { ... on A { id } }", "B C.x D"},
	} {
		doc, err := parser.ParseQuery(&ast.Source{Input: query})
		if err != nil {
			t.Fatal(err)
		}
		op := doc.Operations[0]
		before := format(op)
		pruned, missing := prune(op, s)
		text := strings.Join(strings.Fields(format(pruned)), " ")
		if strings.Join(missing, " ") != want.missing || want.left != "" && !strings.Contains(text, "{ "+want.left+" }") {
			t.Errorf("%s\n gives %s without %v\nwant %s without %s", query, text, missing, want.left, want.missing)
		}
		if strings.Contains(text, "$v: ID!") != strings.Contains(text, "x: $v") {
			t.Errorf("a variable that isn't used: %s", text)
		}
		if format(op) != before {
			t.Errorf("the query itself was changed: %s", format(op))
		}
	}
	if s.hasInput("SearchInput", "orderBy") || !s.hasInput("SearchInput", "first") || !(*schema)(nil).hasInput("SearchInput", "orderBy") {
		t.Error("inputs")
	}
}

func TestTypeRef(t *testing.T) {
	var ref typeRef
	if err := json.Unmarshal([]byte(`{"name":null,"ofType":{"name":null,"ofType":{"name":null,"ofType":{"name":"Run"}}}}`), &ref); err != nil || ref.innermost() != "Run" {
		t.Errorf("%v %q", err, ref.innermost())
	}
}

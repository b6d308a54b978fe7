package api

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"

	"liftgraph/fixtures/fakespacelift"
)

// TestEverySchemaWithoutOneField prunes all queries for a server that lacks one field, for each of the fields: what is
// Left must be valid there.
func TestEverySchemaWithoutOneField(t *testing.T) {
	for _, lost := range fieldsInUse(t) {
		server, err := fakespacelift.New(&fakespacelift.Memory{}, fakespacelift.Options{Without: []string{lost}, Token: "a", With: slices.DeleteFunc(
			[]string{"Run.worker", "Stack.roleBindings", "RunDependency.run", "Query.searchManagedEntitiesSuggestions", "Query.searchAuditTrailEntriesSuggestions"}, func(s string) bool { return s == lost })})
		if err != nil {
			continue // the type would have no field left
		}
		c := NewClient(Settings{
			Endpoint: "https://acme.example/graphql", Credentials: Credentials{Token: "a"}, MaxAnswer: 1 << 24, Transport: recorded{server}, Traffic: new(Traffic), Log: slog.New(slog.DiscardHandler),
		})
		if shown, err := c.Introspect(t.Context()); !shown {
			t.Fatal(err)
		}
		typ, field, _ := strings.Cut(lost, ".")
		schema := sdl(t)
		def := schema.Types[typ]
		def.Fields = slices.DeleteFunc(def.Fields, func(f *ast.FieldDefinition) bool { return f.Name == field })
		for _, name := range queryNames(t) {
			if op, err := c.Queries.get(name); err == nil {
				if _, errs := gqlparser.LoadQueryWithRules(schema, Format(op), nil); len(errs) > 0 && loadQuery(name).Operation == ast.Query {
					t.Errorf("without %s, %s: %v\n%s", lost, name, errs, Format(op))
				}
			}
		}
		if lost == "RunDependency.run" {
			continue // a guess with another way
		}
		if left := c.Queries.Left(); !slices.Contains(left, lost) {
			t.Errorf("%s is not named: %v", lost, left)
		}
	}
}

// fieldsInUse returns the fields that the queries select, as Type.field.
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
		doc, errs := gqlparser.LoadQueryWithRules(schema, Format(loadQuery(name)), nil)
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
		before := Format(op)
		pruned, missing := prune(op, s)
		text := strings.Join(strings.Fields(Format(pruned)), " ")
		if strings.Join(missing, " ") != want.missing || want.left != "" && !strings.Contains(text, "{ "+want.left+" }") {
			t.Errorf("%s\n leaves %s without %v\nwant %s without %s", query, text, missing, want.left, want.missing)
		}
		if strings.Contains(text, "$v: ID!") != strings.Contains(text, "x: $v") {
			t.Errorf("a variable that isn't used: %s", text)
		}
		if Format(op) != before {
			t.Errorf("the query itself was changed: %s", Format(op))
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

// recorded is a transport that asks a handler in the same process.
type recorded struct{ handler http.Handler }

func (r recorded) RoundTrip(req *http.Request) (*http.Response, error) {
	rec := httptest.NewRecorder()
	r.handler.ServeHTTP(rec, req)
	return rec.Result(), nil
}

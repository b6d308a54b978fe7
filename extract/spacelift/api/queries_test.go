package api

import (
	"path"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/validator"

	"liftgraph/fixtures/fakespacelift"
)

func sdl(t *testing.T) *ast.Schema {
	t.Helper()
	s, err := gqlparser.LoadSchema(&ast.Source{Name: "spacelift.graphql", Input: fakespacelift.SDL()})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func queryNames(t *testing.T) []string {
	t.Helper()
	files, err := queryFiles.ReadDir("queries")
	if err != nil || len(files) == 0 {
		t.Fatal(err, len(files))
	}
	var names []string
	for _, f := range files {
		names = append(names, strings.TrimSuffix(f.Name(), path.Ext(f.Name())))
	}
	return names
}

func TestQueriesAreValid(t *testing.T) {
	schema := sdl(t)
	for _, name := range queryNames(t) {
		op := loadQuery(name)
		for what, text := range map[string]string{
			"as it stands":     Format(op),
			"without a cursor": strings.ReplaceAll(Format(op), noCursor, ""),
		} {
			if _, errs := gqlparser.LoadQueryWithRules(schema, text, nil); len(errs) > 0 {
				t.Errorf("%s %s: %v\n%s", name, what, errs, text)
			}
		}
	}
	for _, name := range []string{"run_details", "run_history"} {
		text := Repeated(3)(loadQuery(name))
		doc, errs := gqlparser.LoadQueryWithRules(schema, text, nil)
		if len(errs) > 0 {
			t.Fatalf("%s three times: %v\n%s", name, errs, text)
		}
		vars := map[string]any{"stack0": "s", "run0": "r", "stack1": "s", "run1": "r", "stack2": "s", "run2": "r"}
		if _, err := validator.VariableValues(schema, doc.Operations[0], vars); err != nil {
			t.Errorf("%s three times: %v", name, err)
		}
	}
}

// TestFallbacksAskForTheSame compares the selections of the two ways to a list.
func TestFallbacksAskForTheSame(t *testing.T) {
	at := func(name string, path ...string) string {
		set := loadQuery(name).SelectionSet
	down:
		for _, p := range path {
			for _, s := range set {
				if selectionName(s) == p {
					set = children(s)
					continue down
				}
			}
			t.Fatalf("%s has no %v", name, path)
		}
		return Format(&ast.OperationDefinition{Operation: ast.Query, SelectionSet: set})
	}
	runs := at("search_runs", "searchRuns", "edges", "node", "run")
	for query, field := range map[string]string{"stack_runs": "runs", "stack_proposed_runs": "proposedRuns", "stack_tasks": "tasks"} {
		if got := at(query, "stack", field); got != runs {
			t.Errorf("%s:\n%s\nsearchRuns:\n%s", query, got, runs)
		}
	}
	if a, b := at("search_stacks", "searchStacks", "edges", "node"), at("stacks", "stacks"); a != b {
		t.Errorf("searchStacks:\n%s\nstacks:\n%s", a, b)
	}
	if a, b := at("search_managed_entities", "searchManagedEntities", "edges", "node"), at("stack_entities", "stack", "entities"); a != b {
		t.Errorf("searchManagedEntities:\n%s\nentities:\n%s", a, b)
	}
}

// TestSecretsAreNeverSelected: these fields exist and hold credentials, or anything. The outputs of a Pulumi resource are to it
// what values are to one of Terraform: only the attributes that name the resource are kept of them.
func TestSecretsAreNeverSelected(t *testing.T) {
	for _, name := range queryNames(t) {
		for _, field := range []string{"config", "secret", "outputs", "thirdPartyMetadata", "body"} {
			allowed := field == "body" && name == "search_audit_trail_entries" || // sanitized by Spacelift itself
				field == "outputs" && strings.HasSuffix(name, "_entities")
			if !allowed && selectsAnywhere(loadQuery(name).SelectionSet, field) {
				t.Errorf("%s selects %s", name, field)
			}
		}
	}
}

func selectsAnywhere(set ast.SelectionSet, field string) bool {
	for _, s := range set {
		if selectionName(s) == field || selectsAnywhere(children(s), field) {
			return true
		}
	}
	return false
}

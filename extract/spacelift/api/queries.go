package api

import (
	"embed"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/formatter"
	"github.com/vektah/gqlparser/v2/parser"
)

// viewerField is selected by every query: a response in which it is null is that of a lost session, whatever its lists say.
const viewerField = "viewer"

//go:embed queries/*.graphql
var queryFiles embed.FS

// loadQuery reads queries/NAME.graphql, which holds one operation.
func loadQuery(name string) *ast.OperationDefinition {
	text, err := queryFiles.ReadFile("queries/" + name + ".graphql")
	if err != nil {
		panic(err) // a name in this package's code, and the files are part of the binary
	}
	doc, err := parser.ParseQuery(&ast.Source{Name: name, Input: string(text)})
	if err != nil {
		panic(fmt.Sprintf("query %s: %v", name, err))
	}
	return doc.Operations[0]
}

// After returns the text of a query for the page that follows a run; "" is the first page. The cursor is put into the
// text: it isn't known whether its type is ID or String.
func After(run string) func(*ast.OperationDefinition) string {
	cursor := ""
	if run != "" {
		cursor = fmt.Sprintf(`(before: %q)`, run)
	}
	return func(op *ast.OperationDefinition) string { return strings.ReplaceAll(Format(op), noCursor, cursor) }
}

// noCursor stands in the queries where the id of a page's last run goes.
const noCursor = `(before: "00000000000000000000000000")`

// Format returns an operation's text, one field a line, so that a server's error can be traced by its line.
func Format(op *ast.OperationDefinition) string {
	var text strings.Builder
	formatter.NewFormatter(&text, formatter.WithIndent("")).FormatQueryDocument(&ast.QueryDocument{Operations: ast.OperationList{op}})
	return text.String()
}

// Queries holds each query as this server can answer it.
type queries struct {
	mu      sync.Mutex
	Schema  *schema // nil: the server doesn't show it
	fitted  map[string]*ast.OperationDefinition
	missing map[string]bool // "Type.field"s that were left out of a query in use
}

func newQueries(s *schema) *queries {
	return &queries{Schema: s, fitted: map[string]*ast.OperationDefinition{}, missing: map[string]bool{}}
}

// get returns a query without what the server lacks, or a [MissingError] where nothing is left of it.
func (q *queries) get(name string) (*ast.OperationDefinition, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	op := q.fitted[name]
	if op == nil {
		op = loadQuery(name)
		if q.Schema != nil {
			op = withSelection(op, q.Schema.named(op.SelectionSet, q.Schema.query))
			var missing []string
			op, missing = prune(op, q.Schema)
			q.note(missing)
		}
		q.fitted[name] = op
	}
	if !slices.ContainsFunc(op.SelectionSet, func(s ast.Selection) bool { return name == viewerField || selectionName(s) != viewerField }) {
		return nil, &MissingError{rootField(name)}
	}
	return op, nil
}

// rootField names the field of Query that a query asks for, and in a stack's queries the stack's.
func rootField(name string) string {
	set := loadQuery(name).SelectionSet
	root := set[len(set)-1].(*ast.Field) // the one before is viewer
	if root.Name == "stack" {
		return "Stack." + root.SelectionSet[0].(*ast.Field).Name
	}
	return "Query." + root.Name
}

// HasRoot reports whether the server's schema is known and has a field of Query.
func (q *queries) HasRoot(field string) bool {
	if q.Schema == nil {
		return false
	}
	_, there := q.Schema.Field(q.Schema.query, field)
	return there
}

func (q *queries) note(missing []string) {
	for _, m := range missing {
		if m == "RunDependency.run" { // a guess, beside the id
			continue
		}
		q.missing[m] = true
	}
}

// Left returns what was left out of the queries in use, sorted.
func (q *queries) Left() []string {
	q.mu.Lock()
	defer q.mu.Unlock()
	return slices.Sorted(maps.Keys(q.missing))
}

// Orders reports whether searches can be ordered.
func (q *queries) Orders() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.Schema.hasInput("SearchInput", "orderBy") {
		return true
	}
	q.note([]string{"SearchInput.orderBy"})
	return false
}

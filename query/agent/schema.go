package agent

import (
	"context"
	"fmt"
	"strings"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"liftgraph/graph"
)

// schemaInput is what the tool schema takes.
type schemaInput struct {
	As    string `json:"as,omitempty" jsonschema:"the form: markdown (which it is where this is left out), json or cypher (the constraints)"`
	Table string `json:"table,omitempty" jsonschema:"one label or relationship alone, e.g. SpaceliftRun; in markdown"`
}

func (t *tools) schema(_ context.Context, _ *mcp.CallToolRequest, in schemaInput) (*mcp.CallToolResult, any, error) {
	m := graph.Default
	switch {
	case in.Table != "":
		one, ok := m.Table(in.Table)
		if !ok || one.LakeOnly {
			return nil, nil, fmt.Errorf("the model has no table %q; without table, every label and relationship is listed", in.Table)
		}
		return t.text(describe(one), "table"), nil, nil
	case in.As == "" || in.As == "markdown":
		return t.text(m.Markdown(), "table"), nil, nil
	case in.As == "json":
		return t.text(m.JSON(), "table"), nil, nil
	case in.As == "cypher":
		return t.text(m.Constraints(), "table"), nil, nil
	}
	return nil, nil, fmt.Errorf("as %q: it is markdown, json or cypher", in.As)
}

// describe returns a table's columns and their meaning.
func describe(t *graph.Table) string {
	var b strings.Builder
	var doc string
	if t.Node != nil {
		doc = t.Node.Doc
	} else {
		doc = t.Relationship.Doc
	}
	fmt.Fprintf(&b, "# %s\n\n%s\n\n", t.Name, doc)
	for _, c := range t.Columns {
		fmt.Fprintf(&b, "- %s (%s): %s\n", c.Name, c.Type, c.Doc)
	}
	return b.String()
}

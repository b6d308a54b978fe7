package agent

import (
	"bytes"
	"context"
	"fmt"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"liftgraph/query/diff"
	"liftgraph/query/trace"
)

// diffInput is what the tool diff takes.
type diffInput struct {
	Before string `json:"before,omitempty" jsonschema:"the day of the earlier snapshot of a lake, e.g. 2026-11-12; left out: the one before the later"`
	After  string `json:"after,omitempty" jsonschema:"the day of the later snapshot, e.g. 2026-11-13; left out: the newest"`
	Table  string `json:"table,omitempty" jsonschema:"one label or relationship alone, e.g. SpaceliftRun or SpaceliftUser_HAS_ROLE_IN_SpaceliftSpace"`
	Rows   bool   `json:"rows,omitempty" jsonschema:"every row that differs, too, as far as there is room"`
}

func (t *tools) diff(ctx context.Context, _ *mcp.CallToolRequest, in diffInput) (*mcp.CallToolResult, any, error) {
	before, after, err := t.Nights.Between(ctx, in.Before, in.After)
	if err != nil {
		return nil, nil, err
	}
	tables := after.Model.Tables()
	if in.Table != "" {
		one, ok := after.Model.Table(in.Table)
		if !ok || one.LakeOnly {
			return nil, nil, fmt.Errorf("the model has no table %q; the tool schema lists labels and relationships", in.Table)
		}
		tables = tables[:0]
		tables = append(tables, one)
	}
	var b bytes.Buffer
	w := &diff.JSON{Out: &b, Rows: in.Rows, Limit: max(t.Most-countsBytes, 1)}
	if _, err := diff.Tables(ctx, before, after, tables, w); err != nil {
		return nil, nil, err
	}
	text := fmt.Sprintf("before: %s (update tag %d)\nafter: %s (update tag %d)\n", before.Path, before.Manifest.UpdateTag, after.Path, after.Manifest.UpdateTag)
	if bytes.Contains(b.Bytes(), []byte(`"rows_left_out"`)) {
		text += "rows are truncated (rows_left_out counts them), narrow by table\n"
	}
	for _, d := range []struct {
		path string
		n    int
	}{{before.Path, len(before.Manifest.Incomplete())}, {after.Path, len(after.Manifest.Incomplete())}} {
		if d.n > 0 {
			text += fmt.Sprintf("note: %s is incomplete in %d scopes: what they would have said may seem added or removed\n", d.path, d.n)
		}
	}
	return t.text(text+trace.EscapeJSON(b.String()), "table"), nil, nil
}

// countsBytes is the room for what isn't rows: the counts of every table.
const countsBytes = 6 << 10

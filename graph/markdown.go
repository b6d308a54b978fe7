package graph

import (
	"encoding/json"
	"fmt"
	"strings"
)

var typeNames = map[Type]string{String: "string", Int: "integer", Bool: "boolean", List: "list of strings"}

// String returns the type's name.
func (t Type) String() string { return typeNames[t] }

// Markdown returns the schema page: every label and relationship with its properties.
func (m *Model) Markdown() string {
	var b strings.Builder
	title, command := "The graph", "liftgraph schema"
	if m != Default {
		title, command = "The graph model "+m.Name, command+" --graph-model "+m.Name
	}
	fmt.Fprintf(&b, "# %s\n\nThis page is printed by `%s`.\n\n```mermaid\ngraph LR\n", title, command)
	for _, t := range m.tables {
		if r := t.Relationship; r != nil && r.Type != Resource {
			fmt.Fprintf(&b, "  %s -- %s --> %s\n", r.From, r.Type, r.To)
		}
	}
	b.WriteString("```\n\nEvery Spacelift node but the account also has a RESOURCE relationship from its account.\n\n## Nodes\n")
	for _, t := range m.tables {
		if n := t.Node; n != nil {
			fmt.Fprintf(&b, "\n### %s\n\n%s", n.Label, n.Doc)
			if n.Foreign {
				b.WriteString(" Other tools own this label: a load creates what is missing and leaves the rest alone.")
			}
			if len(n.Extra) > 0 {
				fmt.Fprintf(&b, " Further labels: %s.", strings.ReplaceAll(n.Labels(", "), string(n.Label)+", ", ""))
			}
			fmt.Fprintf(&b, " Key: `%s`.\n\n", n.Key())
			m.properties(&b, t, 0)
		}
	}
	b.WriteString("\n## Relationships\n")
	for _, t := range m.tables {
		if r := t.Relationship; r != nil {
			fmt.Fprintf(&b, "\n### (%s)-[%s]->(%s)\n\n%s", r.From, r.Type, r.To, r.Doc)
			if len(r.Identity) > 0 {
				fmt.Fprintf(&b, " One for each two ends and `%s`.", strings.Join(r.Identity, "`, `"))
			}
			b.WriteString("\n\n")
			m.properties(&b, t, t.IDs())
		}
	}
	return b.String()
}

// properties returns a table's columns from the given one on, and in a derived model what they are made from.
func (m *Model) properties(b *strings.Builder, t *Table, from int) {
	if m.derived == nil {
		b.WriteString("| property | type | meaning |\n|---|---|---|\n")
		for _, p := range t.Columns[from:] {
			fmt.Fprintf(b, "| %s | %s | %s |\n", p.Name, p.Type, p.Doc)
		}
		return
	}
	fmt.Fprintf(b, "Made from %s.\n\n| property | type | made from | meaning |\n|---|---|---|---|\n", m.sources(t))
	if t.Relationship != nil {
		from = 0
	}
	for i, p := range t.Columns[from:] {
		fmt.Fprintf(b, "| %s | %s | %s | %s |\n", p.Name, p.Type, m.origins(t, from+i), p.Doc)
	}
}

// JSON returns the model for programs: the tables in order, each with its columns.
func (m *Model) JSON() string {
	type column struct {
		Name string `json:"name"`
		Type string `json:"type"`
		Doc  string `json:"doc"`
	}
	type table struct {
		Name    string   `json:"name"`
		Folder  string   `json:"folder"`
		Label   Label    `json:"label,omitempty"`
		Type    string   `json:"type,omitempty"`
		From    Label    `json:"from,omitempty"`
		To      Label    `json:"to,omitempty"`
		Key     []string `json:"key"`
		Extra   []Label  `json:"extra_labels,omitempty"`
		Foreign bool     `json:"foreign"`
		Columns []column `json:"columns"`
		Doc     string   `json:"doc"`
	}
	var list []table
	for _, t := range m.tables {
		out := table{Name: t.Name, Folder: t.Folder()}
		if t.Node != nil {
			out.Label, out.Extra, out.Foreign, out.Doc = t.Node.Label, t.Node.Extra, t.Node.Foreign, t.Node.Doc
		} else {
			out.Type, out.From, out.To, out.Doc = t.Relationship.Type, t.Relationship.From, t.Relationship.To, t.Relationship.Doc
		}
		for i, c := range t.Columns {
			out.Columns = append(out.Columns, column{c.Name, c.Type.String(), c.Doc})
			if i < t.KeyColumns() {
				out.Key = append(out.Key, c.Name)
			}
		}
		list = append(list, out)
	}
	b, err := json.MarshalIndent(list, "", "  ")
	if err != nil {
		panic(err) // the model holds nothing that JSON can't
	}
	return string(b) + "\n"
}

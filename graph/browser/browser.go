// Package browser writes what Neo4j Browser takes: a style for a model's labels, saved queries, and a guide with them.
package browser

import (
	"embed"
	"fmt"
	"html"
	"io/fs"
	"path"
	"slices"
	"strings"

	"liftgraph/graph"
)

//go:embed queries/*.cypher
var queries embed.FS

// Query is a saved one.
type Query struct {
	Name  string // of its file
	Title string
	Text  string // its first line is a comment with the title, by which Neo4j Browser names it
}

// Queries returns the saved queries, in their order. They are of the default model.
func Queries() []Query {
	names, err := fs.Glob(queries, "queries/*.cypher")
	if err != nil {
		panic(err) // the pattern is a constant
	}
	var list []Query
	for _, name := range names {
		b, err := queries.ReadFile(name)
		if err != nil {
			panic(err) // it is embedded
		}
		title, _, _ := strings.Cut(strings.TrimPrefix(string(b), "// "), "\n")
		list = append(list, Query{path.Base(name), title, string(b)})
	}
	return list
}

// colours are those of labels, in their order, each with the colour of its text; they differ in print too, and for people who see few colours.
var colours = []struct{ fill, border, text string }{
	{"#4f5b6b", "#343d49", "#ffffff"}, {"#93a8ea", "#5f78c9", "#111111"}, {"#3f5aa6", "#2b4180", "#ffffff"}, {"#aab4c2", "#77849a", "#111111"}, {"#c79ad8", "#9a67ad", "#111111"}, {"#7b4f8c", "#5a3768", "#ffffff"},
	{"#1f6f63", "#134b43", "#ffffff"}, {"#d8b05e", "#a98235", "#111111"}, {"#eb9275", "#bb6547", "#111111"}, {"#8a6414", "#60450c", "#ffffff"}, {"#b3261e", "#7c1712", "#ffffff"}, {"#a2452b", "#722f1c", "#ffffff"}, {"#5c6168", "#3f4348", "#ffffff"},
}

// captions are the properties that name a node for people, the best first.
var captions = []string{"name", "username", "action"}

// Style returns the style of a model's labels and relationships: a colour for each label, and what is written in a node. Neo4j Browser takes it
// as a .grass file.
func Style(m *graph.Model) string {
	var b strings.Builder
	b.WriteString("node {\n  diameter: 50px;\n  border-width: 2px;\n  font-size: 10px;\n}\nrelationship {\n  color: #8a9099;\n  shaft-width: 1px;\n  font-size: 9px;\n  padding: 3px;\n  text-color-external: #1e2125;\n  text-color-internal: #ffffff;\n  caption: '<type>';\n}\n")
	i := 0
	for _, t := range m.Tables() {
		if t.Node == nil {
			continue
		}
		c := colours[i%len(colours)]
		i++
		fmt.Fprintf(&b, "node.%s {\n  color: %s;\n  border-color: %s;\n  text-color-internal: %s;\n  caption: '{%s}';\n}\n", t.Node.Label, c.fill, c.border, c.text, caption(t))
	}
	return b.String()
}

// caption returns the property that a node of a table is shown by.
func caption(t *graph.Table) string {
	for _, name := range captions {
		if slices.ContainsFunc(t.Columns, func(p graph.Property) bool { return p.Name == name }) {
			return name
		}
	}
	return t.Node.Key()
}

// Guide returns a guide of Neo4j Browser: a slide for each saved query, which a click puts into the editor, and one of the labels.
func Guide(m *graph.Model) string {
	var b strings.Builder
	b.WriteString("<article class=\"guide\">\n<title>liftgraph</title>\n<carousel class=\"deck container-fluid\">\n")
	slide := func(title, lead, content string) {
		fmt.Fprintf(&b, "<slide class=\"row-fluid\">\n<div class=\"col-sm-3\"><h3>%s</h3><p class=\"lead\">%s</p></div>\n<div class=\"col-sm-9\">\n%s</div>\n</slide>\n", html.EscapeString(title), html.EscapeString(lead), content)
	}
	var labels strings.Builder
	labels.WriteString("<ul>\n")
	for _, t := range m.Tables() {
		if t.Node != nil {
			fmt.Fprintf(&labels, "<li><code>%s</code>: %s</li>\n", t.Node.Label, html.EscapeString(t.Node.Doc))
		}
	}
	labels.WriteString("</ul>\n")
	slide("liftgraph", "Who and what changed it?", labels.String())
	for _, q := range Queries() {
		slide(q.Title, "A click puts the query into the editor.", "<figure><pre class=\"pre-scrollable code runnable\">"+html.EscapeString(q.Text)+"</pre></figure>\n")
	}
	b.WriteString("</carousel>\n</article>\n")
	return b.String()
}

// Prefix begins the names of the files.
const Prefix = "neo4j-browser-"

// Files returns what is published of a model, by names: the style, and for the default model queries and guide.
func Files(m *graph.Model) map[string]string {
	files := map[string]string{Prefix + "style.grass": Style(m)}
	if m == graph.Default {
		files[Prefix+"guide.html"] = Guide(m)
		for _, q := range Queries() {
			files[Prefix+q.Name] = q.Text
		}
	}
	return files
}

package browser

import (
	"regexp"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"liftgraph/graph"
)

// Every label of a model has a style, and no other.
func TestStyle(t *testing.T) {
	for _, m := range graph.Models() {
		style := Style(m)
		labels := 0
		for _, table := range m.Tables() {
			if table.Node == nil {
				continue
			}
			labels++
			if strings.Count(style, "node."+string(table.Node.Label)+" {\n") != 1 {
				t.Errorf("%s: the style of %s isn't there once", m.Name, table.Node.Label)
			}
		}
		if n := strings.Count(style, "node."); n != labels {
			t.Errorf("%s: %d styles of %d labels", m.Name, n, labels)
		}
		if strings.Count(style, "{\n") != strings.Count(style, "\n}\n") {
			t.Errorf("%s: a rule has no end", m.Name)
		}
	}
	if s := Style(graph.Default); !strings.Contains(s, "node.SpaceliftStack {\n  color: #aab4c2;\n  border-color: #77849a;\n  text-color-internal: #111111;\n  caption: '{name}';\n}\n") || !strings.Contains(s, "caption: '{action}'") {
		t.Errorf("got %s", s)
	}
}

var (
	labelIn = regexp.MustCompile(`\(\w*:(\w+)`)
	typeIn  = regexp.MustCompile(`\[\w*:(\w+)`)
)

// The queries are of labels and relationships of the model, have a title each, and change nothing.
func TestQueries(t *testing.T) {
	types := map[string]bool{}
	for _, table := range graph.Default.Tables() {
		if table.Relationship != nil {
			types[table.Relationship.Type] = true
		}
	}
	list := Queries()
	if len(list) < 5 {
		t.Fatalf("%d queries", len(list))
	}
	for _, q := range list {
		if !strings.HasPrefix(q.Text, "// "+q.Title+"\n") || q.Title == "" {
			t.Errorf("%s has no title", q.Name)
		}
		for _, m := range labelIn.FindAllStringSubmatch(q.Text, -1) {
			if table, ok := graph.Default.Table(m[1]); !ok || table.Node == nil {
				t.Errorf("%s: there is no label %s", q.Name, m[1])
			}
		}
		for _, m := range typeIn.FindAllStringSubmatch(q.Text, -1) {
			if !types[m[1]] {
				t.Errorf("%s: there is no relationship %s", q.Name, m[1])
			}
		}
		if regexp.MustCompile(`(?i)\b(create|merge|delete|set|remove|call)\b`).MatchString(q.Text[strings.IndexByte(q.Text, '\n'):]) || !strings.Contains(q.Text, "LIMIT") {
			t.Errorf("%s changes something, or returns any number of rows", q.Name)
		}
	}
}

// The guide has a slide for each query, whose text is in it as it is.
func TestGuide(t *testing.T) {
	doc, err := html.Parse(strings.NewReader(Guide(graph.Default)))
	if err != nil {
		t.Fatal(err)
	}
	slides, texts := 0, map[string]bool{}
	for n := range doc.Descendants() {
		if n.Type == html.ElementNode && n.Data == "slide" {
			slides++
		}
		if n.Type == html.ElementNode && n.Data == "pre" {
			texts[n.FirstChild.Data] = true
		}
	}
	if slides != len(Queries())+1 {
		t.Errorf("%d slides", slides)
	}
	for _, q := range Queries() {
		if !texts[q.Text] {
			t.Errorf("the guide has no %s", q.Name)
		}
	}
}

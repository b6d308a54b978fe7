package enginetest

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write what DuckDB answers into the page of queries")

// page is where users read the queries: what stands there is what runs here.
var page = filepath.FromSlash("../../../docs/guide/queries.md")

const (
	sqlFence    = "```sql\n"
	answerFence = "```text\n"
	fenceEnd    = "```\n"
)

// question is a query of the page, and the answer that stands there.
type question struct{ title, query, answer string }

func questions(t *testing.T) (list []question) {
	t.Helper()
	content, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	for _, section := range strings.Split(string(content), "\n## ")[1:] {
		q := question{}
		q.title, _, _ = strings.Cut(section, "\n")
		q.query, q.answer = fenced(section, sqlFence), fenced(section, answerFence)
		if q.query == "" || q.answer == "" && !*update {
			t.Errorf("%s: it has no query, or no answer", q.title)
		}
		list = append(list, q)
	}
	if len(list) != 10 {
		t.Errorf("%d queries", len(list))
	}
	return list
}

func fenced(text, fence string) string {
	_, text, _ = strings.Cut(text, fence)
	text, _, _ = strings.Cut(text, fenceEnd)
	return text
}

// checkQueries runs every query of the page, and wants the answer that stands there.
func checkQueries(t *testing.T, ask asker) {
	t.Helper()
	for _, q := range questions(t) {
		got := strings.Join(ask(t, q.query), "\n") + "\n"
		if got != q.answer {
			t.Errorf("%s\ngot\n%swanted\n%s", q.title, got, q.answer)
		}
	}
}

// writeAnswers writes the answers into the page.
func writeAnswers(t *testing.T, ask asker) {
	t.Helper()
	content, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	text := string(content)
	for _, q := range questions(t) {
		answer := strings.Join(ask(t, q.query), "\n") + "\n"
		query := sqlFence + q.query + fenceEnd
		if q.answer == "" {
			text = strings.Replace(text, query, query+"\n"+answerFence+answer+fenceEnd, 1)
		} else {
			text = strings.Replace(text, answerFence+q.answer, answerFence+answer, 1)
		}
	}
	if err := os.WriteFile(page, []byte(text), 0o600); err != nil {
		t.Fatal(fmt.Errorf("write the answers: %w", err))
	}
}

package main

import (
	"strings"
	"testing"

	"liftgraph/query/lookup"
	"liftgraph/query/questions"
)

// The answers of serve's page to the ten questions are those of the SQL in the guide, which DuckDB and Trino return for the sample.
func TestTenQuestions(t *testing.T) {
	d, err := lookup.Open(t.Context(), sampleCSV(t))
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	guide := read(t, "../../docs/guide/queries.md")
	for i, q := range questions.All() {
		_, section, ok := strings.Cut(guide, "\n## "+[]string{"1", "2", "3", "4", "5", "6", "7", "8", "9", "10"}[i]+". "+q.Title+"\n")
		if !ok || q.N != i+1 {
			t.Errorf("the guide has no question %d %q", q.N, q.Title)
			continue
		}
		answer, err := q.Ask(t.Context(), d, t.TempDir())
		if err != nil {
			t.Errorf("question %d: %v", q.N, err)
			continue
		}
		if answer == nil {
			continue
		}
		_, want, _ := strings.Cut(section, "```text\n")
		want, _, _ = strings.Cut(want, "```")
		var got strings.Builder
		got.WriteString(strings.Join(answer.Columns, " | ") + "\n")
		for _, row := range answer.Rows {
			for i := range row {
				if row[i] == "" {
					row[i] = "-"
				}
			}
			got.WriteString(strings.Join(row, " | ") + "\n")
		}
		if got.String() != want {
			t.Errorf("question %d: got\n%swant\n%s", q.N, &got, want)
		}
	}
}

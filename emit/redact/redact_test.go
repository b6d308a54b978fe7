package redact

import (
	"os"
	"path/filepath"
	"testing"

	"liftgraph/graph"
)

// collect keeps the rows of a table.
type collect struct{ rows []graph.Row }

func (c *collect) Table(*graph.Table) (graph.TableWriter, error) { return c, nil }
func (c *collect) Write(r graph.Row) error {
	c.rows = append(c.rows, append(graph.Row(nil), r...))
	return nil
}
func (c *collect) Close() error { return nil }

func write(t *testing.T, rules Rules, table string, cells map[string]string) (graph.Row, *Sink) {
	t.Helper()
	tab, ok := graph.Default.Table(table)
	if !ok {
		t.Fatal("no table ", table)
	}
	row := make(graph.Row, len(tab.Columns))
	for i, c := range tab.Columns {
		if text, ok := cells[c.Name]; ok {
			row[i] = graph.Text(text)
		}
	}
	var c collect
	s := New(&c, rules)
	w, err := s.Table(tab)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Write(row); err != nil {
		t.Fatal(err)
	}
	if len(c.rows) == 0 {
		return nil, s
	}
	return c.rows[0], s
}

func TestForgottenNodesAndEdgesAreLeftOut(t *testing.T) {
	rules := Rules{Hashes: map[string]bool{Hash("Priya@acme.example"): true, Hash("01M7"): true}}
	for name, c := range map[string]struct {
		table string
		cells map[string]string
		out   bool
	}{
		"the user":            {"SpaceliftUser", map[string]string{"id": "priya@acme.example"}, true},
		"qualified":           {"SpaceliftUser", map[string]string{"id": "acme/priya@acme.example"}, true},
		"another user":        {"SpaceliftUser", map[string]string{"id": "dana"}, false},
		"the run":             {"SpaceliftRun", map[string]string{"id": "01M7"}, true},
		"a stack of the name": {"SpaceliftStack", map[string]string{"id": "01M7"}, false},
	} {
		row, s := write(t, rules, c.table, c.cells)
		if (row == nil) != c.out {
			t.Errorf("%s: left out %v, want %v", name, row == nil, c.out)
		}
		if l := s.Ledger(); c.out && (l.In != 1 || l.Filtered[Reason] != 1) || !c.out && l.In != 0 {
			t.Errorf("%s: ledger %+v", name, l)
		}
	}
}

func TestTextsThatMentionAreAbsent(t *testing.T) {
	rules := Rules{Hashes: map[string]bool{Hash("dana-reyes"): true}, Fields: map[string]bool{"url": true}}
	tab, _ := graph.Default.Table("SpaceliftGitCommit")
	for text, kept := range map[string]bool{
		"Dana-Reyes": false, "thanks, @dana-reyes!": false, "as dana-reyes said": false, "(dana-reyes)": false, "dana-reyes.": false,
		"dana-reyesx did": true, "Open the bastion": true,
	} {
		row, _ := write(t, rules, "SpaceliftGitCommit", map[string]string{"sha": "abc", "message": text, "url": "https://x"})
		for i, c := range tab.Columns {
			if c.Name == "message" && row[i].Present != kept {
				t.Errorf("message %q: kept %v, want %v", text, row[i].Present, kept)
			}
			if c.Name == "url" && row[i].Present {
				t.Error("a redacted property is there")
			}
		}
	}
}

func TestListIsRemembered(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	for _, id := range []string{"b", "a", "B"} {
		if err := Remember(data, map[string]bool{Hash(id): true}); err != nil {
			t.Fatal(err)
		}
	}
	got, err := ReadList(data)
	if err != nil || len(got) != 2 || !got[Hash("A")] {
		t.Errorf("got %v, %v", got, err)
	}
	if err := os.WriteFile(filepath.Join(data, ListName), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadList(data); err == nil {
		t.Error("a damaged list passes: what was forgotten would come back")
	}
}

func TestCheckFields(t *testing.T) {
	if err := CheckFields(graph.Default, []string{"email", "message"}); err != nil {
		t.Error(err)
	}
	for _, bad := range []string{"", "id", "lastupdated", "e-mail"} {
		if CheckFields(graph.Default, []string{bad}) == nil {
			t.Errorf("%q is accepted", bad)
		}
	}
}

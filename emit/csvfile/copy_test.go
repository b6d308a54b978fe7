package csvfile

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"liftgraph/graph"
	"liftgraph/graph/graphtest"
	"liftgraph/internal/dataset"
)

// A part has a copy where a backslash stands before a quote, another backslash or the end of its cell.
func TestCopies(t *testing.T) {
	for text, want := range map[string]string{
		`a\b`: "", `\n`: "", `"a"`: "", `\,`: "", `a`: "",
		`a\`:     `x,"a\\"`,
		`\\`:     `x,"\\\\"`,
		`\"`:     `x,"\\"""`,
		`a\b\"c`: `x,"a\\b\\""c"`,
	} {
		dir, m := write(t, usual, map[*graph.Table][]graph.Row{spaces: {space("x", text, nil, nil)}})
		copied := slices.ContainsFunc(m.Files, func(f dataset.File) bool { return strings.HasPrefix(f.Path, "load/") && f.Rows == 0 })
		if copied != (want != "") || copied != Misread(space("x", text, nil, nil), spaces.Columns) {
			t.Errorf("%s: there is a copy: %v", text, copied)
			continue
		}
		if want == "" {
			continue
		}
		if got := read(t, filepath.Join(dir, "load/nodes/SpaceliftSpace/part-00000.csv.gz")); !strings.HasPrefix(got, want+",") {
			t.Errorf("%s: %s, not %s", text, got, want)
		}
	}
}

// Parts are copied one by one, and the script names the copies instead of them.
func TestScript(t *testing.T) {
	var script string
	_, m := graphtest.Publish(t, "csv", func(d *dataset.Dir) {
		s := New(d)
		s.Limits.PartRows = 2
		graphtest.Write(t, s, map[*graph.Table][]graph.Row{spaces: {
			space("a", "", nil, nil), space("b", "", nil, nil), space("c", `\\`, nil, nil), space("d", "", nil, nil), space("e", "", nil, nil),
		}})
		script = string(s.Script(graph.Default))
	})
	var copies, named []string
	for _, f := range m.Files {
		if strings.HasPrefix(f.Path, "load/") {
			copies = append(copies, f.Path)
		}
	}
	for line := range strings.Lines(script) {
		if strings.HasPrefix(line, "LOAD CSV ") {
			named = append(named, strings.TrimSpace(line))
		}
	}
	if !slices.Equal(copies, []string{"load/nodes/SpaceliftSpace/part-00001.csv.gz"}) {
		t.Errorf("copies %v", copies)
	}
	want := []string{
		"LOAD CSV FROM $base + 'nodes/SpaceliftSpace/part-00000.csv.gz' AS row",
		"LOAD CSV FROM $base + 'load/nodes/SpaceliftSpace/part-00001.csv.gz' AS row",
		"LOAD CSV FROM $base + 'nodes/SpaceliftSpace/part-00002.csv.gz' AS row",
	}
	if !slices.Equal(named, want) {
		t.Errorf("the script loads\n%s", strings.Join(named, "\n"))
	}
}

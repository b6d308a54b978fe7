package verify

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"liftgraph/emit"
	"liftgraph/graph"
	"liftgraph/graph/graphtest"
	"liftgraph/internal/dataset"
)

const spacesCopy = "load/" + spacesPart

// What LOAD CSV reads is proved too: copies and script.
func TestCopies(t *testing.T) {
	add := func(t *testing.T, dir string, f dataset.File) {
		edit(t, dir, func(m *dataset.Manifest) {
			for i := range m.Files {
				if m.Files[i].Path > f.Path {
					m.Files = append(m.Files[:i], append([]dataset.File{f}, m.Files[i:]...)...)
					return
				}
			}
		})
	}
	for _, c := range []struct {
		name string
		harm func(t *testing.T, dir string)
		want string
	}{
		{"whole", func(*testing.T, string) {}, ""},
		{"of an earlier version", func(t *testing.T, dir string) { unlist(t, dir, "load/"); unlist(t, dir, emit.LoadName) }, ""},
		{"other text", func(t *testing.T, dir string) { forge(t, dir, spacesCopy, 0, replace("root", "rood")) }, spacesCopy + " doesn't say what its part says"},
		{"less", func(t *testing.T, dir string) {
			forge(t, dir, spacesCopy, 0, func(s string) string { return s[:strings.IndexByte(s, '\n')+1] })
		}, spacesCopy + " doesn't say what its part says"},
		{"more", func(t *testing.T, dir string) {
			forge(t, dir, spacesCopy, 0, func(s string) string { return s + s })
		}, spacesCopy + " goes on after the rows of its part"},
		{"none", func(t *testing.T, dir string) { unlist(t, dir, "load/") }, spacesCopy + " is missing: LOAD CSV would read"},
		{"one too many", func(t *testing.T, dir string) {
			name := filepath.Join(dir, "load", filepath.FromSlash(containsPart))
			os.MkdirAll(filepath.Dir(name), 0o700)
			os.WriteFile(name, nil, 0o600)
			add(t, dir, dataset.File{Path: "load/" + containsPart, SHA256: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"})
		}, "load/" + containsPart + " is the copy of a part that needs none"},
		{"script without the copy", func(t *testing.T, dir string) { forge(t, dir, emit.LoadName, 0, replace("'load/", "'")) }, "load.cypher doesn't load every part"},
		{"script without a part", func(t *testing.T, dir string) {
			forge(t, dir, emit.LoadName, 0, replace("\nLOAD CSV FROM $base + 'nodes/SpaceliftUser", "\n// '"))
		}, "load.cypher doesn't load every part"},
	} {
		t.Run(c.name, func(t *testing.T) {
			rows := sample()
			rows[spaces] = []graph.Row{graphtest.Row(spaces, "prod", `C:\`), graphtest.Row(spaces, "root", `\n`), graphtest.Row(spaces, "test", `say \"x\"`)}
			dir := publish(t, "csv", rows)
			c.harm(t, dir)
			_, err := Dir(context.Background(), dir, t.TempDir())
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("%v, not %q", err, c.want)
			}
		})
	}
}

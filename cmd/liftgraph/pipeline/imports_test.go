package pipeline

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// layers are the floors of the house from the ground up. A package may import its own floor's packages where it is said
// so, and what is listed; the linter has the same rules.
var layers = []struct {
	tree string   // of packages, as prefix
	may  []string // trees of this module that its packages may import
	why  string
}{
	{"graph", []string{"graph"}, "the model depends on nothing"},
	{"internal", []string{"internal"}, "foundations know neither the graph nor a stage"},
	{"extract", []string{"extract", "internal"}, "a source delivers raw records and doesn't know what becomes of them"},
	{"transform", []string{"transform", "graph", "internal"}, "transform reads raw records, wherever they come from, and writes into a graph.Sink"},
	{"emit", []string{"emit", "graph", "internal"}, "emit formats rows, wherever they come from, and reads them back"},
	{"query", []string{"query", "emit", "graph", "internal"}, "query answers from published files"},
	{"ingest", []string{"ingest", "query", "emit/published", "graph", "internal"}, "ingest loads what was published, and nothing else"},
}

// outside are modules that only one tree may need.
var outside = map[string]string{
	"github.com/machinebox/graphql": "extract/spacelift/api",
	"github.com/vektah/gqlparser":   "extract/spacelift/api",
	"github.com/aws/aws-sdk-go-v2":  "extract internal/objects emit/lake cmd",
	"github.com/parquet-go":         "emit extract/cloudtrail internal/parquetsafe cmd",
	"github.com/neo4j":              "ingest extract/inventory cmd",
}

// test helpers may need anything.
var helpers = []string{"fixtures", "graph/graphtest"}

func inTree(pkg string, trees ...string) bool {
	return slices.ContainsFunc(trees, func(tree string) bool { return pkg == tree || strings.HasPrefix(pkg, tree+"/") })
}

// Imports go one way: cmd, ingest, query, then extract, transform and emit side by side, internal, graph.
func TestImportsGoOneWay(t *testing.T) {
	out, err := exec.Command("go", "list", "-f", `{{.ImportPath}} {{join .Imports " "}}`, "liftgraph/...").Output()
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(out)) {
		imports := strings.Fields(line)
		pkg := strings.TrimPrefix(imports[0], "liftgraph/")
		if inTree(pkg, helpers...) {
			continue
		}
		for _, path := range imports[1:] {
			for module, trees := range outside {
				if inTree(path, module) && !inTree(pkg, strings.Fields(trees)...) {
					t.Errorf("%s imports %s, which is for %s alone", pkg, path, trees)
				}
			}
			own, ok := strings.CutPrefix(path, "liftgraph/")
			if !ok {
				continue
			}
			if inTree(own, "cmd") && !inTree(pkg, "cmd") {
				t.Errorf("%s imports %s: nothing imports commands", pkg, own)
			}
			for _, l := range layers {
				if inTree(pkg, l.tree) && !inTree(own, l.may...) {
					t.Errorf("%s imports %s: %s", pkg, own, l.why)
				}
			}
		}
	}
}

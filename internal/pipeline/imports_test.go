package pipeline

import (
	"os/exec"
	"strings"
	"testing"
)

// The stages know only what comes before them. The linter has the same rules for direct imports; this holds for indirect ones.
func TestImportsGoOneWay(t *testing.T) {
	forbidden := map[string][]string{ // by stage: what it may not need, and why
		"liftgraph/graph/...":     {"liftgraph/", "github.com/"}, // the model depends on nothing
		"liftgraph/transform/...": {"liftgraph/extract", "liftgraph/emit", "liftgraph/ingest", "github.com/machinebox", "github.com/parquet-go", "github.com/aws", "github.com/vektah"},
		"liftgraph/emit/...":      {"liftgraph/extract", "liftgraph/transform", "liftgraph/ingest", "github.com/machinebox"},
		"liftgraph/ingest/...":    {"liftgraph/extract", "liftgraph/transform", "liftgraph/emit"},
		"liftgraph/extract/...":   {"liftgraph/graph", "liftgraph/transform", "liftgraph/emit", "liftgraph/ingest"},
	}
	for stage, prefixes := range forbidden {
		out, err := exec.Command("go", "list", "-f", "{{.ImportPath}}: {{join .Deps \" \"}}", stage).Output()
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(out)) {
			pkg, deps, _ := strings.Cut(strings.TrimSpace(line), ": ")
			for _, dep := range strings.Fields(deps) {
				for _, p := range prefixes {
					if strings.HasPrefix(dep, p) {
						t.Errorf("%s needs %s", pkg, dep)
					}
				}
			}
		}
	}
}

package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// sampleBlock is a code block whose text a command prints, which the comment before it names. "liftgraph-data" in the command is the
// data directory of the demo.
var sampleBlock = regexp.MustCompile("(?s)<!-- printed by: (liftgraph [^\n]*?) -->\n```\n(.*?)```\n")

// What README and guides show of the program's output is what it prints, but for the time of the demo.
func TestPrintedSamples(t *testing.T) {
	data := demoData(t)
	found := 0
	walkFiles(t, func(name string) {
		if filepath.Ext(name) != ".md" {
			return
		}
		page := read(t, name)
		now := sampleBlock.ReplaceAllStringFunc(page, func(block string) string {
			found++
			m := sampleBlock.FindStringSubmatch(block)
			var out bytes.Buffer
			args := strings.Fields(m[1])
			for i := range args {
				args[i] = strings.ReplaceAll(args[i], "liftgraph-data", data)
			}
			if !strings.Contains(m[1], "liftgraph-data") && args[1] == "trace" {
				args = append(args, "--data", data)
			}
			run(t.Context(), args, &out, &out)
			text := strings.ReplaceAll(out.String(), data, "liftgraph-data")
			return "<!-- printed by: " + m[1] + " -->\n```\n$ " + m[1] + "\n" + text + "```\n"
		})
		if now == page {
			return
		}
		if !*update {
			t.Errorf("%s shows other output than the program prints: run `make docs` and look at the difference", name)
		} else if err := os.WriteFile(name, []byte(now), 0o644); err != nil {
			t.Fatal(err)
		}
	})
	if found < 3 {
		t.Errorf("found only %d samples", found)
	}
}

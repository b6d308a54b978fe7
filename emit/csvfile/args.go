package csvfile

import (
	"bytes"
	"fmt"
	"strings"

	"liftgraph/graph"
)

// written is what a table became.
type written struct {
	table     *graph.Table
	parts     []string
	rows      int64
	multiline bool // some field breaks the line
	longest   int  // bytes of the longest row
}

// ownBuffer is the size of the import tool's read buffers, unless it is told another.
const ownBuffer = 4 << 20

// args gives the options of `neo4j-admin database import full`, one a line, with paths relative to
// the directory: the tool reads them by `@neo4j-admin.args` when it is started there.
func args(tables []*written) []byte {
	longest, multiline := 0, false
	for _, w := range tables {
		longest = max(longest, w.longest)
		multiline = multiline || w.multiline
	}
	var b bytes.Buffer
	// Said although most are defaults: which ones are differs by version.
	b.WriteString("--id-type=string\n--input-encoding=UTF-8\n--delimiter=,\n--trim-strings=false\n--ignore-empty-strings=false\n" +
		"--legacy-style-quoting=false\n--bad-tolerance=0\n--skip-bad-relationships=false\n--skip-duplicate-nodes=false\n")
	if multiline {
		// Format v2, which lists files, guesses where rows end, and fails on large files.
		b.WriteString("--multiline-fields-format=v1\n--multiline-fields=true\n")
	}
	// A buffer must hold the longest field, or line, and each of the tool's threads has some.
	if size := ownBuffer; longest >= size {
		for longest >= size {
			size *= 2
		}
		fmt.Fprintf(&b, "--read-buffer-size=%d\n", size)
	}
	for _, w := range tables {
		if w.rows == 0 {
			continue
		}
		option := "nodes"
		if w.table.Relationship != nil {
			option = "relationships"
		}
		fmt.Fprintf(&b, "--%s=%s\n", option, paths(append([]string{w.table.Folder() + "/header.csv"}, w.parts...)))
	}
	return b.Bytes()
}

// paths gives a list of files. Without ./ newer versions don't find their folder.
func paths(list []string) string { return "./" + strings.Join(list, ",./") }

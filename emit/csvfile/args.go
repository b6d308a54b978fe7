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

// args gives the options of `neo4j-admin database import full`, one a line, with paths relative to
// the directory: the tool reads them by `@neo4j-admin.args` when it is started there.
func args(tables []*written) []byte {
	var b bytes.Buffer
	longest := 0
	var multiline []string
	for _, w := range tables {
		longest = max(longest, w.longest)
		if w.multiline {
			multiline = append(multiline, w.parts...)
		}
	}
	// Said although most are defaults: which ones are differs by version.
	b.WriteString("--id-type=string\n--input-encoding=UTF-8\n--delimiter=,\n--trim-strings=false\n--ignore-empty-strings=false\n" +
		"--legacy-style-quoting=false\n--bad-tolerance=0\n--skip-bad-relationships=false\n--skip-duplicate-nodes=false\n")
	if len(multiline) > 0 {
		fmt.Fprintf(&b, "--multiline-fields-format=v2\n--multiline-fields=%s\n", paths(multiline))
	}
	// A buffer must hold the longest field; the tool's own buffer is 4 MiB.
	const own = 4 << 20
	if size := own; longest > own/4 {
		for size < 4*longest {
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

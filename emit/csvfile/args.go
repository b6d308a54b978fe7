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

// Args gives the options by which neo4j-admin imports the tables written, one a line, with paths relative to the directory.
func (s *Sink) Args() []byte {
	longest, multiline := 0, false
	byTable := map[*graph.Table]*written{}
	for _, t := range s.tables {
		w := t.written
		byTable[w.table] = w
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
	for _, t := range graph.Tables() {
		w := byTable[t]
		if w == nil || w.rows == 0 {
			continue
		}
		option := "nodes"
		if t.Relationship != nil {
			option = "relationships"
		}
		// Without ./ newer versions don't find the folder of a file.
		fmt.Fprintf(&b, "--%s=./%s/header.csv,./%s\n", option, t.Folder(), strings.Join(w.parts, ",./"))
	}
	return b.Bytes()
}

package csvfile

import "fmt"

// ownBuffer is the size of the import tool's read buffers, unless another is set.
const ownBuffer = 4 << 20

// Args returns the options by which neo4j-admin imports the tables written, one a line, with paths relative to the directory.
func (s *Sink) Args() []byte {
	// Said although most are defaults: which ones are differs by version.
	b := []byte("--id-type=string\n--input-encoding=UTF-8\n--delimiter=,\n--trim-strings=false\n--ignore-empty-strings=false\n" +
		"--legacy-style-quoting=false\n--bad-tolerance=0\n--skip-bad-relationships=false\n--skip-duplicate-nodes=false\n")
	if s.multiline {
		// Format v2, which lists files, guesses where rows end, and fails on large files.
		b = append(b, "--multiline-fields-format=v1\n--multiline-fields=true\n"...)
	}
	// A buffer must hold the longest field, or line, and each of the tool's threads has some.
	if size := ownBuffer; s.longest >= size {
		for s.longest >= size {
			size *= 2
		}
		b = fmt.Appendf(b, "--read-buffer-size=%d\n", size)
	}
	return append(b, s.tables.Args(false)...)
}

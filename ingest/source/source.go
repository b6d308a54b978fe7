// Package source reads a published directory whole before it is loaded: the files are those of the manifest, or it is refused.
package source

import (
	"fmt"
	"strings"

	"liftgraph/internal/dataset"
)

// The helpers that emit puts beside the tables. The arguments file holds everything about the files and nothing
// about the database: one option a line, paths beginning with ./ as seen from the directory. How 5.26.30 reads them,
// found by importing and reading back (roundtrip_test.go):
//
//   - Fields that break the line need --multiline-fields=true with --multiline-fields-format=v1. Format v2, which lists
//     files, looks for the ends of rows from the end of each 4 MiB backwards, guessing, and fails on most files
//     larger than that. v1 costs nothing measurable on two cores.
//   - Every row must be shorter than --read-buffer-size (4 MiB) in UTF-16 units. Buffers are on the heap: 64 MiB want HEAP_SIZE=1g.
//   - A group of a header file alone is fine. So is a part without rows, but not a pattern that no file matches.
//   - Every string arrives as it is once quoted, with quotes doubled: backslashes, NUL, CR, CR LF and spaces included.
//     Unquoted empty is absent. A boolean other than true is false, without a word; so are a missing label or id accepted.
//   - Parquet: the label or type stands in the option (--nodes=Label=…), the header file has two rows, new names above those in
//     the files. An empty string becomes an absent property.
const (
	ArgsName        = "neo4j-admin.args"
	ConstraintsName = "constraints.cypher"
	LoadName        = "load.cypher"
)

// Counts are what a database or a directory holds.
type Counts struct{ Nodes, Relationships int64 }

// String returns e.g. "12 nodes and 30 relationships".
func (c Counts) String() string {
	return fmt.Sprintf("%d nodes and %d relationships", c.Nodes, c.Relationships)
}

// Content is what a published directory holds.
type Content struct {
	Counts
	Parquet bool // else CSV
}

// Rows returns the counts of what [Read] returns.
func Rows(dir string) (Counts, error) {
	c, err := Read(dir)
	return c.Counts, err
}

// Read returns what the manifest says that the directory holds, of which it reads every file: with --overwrite
// the old database is gone before the import tool comes to a damaged part.
func Read(dir string) (Content, error) {
	m, err := dataset.ReadManifest(dir)
	if err != nil {
		return Content{}, fmt.Errorf("%w; ingest takes what `liftgraph emit` or `liftgraph run` published, e.g. DATA/csv", err)
	}
	c := Content{Parquet: m.Stage == "parquet"}
	helpers := map[string]bool{}
	for _, f := range m.Files {
		if err := dataset.CheckFile(dir, f, true); err != nil {
			return Content{}, fmt.Errorf("%s isn't what its manifest says: %w; run emit again", dir, err)
		}
		switch kind, _, _ := strings.Cut(f.Path, "/"); kind {
		case "nodes":
			c.Nodes += f.Rows
		case "relationships":
			c.Relationships += f.Rows
		default:
			helpers[f.Path] = true
		}
	}
	for _, name := range []string{ArgsName, ConstraintsName} {
		if !helpers[name] {
			return Content{}, fmt.Errorf("%s (stage %s) has no %s: name the directory of emit's CSV or Parquet", dir, m.Stage, name)
		}
	}
	return c, nil
}

package cypher

import (
	"fmt"
	"strings"

	"liftgraph/graph"
)

// Unwind returns the statement that writes the rows of the parameter $rows and returns missing: how many of them have
// no written. Empty where there is nothing to write.
func Unwind(t *graph.Table, o Options) string {
	body := Upsert(t, o)
	if body == "" {
		return ""
	}
	return "UNWIND $rows AS row\nCALL (row) {\n" + body + "\n}\nRETURN count(CASE WHEN NOT written THEN 1 END) AS missing"
}

// LoadCSV returns the statement that writes the rows of a file, without the first skip ones, so many in a transaction. It
// returns written for each row once its transaction is committed. url and skip are expressions. Empty where there is
// nothing to write.
func LoadCSV(t *graph.Table, o Options, url, skip string, batch int) string {
	return load(t, o, url, "WITH row SKIP "+skip+"\n", batch, "written")
}

// Script returns the statement that writes the rows of a file, for a person: it returns the file, its rows, and how many of
// them lack an end.
func Script(t *graph.Table, o Options, url string, batch int) string {
	return load(t, o, url, "", batch, url+" AS file, count(*) AS rows, count(CASE WHEN NOT written THEN 1 END) AS missing")
}

func load(t *graph.Table, o Options, url, skip string, batch int, result string) string {
	body := Upsert(t, o)
	if body == "" {
		return ""
	}
	return fmt.Sprintf("LOAD CSV FROM %s AS row\n%sWITH %s AS row\nCALL (row) {\n%s\n} IN TRANSACTIONS OF %d ROWS\nRETURN %s", url, skip, FromCSV(t), body, batch, result)
}

// CopyPath returns where, in a published directory, the copy of a part lies that LOAD CSV would read wrongly.
func CopyPath(part string) string { return CopyFolder + part }

// CopyFolder is what the paths of these copies begin with.
const CopyFolder = "load/"

// FromCSV returns the expression that makes of row as LOAD CSV reads it, a list of strings, one of values. The last field
// of a line, the label or type, is left out.
func FromCSV(t *graph.Table) string {
	cells := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		cells[i] = fmt.Sprintf("row[%d]", i)
		switch c.Type {
		case graph.Int:
			cells[i] = "toInteger(" + cells[i] + ")"
		case graph.Bool:
			cells[i] += " = 'true'"
		case graph.String:
		case graph.List:
			cells[i] = fmt.Sprintf("[x IN split(%s, %s) WHERE x <> '']", cells[i], Text(graph.ListSeparator))
		}
	}
	return "[" + strings.Join(cells, ", ") + "]"
}

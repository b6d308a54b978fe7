package ddl

import "strings"

// sqlText quotes a text as standard SQL does.
func sqlText(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// hiveText quotes a text for Hive's grammar, which Athena's DDL and Spark have.
func hiveText(s string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(s) + "'"
}

// sqlName quotes a name as standard SQL does.
func sqlName(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }

// hiveName quotes a name for Hive's grammar.
func hiveName(s string) string { return "`" + strings.ReplaceAll(s, "`", "``") + "`" }

// in returns the name of a table or view in the database, each part quoted.
func (w *writer) in(name string, quote func(string) string) string {
	if w.Database == "" {
		return quote(name)
	}
	return w.database(quote) + "." + quote(name)
}

func (w *writer) database(quote func(string) string) string {
	parts := strings.Split(w.Database, ".")
	for i, p := range parts {
		parts[i] = quote(p)
	}
	return strings.Join(parts, ".")
}

// lines puts each element on a line of its own, with commas between them.
func lines(list []string) string { return "  " + strings.Join(list, ",\n  ") }

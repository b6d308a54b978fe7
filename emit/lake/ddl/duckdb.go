package ddl

import (
	"fmt"
	"strings"

	"liftgraph/emit/lake"
)

var duckDBTypes = map[kind]string{text: "VARCHAR", number: "BIGINT", truth: "BOOLEAN", timestamp: "TIMESTAMP", date: "DATE"}

// The variables of a session that say what is there: see duckDB.
const (
	snapshotsVariable = "lake_snapshots"
	filesVariable     = "lake_files"
)

const runAgain = "error('liftgraph: run the script that made this view first, in each session: it finds the snapshots')"

// duckDB writes views over files that a session's variables list. The script finds them anew in each session, which then sees the
// same snapshots throughout: no folder is listed by a query, and no file opened that it doesn't need.
func (w *writer) duckDB() {
	w.notes = append(w.notes, "run this at the begin of each session (duckdb -init FILE): it finds the snapshots that the session sees")
	if w.Database != "" {
		w.add("CREATE SCHEMA IF NOT EXISTS %s", w.database(sqlName))
	}
	w.add(`SET VARIABLE %s = (
  SELECT list(s ORDER BY s.age)
  FROM (
    SELECT {'%[2]s': %[2]s, '%[3]s': %[3]s, '%[4]s': row_number() OVER (ORDER BY %[2]s DESC) - 1} AS s
    FROM (
      SELECT CAST(regexp_extract(file, '%[5]s', 1) AS DATE) AS %[2]s, max(regexp_extract(file, '%[5]s', 2)) AS %[3]s
      FROM glob(%[6]s)
      WHERE regexp_matches(file, '%[5]s')
      GROUP BY 1
    )
  )
)`, snapshotsVariable, lake.SnapshotKey, publicationColumn, ageColumn, manifestPattern, sqlText(w.place(lake.ManifestsFolder+"/*.json")))
	w.add(`CREATE OR REPLACE VIEW %s AS
SELECT unnest(coalesce(getvariable('%s'), %s), recursive := true)`, w.in(snapshotsView, sqlName), snapshotsVariable, noSnapshot(w.Location))
	// For a table's folder and the age of a snapshot, its files; for the folder alone those of all, the newest first, whose columns count.
	w.add(`SET VARIABLE %s = (
  WITH files AS (
    SELECT file, s.%[2]s, regexp_extract(file, '/((nodes|relationships)/[^/]+)/%[3]s=', 1) AS folder
    FROM (FROM glob(%[4]s) UNION ALL FROM glob(%[5]s)) f
    JOIN %[6]s s ON contains(file, '/%[3]s=' || s.%[3]s || '/') AND s.%[7]s = regexp_extract(file, '%[8]s', 1)
  )
  SELECT map_from_entries(list((key, files)))
  FROM (
    SELECT folder || ' ' || %[2]s AS key, list(file ORDER BY file) AS files FROM files GROUP BY ALL
    UNION ALL SELECT folder, list(file ORDER BY %[2]s, file) FROM files GROUP BY ALL
  )
)`, filesVariable, ageColumn, lake.SnapshotKey, sqlText(w.place("nodes/**/*.parquet")), sqlText(w.place("relationships/**/*.parquet")),
		w.in(snapshotsView, sqlName), publicationColumn, partPattern)
	for _, t := range w.tables() {
		w.duckDBView(t, "", fmt.Sprintf("getvariable('%s')['%s']", filesVariable, t.folder), "")
		w.duckDBComments(t, "")
		for _, v := range views {
			// Where a snapshot has no such files, or there is none of that age, the columns come from the newest and no row does.
			files := fmt.Sprintf("coalesce(getvariable('%[1]s')['%[2]s %[3]d'], getvariable('%[1]s')['%[2]s'])", filesVariable, t.folder, v.age)
			where := fmt.Sprintf("\nWHERE %s = getvariable('%s')[%d].%[1]s", lake.SnapshotKey, snapshotsVariable, v.age+1)
			w.duckDBView(t, v.prefix, files, where)
		}
		w.duckDBComments(t, views[0].prefix)
	}
}

func noSnapshot(location string) string {
	return "error(" + sqlText("liftgraph: there is no published snapshot in "+location+", or the script that made this view has not run in this session") + ")"
}

// duckDBView writes a view over files. What they lack of the columns is null: an earlier version may have written them.
func (w *writer) duckDBView(t table, prefix, files, where string) {
	var columns, typed []string
	for _, c := range t.columns {
		typ := duckDBTypes[c.kind]
		if c.kind == timestamp {
			// They are instants, which DuckDB shows in the session's time zone: here a timestamp is in UTC, as in every engine.
			columns = append(columns, fmt.Sprintf("make_timestamp(epoch_us(%s)) AS %[1]s", sqlName(c.name)))
			typ = "TIMESTAMPTZ"
		} else {
			columns = append(columns, sqlName(c.name))
		}
		typed = append(typed, "NULL::"+typ+" AS "+sqlName(c.name))
	}
	columns = append(columns, sqlName(lake.SnapshotKey))
	keys := fmt.Sprintf("'%s': DATE", lake.SnapshotKey)
	if t.eventDated {
		columns = append(columns, fmt.Sprintf("nullif(%s, DATE '%s') AS %[1]s", sqlName(lake.EventKey), lake.NoEvent))
		keys += fmt.Sprintf(", '%s': DATE", lake.EventKey)
	}
	w.add(`CREATE OR REPLACE VIEW %s AS
SELECT
%s
FROM (
  SELECT %s WHERE false
  UNION ALL BY NAME
  FROM read_parquet(coalesce(%s, %s), hive_partitioning = true, hive_types = {%s}, union_by_name = false)
)%s`, w.in(prefix+t.name, sqlName), lines(columns), strings.Join(typed, ", "), files, runAgain, keys, where)
}

func (w *writer) duckDBComments(t table, prefix string) {
	name := w.in(prefix+t.name, sqlName)
	w.add("COMMENT ON VIEW %s IS %s", name, sqlText(t.doc))
	for _, c := range t.columns {
		w.add("COMMENT ON COLUMN %s.%s IS %s", name, sqlName(c.name), sqlText(c.doc))
	}
	w.add("COMMENT ON COLUMN %s.%s IS %s", name, sqlName(lake.SnapshotKey), sqlText(snapshotDoc))
	if t.eventDated {
		w.add("COMMENT ON COLUMN %s.%s IS %s", name, sqlName(lake.EventKey), sqlText(eventDoc))
	}
}

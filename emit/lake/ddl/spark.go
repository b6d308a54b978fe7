package ddl

import (
	"fmt"
	"strings"

	"liftgraph/emit/lake"
)

// spark writes tables of Spark SQL. Spark projects no partitions: those that are there are found when MSCK REPAIR TABLE runs, so
// the script has to run after each night.
func (w *writer) spark() {
	w.notes = append(w.notes, "run this after each night: Spark sees the folders of snapshots that MSCK REPAIR TABLE found")
	if w.Database != "" {
		w.add("CREATE DATABASE IF NOT EXISTS %s", w.database(hiveName))
	}
	for _, t := range w.tables() {
		var columns []string
		for _, c := range t.columns {
			columns = append(columns, sparkColumn(c))
		}
		keys := []string{hiveName(lake.SnapshotKey)}
		columns = append(columns, sparkColumn(column{lake.SnapshotKey, snapshotDoc, date}))
		if t.eventDated {
			keys = append(keys, hiveName(lake.EventKey))
			columns = append(columns, sparkColumn(column{lake.EventKey, eventDoc, date}))
		}
		w.add(`CREATE TABLE IF NOT EXISTS %s (
%s
)
USING parquet
PARTITIONED BY (%s)
LOCATION %s
COMMENT %s`, w.in(t.name, hiveName), lines(columns), strings.Join(keys, ", "), hiveText(w.place(t.folder)), hiveText(t.doc))
		w.add("MSCK REPAIR TABLE %s SYNC PARTITIONS", w.in(t.name, hiveName))
	}
	// Of binary files their paths can be read without their contents.
	w.add(`CREATE TABLE IF NOT EXISTS %s
USING binaryFile
LOCATION %s
COMMENT %s`, w.in(manifestsTable, hiveName), hiveText(w.place(lake.ManifestsFolder)), hiveText("The manifests of published snapshots, whose names tell date and publication."))
	w.add("REFRESH TABLE %s", w.in(manifestsTable, hiveName))
	w.add(`CREATE OR REPLACE VIEW %s AS
SELECT %[2]s, %[3]s, row_number() OVER (ORDER BY %[2]s DESC) - 1 AS %[4]s
FROM (
  SELECT to_date(regexp_extract(path, '%[5]s', 1)) AS %[2]s, max(regexp_extract(path, '%[5]s', 2)) AS %[3]s
  FROM %[6]s
  GROUP BY 1
)
WHERE %[2]s IS NOT NULL`, w.in(snapshotsView, hiveName), lake.SnapshotKey, publicationColumn, ageColumn, manifestPattern, w.in(manifestsTable, hiveName))
	for _, t := range w.tables() {
		for _, v := range views {
			w.sparkView(t, v)
		}
	}
}

func (w *writer) sparkView(t table, v view) {
	var names, values []string
	for _, c := range t.columns {
		names = append(names, hiveName(c.name)+" COMMENT "+hiveText(c.doc))
		values = append(values, hiveName(c.name))
	}
	names = append(names, hiveName(lake.SnapshotKey)+" COMMENT "+hiveText(snapshotDoc))
	values = append(values, hiveName(lake.SnapshotKey))
	if t.eventDated {
		names = append(names, hiveName(lake.EventKey)+" COMMENT "+hiveText(eventDoc))
		values = append(values, fmt.Sprintf("nullif(%s, DATE '%s') AS %[1]s", hiveName(lake.EventKey), lake.NoEvent))
	}
	snapshot := func(column string) string {
		return fmt.Sprintf("(SELECT s.%s FROM %s s WHERE s.%s = %d)", column, w.in(snapshotsView, hiveName), ageColumn, v.age)
	}
	w.add(`CREATE OR REPLACE VIEW %s (
%s
)
COMMENT %s
AS SELECT
%s
FROM %s
WHERE %s = %s
  AND regexp_extract(_metadata.file_path, '%s', 1) = %s`, w.in(v.prefix+t.name, hiveName), lines(names), hiveText(t.doc), lines(values),
		w.in(t.name, hiveName), hiveName(lake.SnapshotKey), snapshot(lake.SnapshotKey), partPattern, snapshot(publicationColumn))
}

var sparkTypes = map[kind]string{text: "STRING", number: "BIGINT", truth: "BOOLEAN", timestamp: "TIMESTAMP", date: "DATE"}

func sparkColumn(c column) string {
	return fmt.Sprintf("%s %s COMMENT %s", hiveName(c.name), sparkTypes[c.kind], hiveText(c.doc))
}

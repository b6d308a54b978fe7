package ddl

import (
	"fmt"

	"liftgraph/emit/lake"
)

var trinoTypes = map[kind]string{text: "varchar", number: "bigint", truth: "boolean", timestamp: "timestamp", date: "date"}

// trino writes tables of Trino's Hive connector, with projected partitions.
func (w *writer) trino() {
	w.notes = append(w.notes,
		"the catalog needs hive.recursive-directories=true: without it, tables whose folders are by event_date too are empty",
		"set hive.dynamic-filtering.wait-timeout=1m in it: a view then lists the folder of one day, instead of those of every day")
	if w.Database != "" {
		w.add("CREATE SCHEMA IF NOT EXISTS %s", w.database(sqlName))
	}
	for _, t := range w.tables() {
		var columns []string
		for _, c := range t.columns {
			columns = append(columns, fmt.Sprintf("%s %s COMMENT %s", sqlName(c.name), trinoTypes[c.kind], sqlText(c.doc)))
		}
		columns = append(columns, fmt.Sprintf(`%s date COMMENT %s WITH (
    partition_projection_type = 'date', partition_projection_format = 'yyyy-MM-dd', partition_projection_range = ARRAY['%s', 'NOW+1DAYS'],
    partition_projection_interval = 1, partition_projection_interval_unit = 'DAYS')`, sqlName(lake.SnapshotKey), sqlText(snapshotDoc), w.From))
		w.add(`CREATE TABLE IF NOT EXISTS %s (
%s
)
COMMENT %s
WITH (
  format = 'PARQUET',
  external_location = %s,
  partitioned_by = ARRAY[%s],
  partition_projection_enabled = true,
  partition_projection_location_template = %s
)`, w.in(t.name, sqlName), lines(columns), sqlText(t.doc), sqlText(w.place(t.folder)), sqlText(lake.SnapshotKey), sqlText(w.template(t)))
	}
	w.add(`CREATE TABLE IF NOT EXISTS %s (%s varchar)
COMMENT %s
WITH (format = 'TEXTFILE', textfile_field_separator = U&'\0001', external_location = %s)`,
		w.in(manifestsTable, sqlName), sqlName("line"), sqlText(manifestsDoc), sqlText(w.place(lake.ManifestsFolder)))
	w.trinoViews("s." + lake.SnapshotKey)
}

// trinoViews writes the views of Trino and of Athena, whose queries are Trino's. snapshot is the date of the snapshot s, of the
// type that the tables' partitions have.
func (w *writer) trinoViews(snapshot string) {
	manifests := w.in(manifestsTable, sqlName)
	w.add(`CREATE OR REPLACE VIEW %s AS
SELECT %[2]s, %[3]s, row_number() OVER (ORDER BY %[2]s DESC) - 1 AS %[4]s
FROM (
  SELECT CAST(regexp_extract("$path", '%[5]s', 1) AS date) AS %[2]s, max(regexp_extract("$path", '%[5]s', 2)) AS %[3]s
  FROM %[6]s
  GROUP BY 1
)
WHERE %[2]s IS NOT NULL`, w.in(snapshotsView, sqlName), lake.SnapshotKey, publicationColumn, ageColumn, manifestPattern, manifests)
	// The same for the newest alone, with less work: it is in every query. Names of manifests sort by date, then by publication.
	w.add(`CREATE OR REPLACE VIEW %s AS
SELECT CAST(substr(newest, 1, 10) AS date) AS %s, substr(newest, 12) AS %s
FROM (SELECT max(regexp_extract("$path", '%s', 1)) AS newest FROM %s)`,
		w.in(latestView, sqlName), lake.SnapshotKey, publicationColumn, wholeManifestPattern, manifests)
	for _, t := range w.tables() {
		var columns []string
		for _, c := range t.columns {
			columns = append(columns, "t."+sqlName(c.name))
		}
		columns = append(columns, "s."+sqlName(lake.SnapshotKey))
		if t.eventDated {
			columns = append(columns, "CAST(t."+sqlName(eventTimestamp)+" AS date) AS "+sqlName(lake.EventKey))
		}
		for _, v := range views {
			snapshots, which := latestView, ""
			if v.age > 0 {
				snapshots, which = snapshotsView, fmt.Sprintf("\nWHERE s.%s = %d", ageColumn, v.age)
			}
			w.add(`CREATE OR REPLACE VIEW %s AS
SELECT
%s
FROM %s t
JOIN %s s ON t.%s = %s AND s.%s = regexp_extract(t."$path", '%s', 1)%s`, w.in(v.prefix+t.name, sqlName), lines(columns), w.in(t.name, sqlName),
				w.in(snapshots, sqlName), lake.SnapshotKey, snapshot, publicationColumn, partPattern, which)
		}
	}
}

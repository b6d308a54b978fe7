package ddl

import (
	"fmt"

	"liftgraph/emit/lake"
)

var hiveTypes = map[kind]string{text: "string", number: "bigint", truth: "boolean", timestamp: "timestamp", date: "date"}

// commentBytes is how long the Glue catalog lets the comment of a column be.
const commentBytes = 255

// athena writes Hive's DDL for tables and Trino's SQL for views, as Athena wants them.
func (w *writer) athena() {
	if w.Database != "" {
		w.add("CREATE DATABASE IF NOT EXISTS %s", w.database(hiveName))
	}
	for _, t := range w.tables() {
		var columns []string
		for _, c := range t.columns {
			columns = append(columns, fmt.Sprintf("%s %s COMMENT %s", hiveName(c.name), hiveTypes[c.kind], hiveText(shortened(c.doc))))
		}
		// snapshot_date is a string here: AWS's documentation projects dates only onto these.
		w.add(`CREATE EXTERNAL TABLE IF NOT EXISTS %s (
%s
)
COMMENT %s
PARTITIONED BY (%s string COMMENT %s)
STORED AS PARQUET
LOCATION %s
TBLPROPERTIES (
  'projection.enabled' = 'true',
  'projection.%[7]s.type' = 'date',
  'projection.%[7]s.format' = 'yyyy-MM-dd',
  'projection.%[7]s.range' = '%[8]s,NOW+1DAYS',
  'projection.%[7]s.interval' = '1',
  'projection.%[7]s.interval.unit' = 'DAYS',
  'storage.location.template' = %[9]s
)`,
			w.in(t.name, hiveName), lines(columns), hiveText(t.doc), hiveName(lake.SnapshotKey), hiveText(snapshotDoc),
			hiveText(w.place(t.folder)+"/"), lake.SnapshotKey, w.From, hiveText(w.template(t)+"/"))
	}
	w.add(`CREATE EXTERNAL TABLE IF NOT EXISTS %s (%s string)
COMMENT %s
ROW FORMAT DELIMITED FIELDS TERMINATED BY '\001'
STORED AS TEXTFILE
LOCATION %s`, w.in(manifestsTable, hiveName), hiveName("line"), hiveText(manifestsDoc), hiveText(w.place(lake.ManifestsFolder)+"/"))
	w.trinoViews(fmt.Sprintf("CAST(s.%s AS varchar)", lake.SnapshotKey))
}

// template returns where the files of a snapshot lie. The folders of event dates in there are read with it: projected too, each of the
// thousands of dates since 1970 would be listed for every snapshot.
func (w *writer) template(t table) string {
	return fmt.Sprintf("%s/%s=${%[2]s}", w.place(t.folder), lake.SnapshotKey)
}

// shortened cuts a comment at a character, so that the catalog takes it.
func shortened(s string) string {
	const more = "…"
	if len(s) <= commentBytes {
		return s
	}
	cut := 0
	for i := range s {
		if i > commentBytes-len(more) {
			break
		}
		cut = i
	}
	return s[:cut] + more
}

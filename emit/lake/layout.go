// Package lake keeps snapshots of a graph as Parquet in a directory or below a prefix of S3, where query engines read them:
//
//	nodes/LABEL/snapshot_date=YYYY-MM-DD/part-NNNNN-PUBLICATION.parquet
//	relationships/FROM_TYPE_TO/snapshot_date=YYYY-MM-DD/[event_date=YYYY-MM-DD/]part-NNNNN-PUBLICATION.parquet
//	index/…/snapshot_date=YYYY-MM-DD/NNNNN-PUBLICATION.idx
//	manifests/YYYY-MM-DD-PUBLICATION.json
//	latest.json
//
// The name of a file is never used again, so that no file of a published snapshot is ever overwritten. A publication is seen as a
// whole: its files appear when all are stored, then its manifest, then latest.json names that. What it replaces goes after that.
package lake

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"liftgraph/graph"
)

// Stage is what the manifest of a snapshot names as its stage.
const Stage = "lake"

// The names of a lake.
const (
	LatestName      = "latest.json"
	ManifestsFolder = "manifests"
	IndexFolder     = "index"
	SnapshotKey     = "snapshot_date" // the partition key of every table: the UTC date of the update tag
	EventKey        = "event_date"    // the second one of tables with an event_time: its UTC date
	NoEvent         = "1970-01-01"    // the event_date of rows without an event_time, or with one that is no time

	eventTime    = "event_time"
	manifestEnd  = ".json"
	partEnd      = ".parquet"
	partBegin    = "part-"
	indexEnd     = ".idx"
	timestampEnd = "_ts"
)

// Column is a column of a table's files.
type Column struct {
	graph.Property
	Source    int  // the column of the table's rows that it comes from
	Timestamp bool // it holds the time of the column Source as a timestamp: microseconds in UTC; null where that is no time
}

// Columns returns the columns of a table's files: the table's, and right after each that is a time the same as a timestamp.
func Columns(t *graph.Table) []Column {
	var list []Column
	for i, p := range t.Columns {
		list = append(list, Column{Property: p, Source: i})
		if p.TimeForm() != graph.NoTime {
			ts := graph.Property{Name: p.Name + timestampEnd, Type: graph.Int, Doc: "The same as " + p.Name + ", as a timestamp in UTC."}
			list = append(list, Column{Property: ts, Source: i, Timestamp: true})
		}
	}
	return list
}

// IsTimestamp reports whether a column of a file states a time of the table once more, as a timestamp.
func IsTimestamp(t *graph.Table, name string) bool {
	return slices.ContainsFunc(Columns(t), func(c Column) bool { return c.Timestamp && c.Name == name })
}

// Partitions returns the partition keys of a table, in the order of its folders.
func Partitions(t *graph.Table) []string {
	if EventColumn(t) < 0 {
		return []string{SnapshotKey}
	}
	return []string{SnapshotKey, EventKey}
}

// EventColumn returns the column whose date a table is partitioned by, or -1.
func EventColumn(t *graph.Table) int {
	return slices.IndexFunc(t.Columns, func(p graph.Property) bool { return p.Name == eventTime && p.TimeForm() != graph.NoTime })
}

// EventDate returns the event_date of a row of a table that has one.
func EventDate(t *graph.Table, row graph.Row) string {
	i := EventColumn(t)
	micros, ok := t.Columns[i].TimeForm().Micros(&row[i])
	if !ok {
		return NoEvent
	}
	return time.UnixMicro(micros).UTC().Format(time.DateOnly)
}

// SnapshotDate returns the snapshot_date of an update tag.
func SnapshotDate(updateTag int64) string {
	return time.Unix(updateTag, 0).UTC().Format(time.DateOnly)
}

// Part is the location of a file of rows.
type Part struct {
	Table       string // its folder: nodes/LABEL or relationships/FROM_TYPE_TO
	Snapshot    string // its snapshot_date
	Event       string // its event_date; "" for a table without
	Number      int    // from 0, within the folder
	Publication string // that it belongs to
}

// Path returns the part's path in the lake.
func (p Part) Path() string {
	folder := p.Table + "/" + SnapshotKey + "=" + p.Snapshot
	if p.Event != "" {
		folder += "/" + EventKey + "=" + p.Event
	}
	return fmt.Sprintf("%s/%s%05d-%s%s", folder, partBegin, p.Number, p.Publication, partEnd)
}

// ParsePart reads a path that [Part.Path] gave; false for any other.
func ParsePart(name string) (p Part, ok bool) {
	folder, base := path.Split(name)
	folders := strings.Split(strings.TrimSuffix(folder, "/"), "/")
	if len(folders) < 3 {
		return p, false
	}
	p.Table = folders[0] + "/" + folders[1]
	p.Snapshot, _ = strings.CutPrefix(folders[2], SnapshotKey+"=")
	if len(folders) > 3 {
		p.Event, _ = strings.CutPrefix(folders[3], EventKey+"=")
	}
	number, publication, _ := strings.Cut(strings.TrimSuffix(strings.TrimPrefix(base, partBegin), partEnd), "-")
	if _, err := fmt.Sscanf(number, "%d", &p.Number); err != nil {
		return p, false
	}
	p.Publication = publication
	ours := folders[0] == "nodes" || folders[0] == "relationships"
	return p, ours && isDate(p.Snapshot) && (p.Event == "" || isDate(p.Event)) && isPublication(publication) && p.Path() == name
}

// Index is where an index of a table's parts lies: what a look-up reads of a lake, and no engine.
type Index struct {
	Table       string // its folder: nodes/LABEL or relationships/FROM_TYPE_TO
	Snapshot    string // its snapshot_date
	Number      int    // from 0; each goes on where the one before ends
	Publication string // that it belongs to
}

// Path returns the index's path in the lake.
func (x Index) Path() string {
	return fmt.Sprintf("%s/%s/%s=%s/%05d-%s%s", IndexFolder, x.Table, SnapshotKey, x.Snapshot, x.Number, x.Publication, indexEnd)
}

// ParseIndex reads a path that [Index.Path] gave; false for any other.
func ParseIndex(name string) (x Index, ok bool) {
	rest, found := strings.CutPrefix(name, IndexFolder+"/")
	number, publication, _ := strings.Cut(strings.TrimSuffix(path.Base(name), indexEnd), "-")
	p, ok := ParsePart(path.Dir(rest) + "/" + partBegin + number + "-" + publication + partEnd)
	x = Index{p.Table, p.Snapshot, p.Number, p.Publication}
	return x, ok && found && p.Event == "" && x.Path() == name
}

// publicationOf returns the snapshot and the publication that a file of rows, or of an index of them, belongs to.
func publicationOf(name string) (snapshot, publication string, ok bool) {
	if x, ok := ParseIndex(name); ok {
		return x.Snapshot, x.Publication, true
	}
	p, ok := ParsePart(name)
	return p.Snapshot, p.Publication, ok
}

// manifestName returns the name of a snapshot's manifest.
func manifestName(date, publication string) string {
	return ManifestsFolder + "/" + date + "-" + publication + manifestEnd
}

// parseManifestName reads what manifestName gave.
func parseManifestName(name string) (date, publication string, ok bool) {
	base, found := strings.CutPrefix(name, ManifestsFolder+"/")
	if base, ok = strings.CutSuffix(base, manifestEnd); !ok || !found || len(base) <= len(time.DateOnly) {
		return "", "", false
	}
	date, publication = base[:len(time.DateOnly)], base[len(time.DateOnly)+1:]
	return date, publication, isDate(date) && isPublication(publication) && manifestName(date, publication) == name
}

func isDate(s string) bool {
	_, err := time.Parse(time.DateOnly, s)
	return err == nil
}

// of reports whether a file lies in the folders of a snapshot.
func of(name, date string) bool {
	return slices.Contains(strings.Split(path.Dir(name), "/"), SnapshotKey+"="+date)
}

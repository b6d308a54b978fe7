package ddl

import (
	"strings"
	"unicode"

	"liftgraph/emit/lake"
	"liftgraph/graph"
)

// The names of what every lake has besides its model's tables.
const (
	manifestsTable = "lake_manifests" // a table over the manifests' lines, for engines that can't list files
	snapshotsView  = "lake_snapshots" // the published snapshots
	latestView     = "lake_latest"    // the newest of them, for engines that want it by itself
)

// The columns of the published snapshots.
const (
	publicationColumn = "publication"
	ageColumn         = "age"
)

// The texts of what the model doesn't tell.
const (
	snapshotDoc  = "Date of the snapshot, in UTC: that of its update tag."
	eventDoc     = "Date of event_time, in UTC."
	manifestsDoc = "The lines of the manifests of published snapshots, whose names tell date and publication."
)

// kind is what a column holds.
type kind uint8

const (
	text kind = iota
	number
	truth
	timestamp
	date
)

type column struct {
	name, doc string
	kind      kind
}

type table struct {
	name, doc  string
	folder     string // within the lake
	columns    []column
	eventDated bool // its folders are by date of the event too
}

// view is one of the views over a table.
type view struct {
	prefix string
	age    int // how many snapshots are newer
}

var views = []view{{"latest_", 0}, {"previous_", 1}}

// tables returns the tables of the model.
func (w *writer) tables() []table {
	var list []table
	for _, t := range w.Model.LakeTables() {
		own := table{name: TableName(t), folder: t.Folder(), eventDated: lake.EventColumn(t) >= 0}
		if t.Node != nil {
			own.doc = t.Node.Doc
		} else {
			own.doc = t.Relationship.Doc
		}
		for _, c := range lake.Columns(t) {
			own.columns = append(own.columns, column{c.Name, c.Doc, kindOf(c)})
		}
		list = append(list, own)
	}
	return list
}

// kindOf returns what a column holds. A list is one text in Parquet.
func kindOf(c lake.Column) kind {
	switch {
	case c.Timestamp:
		return timestamp
	case c.Type == graph.Int:
		return number
	case c.Type == graph.Bool:
		return truth
	}
	return text
}

// TableName returns the name that a table of the model has in every engine: that of its folder in lower case, with _ where a
// capital begins a word. SpaceliftRun_AFFECTED_EC2Instance is spacelift_run_affected_ec2_instance.
func TableName(t *graph.Table) string {
	var b strings.Builder
	runes := []rune(t.Name)
	for i, r := range runes {
		if i > 0 && unicode.IsUpper(r) {
			before := runes[i-1]
			startsWord := i+1 < len(runes) && unicode.IsLower(runes[i+1]) && unicode.IsUpper(before)
			if unicode.IsLower(before) || unicode.IsDigit(before) || startsWord {
				b.WriteByte('_')
			}
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

// place returns the location of something in the lake.
func (w *writer) place(name string) string { return w.Location + "/" + name }

package trace

import (
	"fmt"
	"time"

	"liftgraph/graph"
	"liftgraph/internal/dataset"
)

// Carried says of a row of the graph whether the night that published it read it.
type Carried struct {
	// CarriedOverFrom is the update tag, in Unix seconds, of the earlier night that last read the row; 0 where the night that
	// published the graph read it.
	CarriedOverFrom int64 `json:"carried_over_from,omitempty"`
}

// LastRead returns the time of the night that last read a row which was carried over, in ISO 8601; empty for other rows.
func (c Carried) LastRead() string {
	if c.CarriedOverFrom == 0 {
		return ""
	}
	return iso(c.CarriedOverFrom)
}

// said returns the same as the end of a line.
func (c Carried) said() string {
	return wrap("  [carried over, last read ", seconds(c.CarriedOverFrom), "]")
}

// carried returns whether a row was carried over: its lastupdated is that of an earlier night.
func (a *asker) carried(t *graph.Table, row graph.Row) Carried {
	if last := row[column(t, "lastupdated")].Num; last > 0 && last < a.dir.Manifest().UpdateTag {
		return Carried{last}
	}
	return Carried{}
}

// carriedOver returns a sentence for rows of the graph that an earlier night read, and not the one that published it.
func carriedOver(c dataset.CarriedOver) string {
	why := c.Scope + " could not be read completely this time"
	if c.Scope == dataset.HistoryScope {
		why = "history, which is kept"
	}
	return fmt.Sprintf("%d rows of the graph were carried over from earlier nights (%s): last read %s", c.Rows, why, span(c.Oldest, c.Newest))
}

// span returns one time, or the first and the last one, of Unix seconds.
func span(from, to int64) string {
	form := func(s int64) string { return time.Unix(s, 0).UTC().Format(time.RFC3339) }
	if from == to {
		return form(from)
	}
	return form(from) + " to " + form(to)
}

package trace

import (
	"fmt"
	"time"

	"liftgraph/internal/dataset"
)

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

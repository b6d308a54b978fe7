package trace

import (
	"testing"

	"liftgraph/internal/dataset"
)

// What an earlier night read is said to be of that night.
func TestCarriedOver(t *testing.T) {
	for want, c := range map[string]dataset.CarriedOver{
		"38 rows of the graph were carried over from earlier nights (cloudtrail could not be read completely this time): last read 2026-11-17T22:26:40Z": {Scope: "cloudtrail", Rows: 38, Oldest: 1794954400, Newest: 1794954400},
		"9 rows of the graph were carried over from earlier nights (history, which is kept): last read 1970-01-01T00:00:01Z to 1970-01-01T00:00:02Z":     {Scope: dataset.HistoryScope, Rows: 9, Oldest: 1, Newest: 2},
	} {
		if got := carriedOver(c); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

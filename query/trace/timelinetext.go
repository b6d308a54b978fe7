package trace

import (
	"fmt"
	"strings"

	"liftgraph/internal/table"
)

// writeTimeline writes what happened, a line each, in the order of time, within a width; 0 is any.
func (s *Subject) writeTimeline(b *strings.Builder, width int) {
	fmt.Fprintf(b, "\ntimeline of %s %s (UTC)\n", s.Kind, show(s.ID))
	if s.MoreEvents > 0 {
		fmt.Fprintf(b, "earlier events of the audit trail: %d; raise --limit to see them\n", s.MoreEvents)
	}
	if len(s.Timeline) == 0 {
		b.WriteString("nothing is known of any time\n")
	}
	w := table.NewWidth(b, width, false)
	for _, e := range s.Timeline {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", moment(e.Time), e.Kind, printable(e.Who), e.line())
	}
	_ = w.Flush() // into memory
}

// line returns what happened in an event, and which it is.
func (e *Event) line() string {
	what := show(e.What)
	if e.SecuritySignal {
		what = "SECURITY SIGNAL: " + what
	}
	if e.ID != "" && e.Kind != CommitWritten {
		what += "  event " + show(e.ID)
	}
	return what + e.said()
}

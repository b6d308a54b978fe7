package page

import (
	"fmt"
	"html/template"
	"math"
	"slices"
	"strings"
	"time"

	"liftgraph/query/trace"
)

// The picture of a timeline has a lane for each sort of event. Times between events are drawn shorter the longer they are, as they
// would leave no room for what matters: each pause beyond an hour is named.
var lanes = []struct {
	name  string
	kinds []trace.EventKind
}{

	{"Commit", []trace.EventKind{trace.CommitWritten}},
	{"Run", []trace.EventKind{trace.RunQueued, trace.RunPlanned, trace.RunWaiting, trace.RunApplied, trace.RunFinished}},
	{"Confirmation", []trace.EventKind{trace.RunConfirmed}},
	{"API calls", []trace.EventKind{trace.APICall, trace.OtherChange}},
	{"Audit trail", []trace.EventKind{trace.AuditEvent}},
}

// The measures of the picture, in its own units.
const (
	timelineWidth = 1200
	laneHeight    = 54
	laneLeft      = 130 // where marks begin
	laneRight     = 40
	timelineTop   = 46
	most          = 400 // marks
)

type timeline struct {
	Width, Height int
	Summary       string
	Lanes         []lane
	Ticks         []tick
	Gaps          []gap
	Bars          []bar
	Marks         []mark
	Right         int
	Bottom        int
	Style         template.CSS // of a picture of its own
}

type lane struct {
	Name string
	Y    int
}

type tick struct {
	X          float64
	Time, Text string
	Sub        string // the day, where it begins
	Anchor     string
}

type gap struct {
	X    float64
	Text string
}

type bar struct {
	X, W        float64
	Y           int
	Class, Name string
	Label       string
}

type mark struct {
	X      float64
	Y      int
	Class  string
	Shape  string
	Href   string
	Title  string
	Label  string
	LabelY int
	Anchor string
	Kind   string
	Count  int
}

func laneOf(k trace.EventKind) int {
	return slices.IndexFunc(lanes, func(l struct {
		name  string
		kinds []trace.EventKind
	}) bool {
		return slices.Contains(l.kinds, k)
	})
}

func newTimeline(s *trace.Subject, n int) *timeline {
	var events []timed
	var times []time.Time
	for i := range s.Timeline {
		if at, err := time.Parse(time.RFC3339, s.Timeline[i].Time); err == nil {
			events = append(events, timed{i, at, &s.Timeline[i]})
			times = append(times, at)
		}
	}
	if events == nil {
		return nil
	}
	slices.SortStableFunc(times, time.Time.Compare)
	sc := newScale(times)
	t := &timeline{Width: timelineWidth, Right: timelineWidth - laneRight + 20}
	for i, l := range lanes {
		t.Lanes = append(t.Lanes, lane{l.name, timelineTop + i*laneHeight + laneHeight/2})
	}
	t.Bottom = timelineTop + len(lanes)*laneHeight
	t.Height = t.Bottom + 14
	t.Summary = fmt.Sprintf("%d events from %s to %s; the table of evidence lists each", len(events), events[0].e.Time, events[len(events)-1].e.Time)
	t.axis(sc)
	for i := range s.Runs {
		t.bars(sc, &s.Runs[i])
	}
	t.marks(sc, events, n)
	return t
}

// axis adds ticks where there is room, and names long pauses.
func (t *timeline) axis(sc *scale) {
	last, day := math.Inf(-1), ""
	for i, at := range sc.times {
		x := sc.x(at)
		if i > 0 {
			if d := at.Sub(sc.times[i-1]); d >= time.Hour && x-sc.x(sc.times[i-1]) > 34 {
				t.Gaps = append(t.Gaps, gap{(x + sc.x(sc.times[i-1])) / 2, span(d)})
			}
		}
		d := at.UTC().Format("2 Jan 2006")
		if x-last < 62 {
			continue
		}
		k := tick{X: x, Time: at.UTC().Format(time.RFC3339), Text: at.UTC().Format("15:04"), Anchor: "middle"}
		if d != day {
			k.Sub, day = d, d
		}
		if x > timelineWidth-70 {
			k.Anchor = "end"
		}
		last = x
		t.Ticks = append(t.Ticks, k)
	}
}

// bars draw the phases of a run.
func (t *timeline) bars(sc *scale, r *trace.Run) {
	y := t.Lanes[1].Y
	end := r.ConfirmedAt
	if end == 0 {
		end = r.FinishedAt
	}
	planned := r.WaitingAt
	if planned == 0 {
		planned = max(r.ConfirmedAt, r.AppliedAt, r.FinishedAt)
	}
	for _, b := range []struct {
		from, to    int64
		class, name string
	}{
		{r.CreatedAt, r.PlannedAt, "queue", "queued"},
		{r.PlannedAt, planned, "plan", "planning"},
		{r.WaitingAt, end, "wait", "waiting"},
		{r.ConfirmedAt, r.AppliedAt, "queue", "confirmed"},
		{r.AppliedAt, r.FinishedAt, "apply", "applying"},
	} {
		if b.from == 0 || b.to <= b.from {
			continue
		}
		x := sc.x(time.Unix(b.from, 0))
		w := math.Round(10*(sc.x(time.Unix(b.to, 0))-x)) / 10
		if w <= 0 {
			continue
		}
		label := ""
		if w > float64(9*len(b.name)) {
			label = b.name
		}
		t.Bars = append(t.Bars, bar{X: x, W: w, Y: y - 9, Class: "bar " + b.class, Name: b.name + " of run " + r.ID, Label: label})
	}
}

// marks draw events; those of a lane that would cover each other are one.
func (t *timeline) marks(sc *scale, events []timed, n int) {
	apart := 9.0
	if len(events) > most {
		apart = 16
	}
	lastMark := map[int]int{} // by lane, the number of its last mark
	labelled := map[[2]int]float64{}
	for _, ev := range events {
		l := laneOf(ev.e.Kind)
		x := sc.x(ev.at)
		if i, ok := lastMark[l]; ok && x-t.Marks[i].X < apart && !ev.e.SecuritySignal && l != 1 {
			m := &t.Marks[i]
			m.Count++
			m.Title = fmt.Sprintf("%d events from %s", m.Count, m.Title[:min(len(m.Title), 20)])
			continue
		}
		if l == 1 && len(t.Marks) > most {
			continue
		}
		m := mark{X: x, Y: t.Lanes[l].Y, Kind: string(ev.e.Kind), Class: "mark k-" + string(ev.e.Kind), Shape: shapes[ev.e.Kind], Href: "#" + rowID(n, ev.n), Count: 1, Anchor: "middle"}
		if ev.e.SecuritySignal || ev.e.ReadOnly || ev.e.Failed != "" {
			m.Class += " alarm"
		}
		m.Title = ev.e.Time + "  " + trace.Printable(ev.e.Who) + "  " + trace.Printable(ev.e.What)
		m.Label = short(ev.e)
		if ev.e.SecuritySignal {
			m.Label = ev.at.UTC().Format("15:04") + " " + m.Label
		}
		if x > timelineWidth-150 {
			m.Anchor = "end"
		} else if x < laneLeft+100 {
			m.Anchor = "start"
		}
		m.place(l, labelled)
		lastMark[l] = len(t.Marks)
		t.Marks = append(t.Marks, m)
	}
}

// place returns the mark's label room above or below, or none.
func (m *mark) place(l int, labelled map[[2]int]float64) {
	if m.Label == "" {
		return
	}
	w := 6.4 * float64(len([]rune(m.Label)))
	left := m.X - w/2
	switch m.Anchor {
	case "end":
		left = m.X - w
	case "start":
		left = m.X
	}
	for side, dy := range []int{-13, 22} {
		if until, ok := labelled[[2]int{l, side}]; !ok || left > until+8 {
			labelled[[2]int{l, side}] = left + w
			m.LabelY = m.Y + dy
			return
		}
	}
	m.Label = ""
}

var shapes = map[trace.EventKind]string{
	trace.CommitWritten: "diamond", trace.RunQueued: "dot", trace.RunPlanned: "dot", trace.RunWaiting: "dot", trace.RunApplied: "dot", trace.RunFinished: "dot",
	trace.RunConfirmed: "ring", trace.APICall: "triangle", trace.OtherChange: "triangle", trace.AuditEvent: "square",
}

// short is an event's label in the picture.
func short(e *trace.Event) string {
	label := ""
	switch e.Kind {
	case trace.CommitWritten, trace.RunConfirmed:
		label, _, _ = strings.Cut(e.Who, ", ")
	case trace.APICall, trace.OtherChange, trace.AuditEvent:
		label = action(e.What)
	default: // the lane says it
	}
	label = trace.Printable(label)
	if r := []rune(label); len(r) > 32 {
		label = string(r[:31]) + "…"
	}
	return label
}

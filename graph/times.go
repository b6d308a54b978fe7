package graph

import "time"

// TimeForm is how a property states a time.
type TimeForm uint8

// The forms of times.
const (
	NoTime  TimeForm = iota // it is no time
	Millis                  // Unix milliseconds
	Seconds                 // Unix seconds
	ISO8601                 // a text, e.g. 2026-11-13T09:51:02Z
)

// timeForms are the properties that tell times, by name: a name means the same wherever it stands.
var timeForms = map[string]TimeForm{
	"firstseen":        Millis,
	"lastupdated":      Seconds,
	"created_at":       Seconds,
	"at":               Seconds,
	"event_time":       ISO8601,
	"first_event_time": ISO8601,
	"drifted":          Seconds,
	"timestamp":        ISO8601,

	"planning_at":    Seconds,
	"unconfirmed_at": Seconds,
	"confirmed_at":   Seconds,
	"applying_at":    Seconds,
	"finished_at":    Seconds,
}

// TimeForm returns how the property states a time, [NoTime] if it doesn't.
func (p Property) TimeForm() TimeForm {
	form := timeForms[p.Name]
	if (form == ISO8601) != (p.Type == String) || form != ISO8601 && p.Type != Int {
		return NoTime
	}
	return form
}

// The times that every reader of a timestamp knows: the years 1 to 9999, in Unix microseconds.
var (
	firstMicros = time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC).UnixMicro()
	lastMicros  = time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC).UnixMicro() - 1
)

// Micros returns the time that a value of this form holds, in Unix microseconds. It is false for a value that is absent, a text
// that is no time, and a time outside the years 1 to 9999.
func (f TimeForm) Micros(v *Value) (micros int64, ok bool) {
	if !v.Present {
		return 0, false
	}
	perUnit := int64(time.Millisecond / time.Microsecond)
	switch f {
	case Seconds:
		perUnit = int64(time.Second / time.Microsecond)
	case Millis:
	case ISO8601:
		t, err := time.Parse(time.RFC3339, v.Text)
		micros = t.UnixMicro()
		return micros, err == nil && micros >= firstMicros && micros <= lastMicros
	default:
		return 0, false
	}
	if v.Num < firstMicros/perUnit || v.Num > lastMicros/perUnit {
		return 0, false
	}
	return v.Num * perUnit, true
}

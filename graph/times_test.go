package graph

import (
	"math"
	"strings"
	"testing"
	"time"
)

// What the model's texts call a time is one, and nothing else is.
func TestTimesAreThoseOfTheTexts(t *testing.T) {
	for _, table := range Tables() {
		for _, p := range table.Columns {
			want := NoTime
			switch {
			case strings.Contains(p.Doc, "Unix milliseconds"):
				want = Millis
			case strings.Contains(p.Doc, "Unix seconds"):
				want = Seconds
			case strings.Contains(p.Doc, "ISO 8601"):
				want = ISO8601
			}
			if got := p.TimeForm(); got != want {
				t.Errorf("%s.%s: form %d, but its text says %q", table.Name, p.Name, got, p.Doc)
			}
		}
	}
}

func TestMicros(t *testing.T) {
	at := time.Date(2026, 11, 13, 9, 51, 2, 0, time.UTC).UnixMicro()
	for _, c := range []struct {
		form TimeForm
		v    Value
		want int64
		ok   bool
	}{
		{ISO8601, Text("2026-11-13T09:51:02Z"), at, true},
		{ISO8601, Text("2026-11-13T09:51:02.25Z"), at + 250_000, true},
		{ISO8601, Text("2026-11-13T10:51:02+01:00"), at, true},
		{ISO8601, Text("yesterday"), 0, false},
		{ISO8601, Text(""), 0, false},
		{ISO8601, Text("0000-01-01T00:00:00Z"), 0, false},
		{ISO8601, Value{}, 0, false},
		{Seconds, Num(1), 1_000_000, true},
		{Seconds, Num(0), 0, true},
		{Seconds, Num(math.MaxInt64), 0, false},
		{Seconds, Num(math.MinInt64), 0, false},
		{Seconds, Num(253402300800), 0, false}, // the year 10000
		{Millis, Num(-1), -1000, true},
		{Millis, Num(math.MaxInt64), 0, false},
		{Millis, Value{}, 0, false},
		{NoTime, Num(1), 0, false},
	} {
		if got, ok := c.form.Micros(&c.v); ok != c.ok || ok && got != c.want {
			t.Errorf("form %d of %+v: %d %v, not %d %v", c.form, c.v, got, ok, c.want, c.ok)
		}
	}
}

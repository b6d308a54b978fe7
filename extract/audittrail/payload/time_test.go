package payload

import (
	"bytes"
	"encoding/json"
	"fmt"
	"testing"
	"time"
)

// slowTime reads a body's time by decoding all of it: of events with an action, timestamp in milliseconds, or in seconds where that
// would be before 1974; of others, timestamp_millis, or of those of runs timestamp in seconds.
func slowTime(t *testing.T, body []byte) int64 {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	var all map[string]any
	if err := d.Decode(&all); err != nil {
		t.Fatal(err)
	}
	number := func(name string) int64 {
		n, _ := all[name].(json.Number)
		i, err := n.Int64()
		if err != nil {
			return 0
		}
		return i
	}
	stamp, millis := number("timestamp"), number("timestamp_millis")
	_, ofRun := all["run"].(map[string]any)
	action, _ := all["action"].(string)
	switch before := time.Date(1973, 3, 3, 9, 46, 40, 0, time.UTC); {
	case action != "" && time.UnixMilli(stamp).Before(before):
		return stamp * 1000
	case action != "":
		return stamp
	case ofRun && millis == 0:
		return stamp * 1000
	}
	return millis
}

// FuzzTime compares the times of events, in any unit, place and spelling, with those of the decoded body.
func FuzzTime(f *testing.F) {
	at := time.Date(2026, 11, 13, 23, 47, 5, 0, time.UTC)
	for _, body := range []string{
		`{"action":"stack.create","timestamp":%d}`, `{"run":{},"timestamp":%d}`, `{"run":{"timestamp":5},"timestamp_millis":%d,"timestamp":1}`, `{"timestamp_millis":%d}`,
		`{"action":"x","timestamp":"%d"}`, `{"\u0061ction":"x","times\u0074amp":%d}`, `{"action":"x","timestamp":%d.5}`, `{"action":"","run":{},"timestamp":%de3}`, `{"action":"x","timestamp":-%d}`,
	} {
		f.Add([]byte(fmt.Sprintf(body, at.Unix())))
		f.Add([]byte(fmt.Sprintf(body, at.UnixMilli())))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		p, err := Parse(body)
		if err != nil || bytes.Contains(body, []byte{'\\'}) && !json.Valid(p.Line) {
			return
		}
		if want := slowTime(t, body); p.Time != want {
			t.Errorf("%q: %d, not %d", body, p.Time, want)
		}
	})
}

// In seconds or in milliseconds, an event's second is the same.
func FuzzUnits(f *testing.F) {
	f.Add(int64(1794613625))
	f.Add(int64(100_000_000))
	f.Fuzz(func(t *testing.T, at int64) {
		if at < 1e8 || at >= 1e11 { // from 1973 on
			return
		}
		for _, body := range []string{`{"action":"x","timestamp":%d}`, `{"action":"x","timestamp":%d000}`, `{"run":{},"timestamp":%d}`, `{"run":{},"timestamp_millis":%d000}`} {
			if p, err := Parse(fmt.Appendf(nil, body, at)); err != nil || p.Time != at*1000 {
				t.Errorf(body+": %d, %v", at, p.Time, err)
			}
		}
	})
}

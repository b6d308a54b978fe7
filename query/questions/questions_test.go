package questions

import (
	"strconv"
	"testing"
	"time"
)

func TestOutOfHours(t *testing.T) {
	for at, want := range map[string]bool{
		"2026-11-13T06:59:59Z": true, "2026-11-13T07:00:00Z": false, "2026-11-13T18:59:59Z": false, "2026-11-13T19:00:00Z": true, "2026-11-14T12:00:00Z": true, "2026-11-15T12:00:00Z": true, "2026-11-16T12:00:00Z": false,
		"2026-11-16T01:00:00-08:00": false,
	} {
		v, err := time.Parse(time.RFC3339, at)
		if err != nil {
			t.Fatal(err)
		}
		if got := OutOfHours(v); got != want {
			t.Errorf("%s: got %v", at, got)
		}
	}
}

// An answer keeps the first rows of its order, each once, whatever the order they come in.
func TestAdd(t *testing.T) {
	a := &Answer{order: []int{1}}
	for i := range 3 * Most {
		n := strconv.Itoa(10_000 - i)
		a.add("x"+strconv.Itoa(i), n)
		a.add("x"+strconv.Itoa(i), n)
	}
	if len(a.Rows) != Most || !a.More || a.Rows[0][1] != "10000" || a.Rows[1][1] != "9701" {
		t.Errorf("got %d rows, more: %v, %v", len(a.Rows), a.More, a.Rows[:2])
	}
}

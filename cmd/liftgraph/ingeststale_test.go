package main

import (
	"testing"
	"time"
)

func TestDays(t *testing.T) {
	for text, want := range map[string]time.Duration{"": 0, "365d": 365 * 24 * time.Hour, "1d": 24 * time.Hour, "90m": 90 * time.Minute, "8760h": 8760 * time.Hour} {
		if got, err := days(text); err != nil || got != want {
			t.Errorf("%q is %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"d", "0d", "-1d", "1.5d", "1e9d", "99999999999d", "0s", "-1h", "year", "1y"} {
		if got, err := days(text); err == nil {
			t.Errorf("%q is %v", text, got)
		}
	}
}

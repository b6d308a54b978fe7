package raw

import (
	"strings"
	"testing"
	"unicode"
)

func TestIDs(t *testing.T) {
	for id, want := range map[string][2]bool{ // as a node's id, as a run's
		"":                           {false, false},
		"web-prod":                   {true, false},
		"01KJMM56VS4W3AL9YZWVCXBX8D": {true, true},
		"01kjmm56vs4w3al9yzwvcxbx8d": {true, false},
		"01KJMM56VS4W3AL9YZWVCXBX8":  {true, false},
		"a\x00b":                     {false, false},
		"a\u0085b":                   {false, false},
		"Grün":                       {true, false},
		strings.Repeat("a", 4096):    {true, false},
		strings.Repeat("a", 4097):    {false, false},
	} {
		if got := [2]bool{IsID(id), IsRunID(id)}; got != want || got[0] != (CheckID(id) == nil) {
			t.Errorf("%.40q: got %v and %v, want %v", id, got, CheckID(id), want)
		}
	}
	for r := rune(1); r < 0x3000; r++ {
		if got, want := IsID(string(r)), !unicode.IsControl(r); got != want {
			t.Errorf("%U: got %v, want %v", r, got, want)
		}
	}
}

package stale

import "testing"

// The truth table of the package doc.
func TestDeleted(t *testing.T) {
	for _, c := range []struct {
		name string
		row  Row
		want bool
	}{
		{"complete", Row{Complete: true}, true},
		{"incomplete", Row{}, false},
		{"unknown", Row{Verdict: Unknown, Complete: true}, false},
		{"historical", Row{Verdict: Historical, Complete: true}, false},
		{"historical, its owner deleted", Row{Verdict: Historical, Complete: true, Owner: Deleted}, false},
		{"expired", Row{Verdict: Expired}, true},
		{"expired, held", Row{Verdict: Expired, Held: true}, true},
		{"held", Row{Complete: true, Held: true}, false},
		{"owner listed", Row{Complete: true, Owner: Listed}, true},
		{"owner listed, incomplete", Row{Owner: Listed}, false},
		{"owner listed, unknown", Row{Verdict: Unknown, Complete: true, Owner: Listed}, false},
		{"owner deleted, incomplete", Row{Owner: Deleted}, true},
		{"owner deleted, unknown", Row{Verdict: Unknown, Owner: Deleted}, true},
		{"owner kept", Row{Complete: true, Owner: Kept}, false},
	} {
		if got := c.row.Deleted(); got != c.want {
			t.Errorf("%s: deleted %t, want %t", c.name, got, c.want)
		}
	}
}

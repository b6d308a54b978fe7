package trace

import (
	"strings"
	"testing"
)

func TestPrint(t *testing.T) {
	var b strings.Builder
	err := Print(&b, []Change{
		{Instance: "i-1", Author: "mallory\x1b[2J\r\n", Commit: "0123456789", Run: "R1", ConfirmedBy: []string{"a", "b"}, Stack: "s", Space: "p", Workers: []string{"w"}},
		{Instance: "i-1", Run: "R2", TriggeredBy: "bob"},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := [][]string{
		{"INSTANCE", "COMMIT", "AUTHOR", "COMMIT", "RUN", "TRIGGERED", "BY", "CONFIRMED", "BY", "STACK", "SPACE", "WORKERS"},
		{"i-1", "mallory", "[2J", "0123456", "R1", "(git", "push)", "a", "b", "s", "p", "w"},
		{"-", "-", "R2", "bob", "-", "-", "-", "-"},
	}
	for i, line := range strings.Split(strings.TrimSpace(b.String()), "\n") {
		if got := strings.Fields(line); strings.Join(got, "|") != strings.Join(want[i], "|") {
			t.Errorf("line %d: %q", i, got)
		}
	}
}

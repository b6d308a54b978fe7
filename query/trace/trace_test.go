package trace

import (
	"fmt"
	"strings"
	"testing"
)

func TestPrint(t *testing.T) {
	var b strings.Builder
	err := Print(&b, []Change{
		{Instance: "i-1", Author: "mallory\x1b[2J\r\n", Commit: "0123456789", Run: "R1", ResolvedBy: "plain", Calls: manyCalls(4), ConfirmedBy: []string{"a", "b"}, Stack: "s", Space: "p", Workers: []string{"w"}},
		{Instance: "i-1", Run: "R2", TriggeredBy: "b\u202eob", Calls: []Call{{Name: "RunInstances", Time: "yesterday"}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := [][]string{
		{"INSTANCE", "COMMIT", "AUTHOR", "COMMIT", "RUN", "TRIGGERED", "BY", "CONFIRMED", "BY", "STACK", "SPACE", "WORKERS", "AS", "ENTITY", "API", "CALLS"},
		{"i-1", "mallory", "[2J", "0123456", "R1", "(git", "push)", "a", "b", "s", "p", "w", "plain", "Call0", "13", "Nov", "23:50,", "Call1", "13", "Nov", "23:51,", "Call2", "13", "Nov", "23:52,", "1", "more"},
		{"-", "-", "R2", "b", "ob", "-", "-", "-", "-", "-", "RunInstances", "yesterday"},
	}
	for i, line := range strings.Split(strings.TrimSpace(b.String()), "\n") {
		if got := strings.Fields(line); strings.Join(got, "|") != strings.Join(want[i], "|") {
			t.Errorf("line %d: %q", i, got)
		}
	}
}

func manyCalls(n int) (list []Call) {
	for i := range n {
		list = append(list, Call{Name: fmt.Sprintf("Call%d", i), Time: fmt.Sprintf("2026-11-13T23:%d:00Z", 50+i), EventID: "e"})
	}
	return list
}

package graph

import (
	"strings"
	"testing"
)

func TestConstraints(t *testing.T) {
	text := Default.Constraints()
	want := "CREATE CONSTRAINT GitHubUser_username IF NOT EXISTS FOR (n:GitHubUser) REQUIRE n.username IS UNIQUE;\n"
	if !strings.Contains(text, want) {
		t.Errorf("%s\nlacks\n%s", text, want)
	}
	if got := strings.Count(text, "\n"); got != len(allNodes) {
		t.Errorf("%d constraints for %d labels", got, len(allNodes))
	}
}

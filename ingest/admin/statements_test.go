package admin

import (
	"slices"
	"testing"
)

func TestStatements(t *testing.T) {
	for script, want := range map[string][]string{
		"":                                nil,
		" ;\n; ":                          nil,
		"A;\nB":                           {"A", "B"},
		"A // not; this\nB;":              {"A \nB"},
		"A /* nor; this */ B;":            {"A   B"},
		"RETURN/**/1; A/ /**/ /B":         {"RETURN 1", "A/   /B"},
		"/* open; ":                       nil,
		"RETURN 'a;b', \"c;\\\";\";B":     {"RETURN 'a;b', \"c;\\\";\"", "B"},
		"RETURN '//' + `x;``;`; RETURN 2": {"RETURN '//' + `x;``;`", "RETURN 2"},
		"RETURN `a\\`; B":                 {"RETURN `a\\`", "B"},
		"RETURN 'open; ":                  {"RETURN 'open;"},
	} {
		if got := statements(script); !slices.Equal(got, want) {
			t.Errorf("%q returns %q, expected %q", script, got, want)
		}
	}
}

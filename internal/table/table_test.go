package table

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"
)

func printed(t *testing.T, width int, header bool, text string) string {
	t.Helper()
	var b bytes.Buffer
	w := NewWidth(&b, width, header)
	fmt.Fprint(w, text)
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestTables(t *testing.T) {
	for name, c := range map[string]struct {
		width  int
		header bool
		text   string
		want   string
	}{
		"no terminal":  {0, false, "quarantined\t3\trecords of cloudtrail: unknown_run\n", "quarantined  3  records of cloudtrail: unknown_run\n"},
		"wide enough":  {80, false, "a\t3\tb\nlonger\t4\tc\n", "a       3  b\nlonger  4  c\n"},
		"words":        {30, false, "quarantined\t3\trecords of cloudtrail: unknown_run\n", "quarantined  3  records of\n                cloudtrail:\n                unknown_run\n"},
		"a long word":  {24, false, "run\t01M7B6WRR2SHTT9YBY5JMATC7M\n", "run  01M7B6WRR2SHTT9YBY5\n     JMATC7M\n"},
		"letters":      {14, false, "é\tüüüüüüüüüüüü\n", "é  üüüüüüüüüüü\n   ü\n"},
		"many columns": {20, true, "INSTANCE\tRUN\tSTACK\ni-1\t01M7\tpayments-prod\ni-2\t01M8\tpayments\n", "INSTANCE  i-1\nRUN       01M7\nSTACK     payments-p\n          rod\n\nINSTANCE  i-2\nRUN       01M8\nSTACK     payments\n"},
		"nothing":      {20, true, "", ""},
	} {
		if got := printed(t, c.width, c.header, c.text); got != c.want {
			t.Errorf("%s: got\n%s\nwant\n%s", name, got, c.want)
		}
	}
}

// Whatever the width, no line is wider, and no letter is lost.
func TestEveryWidth(t *testing.T) {
	text := "INSTANCE\tCOMMIT AUTHOR\tCALLS\ni-046d87f24fb0ca530\tdana-reyes\tAuthorizeSecurityGroupIngress 2026-11-13, 3 more\n"
	letters := func(s string) string { return strings.Join(strings.Fields(s), "") }
	for width := 1; width < 90; width++ {
		got := printed(t, width, true, text)
		for _, line := range strings.Split(got, "\n") {
			if utf8.RuneCountInString(line) > max(width, 2) {
				t.Fatalf("width %d: %q", width, line)
			}
		}
		if width >= 34 && len(letters(got)) != len(letters(text)) {
			t.Errorf("width %d: got\n%s", width, got)
		}
	}
	if Width(new(bytes.Buffer)) != 0 {
		t.Error("a buffer has a width")
	}
}

// Prose fits a width too: no word is lost, lines go on under what they are about, and without a width nothing changes.
func TestWrap(t *testing.T) {
	const text = "MISSING  s3://bucket/prefix        403 AccessDenied: ask for s3:ListBucket\n\nThe schema has Query.searchStacks, Query.searchRuns and lacks nothing\n"
	if got := Wrap(text, 0, 9); got != text {
		t.Errorf("got %q", got)
	}
	for width := 1; width < 100; width++ {
		got := Wrap(text, width, 9)
		if strings.Join(strings.Fields(got), "") != strings.Join(strings.Fields(text), "") {
			t.Fatalf("%d columns: got %q", width, got)
		}
		for i, line := range strings.Split(got, "\n") {
			if len(line) > max(width, 19) {
				t.Errorf("%d columns: line %d has %d: %q", width, i, len(line), line)
			}
		}
	}
	if got, want := Wrap("ok       a b c d e f g\n", 19, 9), "ok       a b c d e\n         f g\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

package main

import (
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// otherMessages are of the system, or put together from names.
var otherMessages = []string{"no space left on device", "certificate signed by unknown authority", "INCOMPLETE:", "INCOMPLETE: users", "roles", "api_keys", "s3://", "INCOMPLETE: quarantine"}

// The page by which one looks up a message quotes what the program prints.
func TestTroubleshootingQuotesMessages(t *testing.T) {
	var source strings.Builder
	walkFiles(t, func(name string) {
		if filepath.Ext(name) == ".go" && !strings.HasSuffix(name, "_test.go") {
			source.WriteString(read(t, name))
		}
	})
	_, page, _ := strings.Cut(read(t, filepath.Join(repository, "docs", "guide", "troubleshooting.md")), "\n## By message\n")
	page, _, _ = strings.Cut(page, "\n## ")
	text, n := source.String(), 0
	for line := range strings.Lines(page) {
		cells := strings.Split(line, " | ")
		if !strings.HasPrefix(line, "| `") {
			continue
		}
		for _, quoted := range regexp.MustCompile("`[^`]+`").FindAllString(cells[0], -1) {
			message := strings.Trim(quoted, "`")
			if n++; !slices.Contains(otherMessages, message) && !strings.Contains(text, message) {
				t.Errorf("no message of the program contains %q", message)
			}
		}
	}
	if n < 20 {
		t.Errorf("found only %d messages", n)
	}
}

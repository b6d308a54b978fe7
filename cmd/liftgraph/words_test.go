package main

import (
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// dialect are words of the project's early days that a stranger stumbles over, each with a plain one: a method returns or
// reports, it doesn't tell or give; a message names the user, the process or the client.
var dialect = []string{
	"tells", "told", "telling", "gives", "nobody", "somebody", "whoever", "anybody", "lives", "living", "whereof", "books",
	"for want of", "wrong use", "put aside", "puts aside", "sets aside", "be had", "is had", "first contact",
	"night before", "extraction before", "snapshot before",
}

var dialectWord = regexp.MustCompile(`(?i)\b(` + strings.Join(dialect, "|") + `)\b`)

// rightWords are lines that may have such a word, by what stands in them.
var rightWords = []string{
	"http.NoBody",
}

// Identifiers, comments, messages, scripts and pages are in plain words, see CONTRIBUTING.md.
func TestPlainWords(t *testing.T) {
	walkFiles(t, func(name string) {
		switch filepath.Ext(name) {
		case ".go", ".md", ".txtar", ".sh", ".yaml", ".txt", ".sql", ".service", ".timer":
		default:
			return
		}
		if filepath.Base(name) == "words_test.go" {
			return
		}
		text := read(t, name)
		lower := strings.ToLower(text)
		if !slices.ContainsFunc(dialect, func(word string) bool { return strings.Contains(lower, word) }) {
			return // faster than the expression
		}
		n := 0
		for line := range strings.Lines(text) {
			n++
			word := dialectWord.FindString(line)
			if word == "" || slices.ContainsFunc(rightWords, func(right string) bool { return strings.Contains(line, right) }) {
				continue
			}
			t.Errorf("%s:%d: %q: say it in plain words: %s", name, n, word, strings.TrimSpace(line))
		}
	})
}

package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const repository = "../.."

var (
	link        = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	codeFence   = regexp.MustCompile("(?s)(?:^|\n)```.*?\n```")
	heading     = regexp.MustCompile(`(?m)^#+ +(.+?) *$`)
	inLink      = regexp.MustCompile(`\[([^\]]*)\]\([^)]*\)`)
	pageInCode  = regexp.MustCompile(`\bdocs/[\w/-]+\.md\b`)
	notInAnchor = regexp.MustCompile(`[^\p{L}\p{N} _-]`)
)

// Every relative link of a page leads to a file, and to a heading in it where it names one.
func TestDocumentedLinksResolve(t *testing.T) {
	pages := 0
	walkFiles(t, func(name string) {
		if filepath.Ext(name) != ".md" {
			return
		}
		pages++
		for _, l := range link.FindAllStringSubmatch(codeFence.ReplaceAllString(read(t, name), ""), -1) {
			if strings.Contains(l[1], ":") {
				continue // another site, or mail
			}
			file, anchor, _ := strings.Cut(l[1], "#")
			target := name
			if file != "" {
				target = filepath.Join(filepath.Dir(name), filepath.FromSlash(file))
			}
			if _, err := os.Stat(target); err != nil {
				t.Errorf("%s: link %s: %v", name, l[1], err)
			} else if anchor != "" && !anchors(read(t, target))[anchor] {
				t.Errorf("%s: link %s: %s has no such heading", name, l[1], target)
			}
		}
	})
	if pages < 20 {
		t.Fatalf("found only %d pages", pages)
	}
}

// Every page that code, configuration or a message names exists.
func TestPagesNamedInCodeExist(t *testing.T) {
	walkFiles(t, func(name string) {
		switch filepath.Ext(name) {
		case ".go", ".yaml", ".yml", ".service", ".timer", ".txtar", ".sh":
		default:
			return
		}
		for _, page := range pageInCode.FindAllString(read(t, name), -1) {
			if _, err := os.Stat(filepath.Join(repository, page)); err != nil {
				t.Errorf("%s names %s: %v", name, page, err)
			}
		}
	})
}

// anchors returns the anchors of a page's headings, as GitHub makes them.
func anchors(page string) map[string]bool {
	found := map[string]bool{}
	for _, h := range heading.FindAllStringSubmatch(codeFence.ReplaceAllString(page, ""), -1) {
		text := inLink.ReplaceAllString(h[1], "$1")
		found[strings.ReplaceAll(notInAnchor.ReplaceAllString(strings.ToLower(text), ""), " ", "-")] = true
	}
	return found
}

// walkFiles calls visit with every file of the repository but those that Git, tools and builds keep there.
func walkFiles(t *testing.T, visit func(name string)) {
	t.Helper()
	err := filepath.WalkDir(repository, func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && name != repository && (strings.HasPrefix(entry.Name(), ".") || entry.Name() == "bin" || entry.Name() == "dist"):
			return filepath.SkipDir
		case !entry.IsDir():
			visit(name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, name string) string {
	t.Helper()
	content, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

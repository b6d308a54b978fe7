package cloudtrail

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// formsPage is the page of every form.
const formsPage = "../../docs/reference/cloudtrail-forms.md"

// TestFormsPage finds every test that the page names, and every form that TestWithin has on the page.
func TestFormsPage(t *testing.T) {
	page, err := os.ReadFile(formsPage)
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("*_test.go")
	if err != nil {
		t.Fatal(err)
	}
	files = append(files, "../../internal/parquetsafe/hostile_test.go")
	source := ""
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		source += string(b)
	}
	var named []string
	for _, m := range regexp.MustCompile("`(Test[A-Z][^`]*)`").FindAllStringSubmatch(string(page), -1) {
		named = append(named, m[1])
		test, sub, _ := strings.Cut(m[1], "/")
		sub, more := strings.CutSuffix(sub, "…")
		literal := `"` + sub + `"`
		if more {
			literal = `"` + sub
		}
		if !strings.Contains(source, "func "+test+"(") || sub != "" && !strings.Contains(source, literal) {
			t.Errorf("there is no %s", m[1])
		}
	}
	if len(named) < 50 {
		t.Errorf("the page names %d tests", len(named))
	}
	for name := range maps.Keys(wrapped(t)) {
		if !slices.ContainsFunc(named, func(n string) bool {
			sub, ok := strings.CutPrefix(n, "TestWithin/")
			prefix, more := strings.CutSuffix(sub, "…")
			return ok && (sub == name || more && strings.HasPrefix(name, prefix))
		}) {
			t.Errorf("the page lacks TestWithin/%s", name)
		}
	}
}

package browsertest

import (
	_ "embed" // the audit
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// audit is an expression: what is wrong with the names, contrast and order of a page, in words.
//
//go:embed audit.js
var audit string

// faulty is a page with one of each fault that the audit finds.
const faulty = `<!doctype html><title> </title><link rel="icon" href="data:,"><h3>x</h3><button></button><section><p>x</p></section><table aria-label="t"><tr><th>x</th></tr></table>
<p aria-labelledby="nothing" id="twice">x</p><p id="twice">x</p><a href="#" tabindex="3">x</a><p style="color:#999">pale</p><p style="background:#222;color:#333">dark</p>`

// The audit finds what it is for.
func TestAudit(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(faulty)) }))
	defer s.Close()
	p := newTab(t, s.URL)
	p.do(chromedp.Navigate(s.URL))
	found := strings.Join(eval[[]string](p, audit), "\n")
	for _, want := range []string{
		"no language", "no title", "not one main", "no first heading", "a heading of level 3 after one of level 0", "no name: <button>", "a section without a heading", "without a scope",
		"named by what isn't there", "there twice: twice", "an order of its own", "contrast 2.85 of <p style=\"color:#999\">", "contrast 1.2",
	} {
		if !strings.Contains(found, want) {
			t.Errorf("the audit doesn't find %q, but\n%s", want, found)
		}
	}
}

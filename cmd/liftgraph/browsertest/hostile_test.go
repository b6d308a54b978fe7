package browsertest

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// What users typed is text, wherever it stands.
func TestHostile(t *testing.T) {
	for _, c := range []struct {
		site site
		path string
	}{
		{evil, "/trace/" + run}, {evil, "/run/" + run}, {evil, "/trace/5fc7e38bffe0"}, {evil, "/stack/payments-prod"}, {evil, "/space/payments-01KGEWPYSVQD5AXCPD4QVJ3TZE"}, {evil, "/user/api::01FEGXFB7TWQ2NNF95W7HPRE2E"},
		{nights, "/night"}, {nights, "/questions/7"},
	} {
		path := c.path
		p := newTab(t, c.site.base)
		p.enter(c.site, path)
		if eval[bool](p, `"pwned" in window`) {
			t.Errorf("%s: a script of a user's ran", path)
		}
		if n := eval[int](p, `document.scripts.length`); n != 1 {
			t.Errorf("%s: %d scripts, want ours", path, n)
		}
		text := eval[string](p, `document.body.innerText`)
		if !strings.Contains(text, "<script>window.pwned=1</script>") {
			t.Errorf("%s: the message isn't shown as text", path)
		}
		for _, bad := range []string{"\u202e", "\u2066", "\u2028", "\u2029", "\x1b"} {
			if strings.Contains(eval[string](p, `document.documentElement.textContent`), bad) {
				t.Errorf("%s: the page has %q", path, bad)
			}
		}
		if s := eval[string](p, `[...document.querySelectorAll("a[href]")].map((a) => a.href || a.href.baseVal).filter((h) => h.startsWith && !/^(https?:|file:)/.test(h)).join(" ")`); s != "" {
			t.Errorf("%s: links to %s", path, s)
		}
		if s := eval[string](p, `[...document.querySelectorAll("img, iframe, object, embed, base, link, style:not(head > style), textarea")].map((e) => e.tagName).join(" ")`); s != "" {
			t.Errorf("%s: elements of a user's: %s", path, s)
		}
	}
}

// Ten thousand events are drawn within a second on a machine of its own; here that is a figure, not a verdict.
func TestManyEvents(t *testing.T) {
	file := filepath.Join(t.TempDir(), "many.html")
	if err := command(t.Context(), "trace", incident, filepath.Dir(demo)+"/hostile", "--limit", "20000", "--html", file); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(file)
	if err != nil {
		t.Fatal(err)
	}
	p := newTab(t, "file://"+file)
	p.do(chromedp.Navigate("file://" + file))
	rows := eval[int](p, `document.querySelectorAll("tr[data-kind]").length`)
	if rows < manyCalls {
		t.Errorf("the table has %d rows, want %d at least", rows, manyCalls)
	}
	paint := eval[float64](p, `new Promise((done) => {
  const seen = () => performance.getEntriesByName("first-contentful-paint")[0];
  if (seen()) return done(seen().startTime);
  new PerformanceObserver(() => seen() && done(seen().startTime)).observe({type: "paint", buffered: true});
})`)
	figure := fmt.Sprintf("%d events: %d kB, first paint after %.0f ms\n", rows, info.Size()>>10, paint)
	t.Log(figure)
	keep(t, "figures.txt", []byte(figure))
}

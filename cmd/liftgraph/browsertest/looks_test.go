package browsertest

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// keep keeps an artefact.
func keep(t *testing.T, name string, b []byte) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(shots, name), b, 0o644); err != nil {
		t.Error(err)
	}
}

func scheme(value string) emulation.SetEmulatedMediaParams {
	return emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{stillness, {Name: "prefers-color-scheme", Value: value}}}
}

// From a phone to a wide screen, light and dark, and printed: nothing leaves the page at its side, every text has contrast, every control a
// name, and everything comes in order.
func TestLooks(t *testing.T) {
	for path, site := range map[string]site{
		"/trace/" + incident: story, "/": story, "/user/priya.nair@acme-corp.example": story, "/space/payments-01KGEWPYSVQD5AXCPD4QVJ3TZE": story, "/stack/payments-prod": story,
		"/trace/sg-0a9c8e7d6b5f43210": story, "/trace/ADMIN": story, "/trace/203.0.113.24": story, "/search?q=01M": story, "/trace/nothing-of-this": story,
		"/questions": nights, "/questions/1": nights, "/questions/7": nights, "/questions/9": story, "/night": nights,
	} {
		p := newTab(t, site.base)
		name := strings.ReplaceAll(filepath.Base(path), "?", "-")
		if path == "/" {
			name = "home"
		}
		p.enter(site, path)
		if path == "/trace/nothing-of-this" {
			p.forget("404") // which the log notes
		}
		for _, colours := range []string{"light", "dark"} {
			call(p, emulation.SetEmulatedMedia, scheme(colours))
			for _, width := range []int64{400, 1000, 1600} {
				p.do(chromedp.EmulateViewport(width, 900))
				at := name + "-" + colours + "-" + strconv.Itoa(int(width))
				if over := eval[int](p, `document.scrollingElement.scrollWidth - innerWidth`); over > 0 {
					t.Errorf("%s: the page is %d px too wide", at, over)
				}
				if path == "/trace/"+incident || path == "/night" || path == "/trace/sg-0a9c8e7d6b5f43210" {
					p.shot(at)
				}
			}
			for _, fault := range eval[[]string](p, audit) {
				t.Errorf("%s, %s: %s", path, colours, fault)
			}
		}
		call(p, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"})
		p.do(chromedp.EmulateViewport(760, 1000))
		if path == "/trace/"+incident {
			p.shot(name + "-print")
		}
		if n := eval[int](p, `[...document.querySelectorAll("button, input")].filter((e) => e.offsetParent).length`); n != 0 {
			t.Errorf("%s: %d controls are printed", path, n)
		}
	}
}

// By the keyboard: the first stop leads to the answer, and each stop is visible and has a name.
func TestKeyboard(t *testing.T) {
	p := newTab(t, story.base)
	p.enter(story, "/trace/"+incident)
	p.do(chromedp.KeyEvent("\t"))
	if s := eval[string](p, `document.activeElement.className`); s != "skip" {
		t.Errorf("the first stop is %q, want the link to the answer", s)
	}
	for range 12 {
		p.do(chromedp.KeyEvent("\t"))
		if s := eval[string](p, `(() => {
  const e = document.activeElement, box = e.getBoundingClientRect(), style = getComputedStyle(e);
  if (e === document.body) return "nothing";
  if (!box.width || !box.height) return "invisible " + e.outerHTML.slice(0, 80);
  return style.outlineStyle === "none" ? "without an outline " + e.outerHTML.slice(0, 80) : "";
})()`); s != "" {
			t.Errorf("a stop is %s", s)
		}
	}
}

// forget drops the faults of a page whose status is meant to be an error.
func (p *tab) forget(string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.faults = nil
}

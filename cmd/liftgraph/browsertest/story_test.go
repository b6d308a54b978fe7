package browsertest

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// A person who is paged opens the printed address, types the beginning of an id, and sees the story.
func TestStory(t *testing.T) {
	p := newTab(t, story.base)
	p.enter(story, "/")
	if at := eval[string](p, `location.href`); at != story.base+"/" {
		t.Errorf("the address is %s: the token stays in the history", at)
	}
	p.do(chromedp.SendKeys(chromedp.CSS("#q"), "i-046d87\r"), chromedp.WaitVisible(chromedp.CSS(`[data-section=evidence]`)))
	if at := eval[string](p, `location.pathname`); at != "/trace/i-046d87" {
		t.Errorf("the search led to %s", at)
	}
	sentence := eval[string](p, `document.querySelector("[data-section=sentence]").innerText`)
	for _, want := range []string{"Dana Reyes", "Open 22/tcp to 0.0.0.0/0", "priya.nair@acme-corp.example", "confirmed it at 23:47 UTC", "At 23:31 UTC", "audit_trail_webhook.delete", "waited 4 h 4 min"} {
		if !strings.Contains(sentence, want) {
			t.Errorf("the sentence has no %q: %s", want, sentence)
		}
	}
	if got := eval[string](p, `[...document.querySelectorAll("[data-section]")].map((e) => e.dataset.section).join(" ")`); got != "sentence freshness timeline graph evidence" {
		t.Errorf("got sections %q", got)
	}
	links := eval[string](p, `document.querySelector("#links").innerText.replaceAll(/\s+/g, " ")`)
	for _, want := range []string{"worker " + planner + " planned run " + run, "worker " + applier + " applied run " + run} {
		if !strings.Contains(links, want) {
			t.Errorf("the relationships have no %q: %s", want, links)
		}
	}
	for where, q := range map[string]string{
		"sentence": `[data-section=sentence] a.alarm`, "timeline": `[data-section=timeline] a.alarm .label`, "evidence": `tr[data-signal] strong`,
	} {
		if !eval[bool](p, `(() => {
  const e = document.querySelector(`+"`"+q+"`"+`);
  const style = getComputedStyle(e);
  const [r, g, b] = (e.ownerSVGElement ? style.fill : style.color).match(/[\d.]+/g).map(Number);
  return r > 1.5 * g && r > 1.5 * b;
})()`) {
			t.Errorf("the event of 23:31 isn't red in the %s", where)
		}
	}
	if !eval[bool](p, `document.querySelector("tr[data-signal] time").dateTime.startsWith("2026-11-13T23:31")`) {
		t.Error("the red row isn't that of 23:31")
	}
	// Each fact of the sentence leads to its row.
	p.click(`[data-section=sentence] a.alarm`)
	if !eval[bool](p, `document.querySelector(location.hash).hasAttribute("data-signal")`) {
		t.Error("the red fact leads elsewhere than to its row")
	}
}

// What the script adds: folding, filtering, zoom, local time.
func TestScript(t *testing.T) {
	p := newTab(t, story.base)
	p.enter(story, "/trace/"+incident)
	const shown = `document.querySelectorAll("[data-section=evidence] tr[data-kind]:not([hidden])").length`
	all := eval[int](p, shown)
	p.do(chromedp.SendKeys(chromedp.CSS(`[data-filter]`), "webhook.DELETE priya"))
	if n := eval[int](p, shown); n != 1 {
		t.Errorf("the filter shows %d rows of %d, want 1", n, all)
	}
	if s := eval[string](p, `document.querySelector(".count").textContent`); !strings.HasPrefix(s, "1 of ") {
		t.Errorf("the count is %q", s)
	}
	p.do(chromedp.Evaluate[chromedp.Void](`document.querySelector("[data-filter]").value = ""; document.querySelector("[data-filter]").dispatchEvent(new Event("input")); document.querySelector("input[data-kind=audit]").click()`))
	if n := eval[int](p, `document.querySelectorAll("tr[data-kind=audit]:not([hidden]), .mark[data-kind=audit]:not([hidden])").length`); n != 0 {
		t.Errorf("%d events of the audit trail are shown although they are switched off", n)
	}
	if eval[int](p, `document.querySelectorAll(".mark[data-kind=audit]").length`) == 0 {
		t.Error("the timeline has no event of the audit trail to switch off")
	}
	p.click(`#links > summary`)
	if eval[bool](p, `document.querySelector("#links").open`) {
		t.Error("the relationships don't fold")
	}
	p.click(`[data-zoom="1.25"]`)
	if w := eval[string](p, `document.querySelector("svg.graph").style.width`); w != "125%" {
		t.Errorf("the graph is %q wide after zooming", w)
	}
	call(p, emulation.SetTimezoneOverride, emulation.SetTimezoneOverrideParams{TimezoneID: "America/New_York"})
	p.click(`#clock`)
	if s := eval[string](p, `document.querySelector("tr[data-signal] time").textContent`); s != "2026-11-13 18:31:00 local" {
		t.Errorf("local time is %q", s)
	}
}

// The demo's file opens from disk and says everything without a script.
func TestFile(t *testing.T) {
	file := "file://" + filepath.Join(demo, "incident.html")
	p := newTab(t, file)
	p.do(chromedp.Navigate(file))
	if n := eval[int](p, `document.querySelectorAll(".js[hidden]").length`); n != 0 {
		t.Errorf("the script didn't run from disk: %d of its parts are hidden", n)
	}
	call(p, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	p.do(chromedp.Navigate(file))
	for _, q := range []string{"[data-section=sentence] p.story", "svg.timeline", "svg.graph", "tr[data-signal]", "details.copy"} {
		p.do(chromedp.WaitVisible(chromedp.CSS(q)))
	}
	call(p, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{})
}

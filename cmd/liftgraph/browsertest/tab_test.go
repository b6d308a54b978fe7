package browsertest

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	cdpruntime "github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// patience is how long a page may take before its test fails: it is no figure.
const patience = 2 * time.Minute

// tab is a page of the browser, and what it did that a page of ours never does.
type tab struct {
	*testing.T
	ctx context.Context

	mu       sync.Mutex
	requests []string
	faults   []string
}

// watch is evaluated before each document: it notes what the policy refused.
const watch = `window.refused = []; document.addEventListener("securitypolicyviolation", (e) => window.refused.push(e.violatedDirective + " " + e.blockedURI));`

// stillness is the wish for pages that don't scroll slowly: a click would miss what moves.
var stillness = &emulation.MediaFeature{Name: "prefers-reduced-motion", Value: "reduce"}

// newTab opens a tab. When the test ends, it has requested nothing but from origin, and neither it nor its console has seen an error.
func newTab(t *testing.T, origin string) *tab {
	t.Helper()
	tabCtx, closeTab := chromedp.NewContext(browser)
	ctx, cancel := context.WithTimeout(tabCtx, patience)
	p := &tab{T: t, ctx: ctx}
	if err := chromedp.Do(tabCtx); err != nil { // opens it, for longer than one action
		t.Fatal(err)
	}
	if err := chromedp.Listen(ctx, p.see); err != nil {
		t.Fatal(err)
	}
	call(p, network.Enable, network.EnableParams{})
	call(p, log.Enable, cdp.Empty{})
	call(p, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{stillness}})
	call(p, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: watch})
	t.Cleanup(func() {
		refused := eval[[]string](p, `window.refused || []`)
		closeTab()
		cancel()
		p.mu.Lock()
		defer p.mu.Unlock()
		if len(p.requests) == 0 {
			t.Error("no request was seen: the check of requests is broken")
		}
		for _, url := range p.requests {
			if !strings.HasPrefix(url, origin) && !strings.HasPrefix(url, "data:") {
				t.Errorf("a request off the origin %s: %s", origin, url)
			}
		}
		for _, fault := range p.faults {
			t.Error(fault)
		}
		for _, r := range refused {
			t.Errorf("the policy refused %s", r)
		}
	})
	return p
}

func (p *tab) see(event any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		p.requests = append(p.requests, e.Request.URL)
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError || e.Entry.Level == log.EntryLevelWarning {
			p.faults = append(p.faults, fmt.Sprintf("the log has %s: %s %s", e.Entry.Level, e.Entry.Text, e.Entry.URL))
		}
	case *cdpruntime.EventConsoleAPICalled:
		p.faults = append(p.faults, fmt.Sprintf("the console has %s: %v", e.Type, e.Args))
	case *cdpruntime.EventExceptionThrown:
		p.faults = append(p.faults, "an exception: "+e.ExceptionDetails.Text)
	case *page.EventJavascriptDialogOpening:
		p.faults = append(p.faults, "a dialog: "+e.Message)
	}
}

// call sends a command of the protocol.
func call[P, R any](p *tab, command cdp.Command[P, R], params P) {
	p.Helper()
	if _, err := chromedp.Call(p.ctx, command, params); err != nil {
		p.Fatal(err)
	}
}

// do runs actions, which must succeed.
func (p *tab) do(actions ...chromedp.Action[chromedp.Void]) {
	p.Helper()
	if err := chromedp.Do(p.ctx, actions...); err != nil {
		p.Fatal(err)
	}
}

// enter opens a page of a site, by its printed address.
func (p *tab) enter(s site, path string) {
	p.Helper()
	separator := "?"
	if strings.Contains(path, "?") {
		separator = "&"
	}
	p.do(chromedp.Navigate(s.base + path + separator + "token=" + s.key))
}

// eval returns the value of an expression.
func eval[T any](p *tab, expression string) T {
	p.Helper()
	v, err := chromedp.Run(p.ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		p.Fatal(err)
	}
	return v
}

// click clicks an element that may just have moved, once the page is drawn.
func (p *tab) click(selector string) {
	p.Helper()
	eval[bool](p, `new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))`)
	p.do(chromedp.Click(chromedp.CSS(selector)))
}

// shot keeps a picture of the whole page.
func (p *tab) shot(name string) {
	p.Helper()
	b, err := chromedp.Run(p.ctx, chromedp.FullScreenshot(85))
	if err != nil {
		p.Fatal(err)
	}
	keep(p.T, name+".jpg", b)
}

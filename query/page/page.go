// Package page writes answers as HTML pages: one file each, which opens from disk without a network and says all that it says
// without scripts. What users typed is always escaped as text.
package page

import (
	"bytes"
	"crypto/sha256"
	_ "embed" // the style, the script and the templates
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"strings"
	"time"

	"liftgraph/query/trace"
)

//go:embed page.css
var style string

//go:embed page.js
var script string

//go:embed page.html
var templates string

// Options say where a page is shown.
type Options struct {
	Served bool   // by a server, at whose /trace/ID other answers are
	Dir    string // that the shown commands name; empty: the answer's own
}

// Policy returns the Content-Security-Policy of every page: nothing is loaded, and only the program's own style and script count.
func Policy() string {
	return "default-src 'none'; style-src '" + hashOf(style) + "'; script-src '" + hashOf(script) + "'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
}

// metaPolicy is the policy for a file: frame-ancestors counts only in a header.
func metaPolicy() string { return strings.TrimSuffix(Policy(), "; frame-ancestors 'none'") }

func hashOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

var pages = template.Must(template.New("page").Funcs(template.FuncMap{
	"css":   func() template.CSS { return template.CSS(style) },
	"js":    func() template.JS { return template.JS(script) },
	"csp":   metaPolicy,
	"clean": trace.Printable,
	"kinds": func() []string {
		return []string{"person", "commit", "run", "resource", "stack", "space", "worker", "host", "pool", "actor"}
	},
}).Parse(templates))

// Write writes the page of an answer.
func Write(w io.Writer, a *trace.Answer, o Options) error {
	return execute(w, "trace", newView(a, o))
}

// Picture writes the timeline of the first subject of an answer as an SVG of its own; nothing where it has none.
func Picture(w io.Writer, a *trace.Answer) error {
	if len(a.Answers) == 0 {
		return nil
	}
	t := newTimeline(&a.Answers[0], 0)
	if t == nil {
		return nil
	}
	t.Style = template.CSS("svg{background:var(--card);font-family:var(--sans)}" + style)
	return execute(w, "timelinesvg", t)
}

// execute writes a whole page, or nothing.
func execute(w io.Writer, name string, data any) error {
	var b bytes.Buffer
	if err := pages.ExecuteTemplate(&b, name, data); err != nil {
		return fmt.Errorf("make the page: %w", err)
	}
	_, err := w.Write(b.Bytes())
	return err
}

// view is what the page of an answer shows.
type view struct {
	Title    string
	Served   bool
	Fresh    freshness
	Subjects []*subject
}

// freshness says as of when the answer is, and what may be missing from it.
type freshness struct {
	Accounts   string
	AsOf       string // ISO 8601
	Directory  string
	UpdateTag  int64
	Version    string
	Manifest   string // its SHA-256
	Incomplete []scope
	More       int // further incomplete scopes
	Unknown    []string
	Notes      []string
}

type scope struct{ Name, Reason string }

// mostScopes bounds the scopes that a page names.
const mostScopes = 20

// newFreshness says as of when an answer is, and what may be missing.
func newFreshness(a *trace.Answer) freshness {
	f := freshness{
		Accounts: trace.Printable(strings.Join(a.Accounts, ", ")), AsOf: a.AsOf.UTC().Format(time.RFC3339), Directory: a.Directory, UpdateTag: a.UpdateTag,
		Version: a.Version, Manifest: a.ManifestSHA256, Notes: a.Notes,
	}
	for _, s := range a.Incomplete {
		if len(f.Incomplete) == mostScopes {
			f.More = len(a.Incomplete) - mostScopes
			break
		}
		name := s.Scope
		if s.Stack != "" {
			name += " of stack " + s.Stack
		}
		if s.Object != "" {
			name += " " + s.Object
		}
		f.Incomplete = append(f.Incomplete, scope{trace.Printable(name), trace.Printable(s.Reason)})
	}
	return f
}

func newView(a *trace.Answer, o Options) *view {
	v := &view{Served: o.Served, Fresh: newFreshness(a)}
	seen := map[string]bool{}
	for i := range a.Answers {
		s := newSubject(a, i, o)
		v.Subjects = append(v.Subjects, s)
		for _, u := range a.Answers[i].Unknown {
			if !seen[u] {
				seen[u] = true
				v.Fresh.Unknown = append(v.Fresh.Unknown, u)
			}
		}
	}
	v.Title = "liftgraph"
	if len(v.Subjects) > 0 {
		v.Title = v.Subjects[0].Kind + " " + v.Subjects[0].ID
	}
	return v
}

// subject is one of the things that the id names.
type subject struct {
	N         int // from 0, in the ids of elements
	Kind, ID  string
	Sentences [][]part
	Timeline  *timeline
	Graph     *graphView
	Rows      []row // of the evidence: events
	Rest      []row // those beyond what is shown at once
	Kinds     []string
	Links     []link // the graph in words
	Copies    []copyText
	MoreRuns  int64
}

// part is a piece of a sentence; with Href a link to the row that says so.
type part struct{ Text, Href, Class string }

// row is a line of the evidence.
type row struct {
	ID, Time, Kind, Who, What, Source, Event, Href string
	Signal, Bad                                    bool
	Carried                                        string // when an earlier night last read it; empty where this one did
}

// copyText is the question in another language.
type copyText struct{ Name, Text string }

// mostRows bounds the rows of the evidence that are laid out at once; the others are folded.
const mostRows = 500

func newSubject(a *trace.Answer, n int, o Options) *subject {
	s := &a.Answers[n]
	v := &subject{N: n, Kind: string(s.Kind), ID: trace.Printable(s.ID), MoreRuns: s.MoreRuns}
	kinds := map[string]bool{}
	for i, e := range s.Timeline {
		r := row{
			ID: rowID(n, i), Time: e.Time, Kind: string(e.Kind), Who: trace.Printable(e.Who), What: trace.Printable(e.What), Source: e.Source,
			Event: trace.Printable(e.ID), Href: e.Link, Signal: e.SecuritySignal, Bad: e.ReadOnly || e.Failed != "",
			Carried: e.LastRead(),
		}
		if e.RemoteIP != "" && !strings.Contains(r.What, e.RemoteIP) {
			r.What += " from " + trace.Printable(e.RemoteIP)
		}
		if !kinds[r.Kind] {
			kinds[r.Kind] = true
			v.Kinds = append(v.Kinds, r.Kind)
		}
		if len(v.Rows) < mostRows {
			v.Rows = append(v.Rows, r)
		} else {
			v.Rest = append(v.Rest, r)
		}
	}
	v.Sentences = sentences(s, n)
	v.Timeline = newTimeline(s, n)
	v.Links = linksOf(s)
	if o.Served {
		for i := range v.Links {
			v.Links[i].From.Href, v.Links[i].To.Href = v.Links[i].From.served(), v.Links[i].To.served()
		}
	}
	v.Graph = newGraph(s, v.Links)
	v.Copies = copies(a, s, o)
	return v
}

func rowID(subject, event int) string { return fmt.Sprintf("e%d-%d", subject, event) }

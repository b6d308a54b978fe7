package page

import (
	"cmp"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"liftgraph/query/lookup"
	"liftgraph/query/trace"
)

// response is a page to write, or an address to go to.
type response struct {
	name string // of the template
	data any
	to   string
}

var errNoPage = errors.New("there is no such page")

// kindPages are the pages of one kind, by the first part of their path.
var kindPages = map[string]trace.Kind{
	"stack": trace.KindStack, "user": trace.KindUser, "space": trace.KindSpace, "run": trace.KindRun,
}

// page returns what a request is for.
func (s *Server) page(r *http.Request, d *lookup.Dir) (response, error) {
	section, id, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	query := r.URL.Query()
	switch {
	case r.URL.Path == "/":
		return response{name: "home", data: newHome(d)}, nil
	case section == "search" && id == "":
		return search(r, d, strings.TrimSpace(query.Get("q")))
	case section == "night" && id == "":
		return s.nightPage(r.Context(), d)
	case section == "questions":
		return s.questionPage(r.Context(), d, id)
	case section == "trace" && id != "":
		return answerPage(r, d, trace.Question{ID: id, Kind: trace.Kind(query.Get("kind")), Limit: mostAnswers})
	case kindPages[section] != "" && id != "":
		return answerPage(r, d, trace.Question{ID: id, Kind: kindPages[section], Limit: mostAnswers})
	}
	return response{}, errNoPage
}

func answerPage(r *http.Request, d *lookup.Dir, q trace.Question) (response, error) {
	a, err := trace.AskDir(r.Context(), d, q)
	if err != nil {
		return response{}, err
	}
	return response{name: "trace", data: newView(a, Options{Served: true})}, nil
}

// mostFound bounds the ids of each kind that a search lists.
const mostFound = 50

// search leads to the answer where one thing begins so, and else lists what does.
func search(r *http.Request, d *lookup.Dir, id string) (response, error) {
	found, err := trace.Search(r.Context(), d, id, mostFound)
	switch {
	case err != nil:
		return response{}, err
	case len(found) < 2:
		return response{to: "/trace/" + url.PathEscape(id)}, nil
	}
	return response{name: "list", data: newList("Begins with "+trace.Printable(id), found)}, nil
}

// list is a page of links to answers.
type list struct {
	Title  string
	Served bool
	Items  []item
}

type item struct{ Kind, ID, Href string }

func newList(title string, found []trace.Subject) *list {
	l := &list{Title: title, Served: true}
	for _, f := range found {
		l.Items = append(l.Items, item{string(f.Kind), trace.Printable(f.ID), hrefOf(string(f.Kind), f.ID)})
	}
	slices.SortStableFunc(l.Items, func(a, b item) int { return cmp.Compare(a.Kind, b.Kind) })
	return l
}

func hrefOf(kind, id string) string {
	return "/trace/" + url.PathEscape(id) + "?kind=" + url.QueryEscape(kind)
}

// home is the first page.
type home struct {
	Title  string
	Served bool
	Fresh  freshness
}

func newHome(d *lookup.Dir) *home {
	return &home{Title: "Who and what changed it?", Served: true, Fresh: freshnessOf(d)}
}

// freshnessOf says as of when a publication is, and every scope that is incomplete.
func freshnessOf(d *lookup.Dir) freshness {
	m := d.Manifest()
	return newFreshness(&trace.Answer{
		Accounts: m.Accounts, AsOf: m.Started, Directory: d.Path(), UpdateTag: m.UpdateTag, Version: m.Version, ManifestSHA256: d.ManifestSHA256(), Incomplete: m.Incomplete(),
	})
}

package spacelift

import (
	"context"
	"encoding/json"

	"liftgraph/internal/raw"
)

const (
	smallestDetailed = detailRuns // of a page with details: a smaller one costs more requests than details apart
	badDetailed      = 3          // pages in a row with something wrong in the details, after which none has them any more
)

// detailedPages says whether the pages of runs have their details: histories and logs within searchRuns need no requests of their own.
// Where the server refuses that, or is too slow for it, details are requested apart.
type detailedPages struct {
	name string // of the query; "": no page has details
	skip bool   // the next one hasn't
	bads int    // pages in a row with something wrong in the details
}

// query returns that of the next page, and whether it has details; plain is the one without.
func (d *detailedPages) query(plain string) (query string, detailed bool) {
	if d.name == "" || d.skip {
		d.skip = false
		return plain, false
	}
	return d.name, true
}

// bad drops the details of the page at hand, and after several in a row those of all.
func (d *detailedPages) bad() {
	d.skip = true
	if d.bads++; d.bads == badDetailed {
		d.drop()
	}
}

func (d *detailedPages) drop() { d.name = "" }

// fit requests smaller pages after a long one.
func (p *pager) fit(detailed bool, size int) {
	if detailed {
		p.detailed.bads = 0
	}
	switch {
	case detailed && size > detailBytes && p.size > smallestDetailed:
		p.size = max(smallestDetailed, p.size/2)
	case !detailed || size < detailBytes/2:
		p.size = min(p.size+1, p.most)
	}
}

// grow tries a large page once, and goes on with such pages where the server gave one. Rows is how many it gave now, though there are
// more.
func (p *pager) grow(rows int) {
	switch {
	case p.tried:
		p.tried = false
		if rows <= pageSize {
			p.size, p.most = pageSize, pageSize
		}
	case p.grows && p.size == pageSize && rows == pageSize:
		p.grows, p.tried = false, true
		p.size, p.most = largePage, largePage
	}
}

// newRunPager returns a pager of runs whose pages have what is read of each run, as far as the server takes that.
func (x *extraction) newRunPager(l *listing) *pager {
	p := x.newPager(l)
	switch x.cfg.RunDetails {
	case AllDetails:
		p.detailed.name = "search_runs_details"
	case HistoryDetails:
		p.detailed.name = "search_runs_history"
	case NoDetails:
	}
	if x.cfg.apart {
		p.detailed.drop()
		return p
	}
	p.grows = true
	if known := x.cfg.Previous.pageSize(x.cfg.Endpoint); known == pageSize {
		p.grows = false
	} else if known == largePage {
		p.grows, p.size, p.most = false, largePage, largePage
		p.tried = true
	}
	return p
}

// pageSize returns how many runs the server gave at once when it was read last; 0 where that isn't known.
func (p *Previous) pageSize(endpoint string) int {
	if p == nil || p.Manifest == nil {
		return 0
	}
	for _, s := range p.Manifest.Sources {
		if s.Endpoint == endpoint {
			return s.PageSize
		}
	}
	return 0
}

// fillFrom adds to the runs among the rows of a page the details that it has.
func (d *detailReader) fillFrom(ctx context.Context, p page, rows []row) detailCount {
	if !p.detailed {
		return d.fill(ctx, rows)
	}
	var count detailCount
	of := map[string]json.RawMessage{}
	for _, r := range p.rows {
		if id := searchedID(r); id != "" {
			of[id] = r
		}
	}
	for _, r := range rows {
		run, ok := r.record.(*raw.Run)
		switch {
		case !ok || run.IsModule:
			continue
		case run.StackID == "":
			count.hidden++
			continue
		}
		var node struct {
			Run struct {
				History []*transition `json:"transitions"`
				runPhases
			} `json:"run"`
		}
		if err := json.Unmarshal(of[run.ID], &node); err != nil { // no more than it could be read without them
			d.ask(ctx, []*raw.Run{run}, &count)
			continue
		}
		count.asked++
		detail := &runDetail{Run: &runDetails{History: node.Run.History, runPhases: node.Run.runPhases}}
		if problem := d.keep(ctx, run, detail, &count); problem != nil {
			d.failed(1, problem)
			d.unread([]*raw.Run{run}, false, true)
			count.logs.add(1, problem)
		}
	}
	return count
}

// withoutDetails returns a row of a run as it may be shown: without its logs and its history, as where these are requested apart.
func withoutDetails(r json.RawMessage) any {
	var node map[string]json.RawMessage
	if json.Unmarshal(r, &node) != nil {
		return nil
	}
	var run map[string]json.RawMessage
	if json.Unmarshal(node["run"], &run) != nil || run == nil {
		return r
	}
	before := len(run)
	for _, field := range []string{"transitions", "preparing", "applying"} {
		delete(run, field)
	}
	if len(run) == before {
		return r
	}
	text, err := json.Marshal(run)
	if err != nil {
		return nil
	}
	node["run"] = text
	return node
}

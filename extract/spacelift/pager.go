package spacelift

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"regexp"

	"liftgraph/extract/spacelift/api"
)

// pageSize is the number of rows requested at once, as in every official client; largePage what is tried once of runs.
const (
	pageSize  = 50
	largePage = 100
)

// maxEmptyPages is how many pages in a row may be empty: a server may take out rows after it made up the page.
const maxEmptyPages = 1000

// pager reads a search* field page by page.
type pager struct {
	client      *api.Client
	query, root string
	size        int  // rows to ask for: fewer for a while after a page was too much
	most        int  // rows that the server lets one ask for, as far as it is known
	newestFirst bool // ordered by createdAt, descending
	grows       bool // a large page is still to be tried
	tried       bool // and this is it
	detailed    detailedPages
	after       string
	seen        loop
	empty       int // pages in a row
	rows        int64
	done        bool
	stats       *Stats
}

func (x *extraction) newPager(l *listing) *pager {
	return &pager{client: x.client, query: l.query, root: l.root, size: pageSize, most: pageSize, stats: x.cfg.Stats}
}

// connection is the shape of every search's answer.
type connection struct {
	PageInfo *struct {
		HasNextPage *bool   `json:"hasNextPage"`
		EndCursor   *string `json:"endCursor"`
	} `json:"pageInfo"`
	Edges []*struct {
		Node json.RawMessage `json:"node"`
	} `json:"edges"`
}

// next returns the next page. Whatever is missing is the page's error; after the last page done is set.
func (p *pager) next(ctx context.Context) page {
	answer, detailed, err := p.ask(ctx)
	if err != nil && answer == nil {
		p.done = true
		return page{err: err}
	}
	p.stats.pages.Add(1)
	var conn *connection
	if bad := json.Unmarshal(answer[p.root], &conn); bad != nil {
		p.done = true
		return page{err: api.OrElse(err, fmt.Errorf("the page can't be read: %w", bad))}
	}
	if conn == nil || conn.PageInfo == nil || conn.Edges == nil {
		p.done = true
		return page{err: api.OrElse(err, errNullAnswer)}
	}
	rows := make([]json.RawMessage, len(conn.Edges))
	for i, edge := range conn.Edges {
		if edge != nil {
			rows[i] = edge.Node
		}
	}
	result := newPage(rows, err)
	result.detailed = detailed
	p.rows += int64(len(rows))
	if p.empty++; len(rows) > 0 {
		p.empty = 0
	}
	if conn.PageInfo.HasNextPage == nil {
		p.done = true
		result.err = api.OrElse(err, errors.New("the server doesn't say whether there is a next page"))
		return result
	}
	if !*conn.PageInfo.HasNextPage {
		p.done = true
		return result
	}
	p.grow(len(rows))
	p.after = ""
	if conn.PageInfo.EndCursor != nil {
		p.after = *conn.PageInfo.EndCursor
	}
	switch {
	case p.after == "":
		p.done = true
		result.err = api.OrElse(err, errors.New("the server says that there is a next page, but sends no cursor for it"))
	case p.empty >= maxEmptyPages:
		p.done = true
		result.err = api.OrElse(err, fmt.Errorf("the server gave %d empty pages in a row, and says that there are more", p.empty))
	case p.seen.closed(p.after):
		p.done = true
		result.err = api.OrElse(err, fmt.Errorf("the server gave the page cursor %.60q again: its pages go round in a circle", p.after))
	}
	return result
}

// aboutFirst recognizes a server that wants smaller pages.
var aboutFirst = regexp.MustCompile(`(?i)\bfirst\b|page size|too complex|complexity`)

// ask requests a page, and reports whether its rows have details: a smaller one where that helps, one without details where the
// server doesn't take them, and unordered where it won't order.
func (p *pager) ask(ctx context.Context) (_ api.Data, detailed bool, _ error) {
	for {
		input := map[string]any{"first": p.size}
		if p.after != "" {
			input["after"] = p.after
		}
		if p.newestFirst {
			input["orderBy"] = map[string]any{"field": "createdAt", "direction": "DESC"}
		}
		query, detailed := p.detailed.query(p.query)
		q := api.Question{Query: query, Variables: map[string]any{"input": input}, Shrinks: p.size > 1}
		if detailed || p.tried {
			q.Attempts = detailAttempts
		}
		answer, size, err := p.client.Ask(ctx, q)
		if answer != nil && detailed && err != nil { // which of the runs' details are bad is found out run by run
			p.detailed.bad()
			continue
		}
		if answer != nil {
			p.fit(detailed, size)
			return answer, detailed, err
		}
		if ctx.Err() != nil {
			return nil, false, err
		}
		refused, _ := errors.AsType[*api.AnswerError](err)
		_, forbidden := errors.AsType[*api.ForbiddenError](err)
		less := api.LessHelps(err) || refused != nil && refused.Says(aboutFirst)
		switch {
		case p.tried && (less || refused != nil):
			p.tried, p.size, p.most = false, pageSize, pageSize
		case detailed && less && p.size > smallestDetailed:
			p.size /= 2
			p.most = p.size
		case detailed && (less || refused != nil || forbidden):
			p.detailed.drop()
			p.size, p.most = pageSize, pageSize
		case p.size > 1 && api.LessHelps(err):
			p.size /= 2
		case p.size > 1 && less:
			p.most = p.size / 2
			p.size = p.most
		case p.newestFirst && p.after == "" && refused != nil && !forbidden:
			p.newestFirst = false
		default:
			return nil, false, err
		}
	}
}

// from returns a page that was read already, and those after it.
func (p *pager) from(ctx context.Context, first page) iter.Seq[page] {
	return func(yield func(page) bool) {
		if !yield(first) {
			return
		}
		for !p.done && ctx.Err() == nil {
			if !yield(p.next(ctx)) {
				return
			}
		}
	}
}

// wantsFallback reports whether nothing but an error came of the first page, and another way may do better.
func (x *extraction) wantsFallback(ctx context.Context, first page) bool {
	return first.err != nil && len(first.rows) == 0 && ctx.Err() == nil && !x.client.IsOver()
}

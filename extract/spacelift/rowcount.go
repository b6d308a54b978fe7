package spacelift

import (
	"context"
	"encoding/json"
	"fmt"

	"liftgraph/extract/spacelift/api"
)

// rowCount compares the rows that a search brought with the server's own count of them.
type rowCount struct {
	x      *extraction
	l      *listing
	before int64 // by the server, before the first page; negative where it doesn't count
}

// count asks how many rows a search has, where the server's schema is known to have the field for it.
func (x *extraction) count(ctx context.Context, l *listing) *rowCount {
	n := x.filteredCount(ctx, l)
	x.cfg.Stats.counted(n)
	return &rowCount{x, l, n}
}

func (x *extraction) filteredCount(ctx context.Context, l *listing) int64 {
	const unknown = -1
	if !x.client.Queries.HasRoot(l.root + "Suggestions") {
		return unknown
	}
	answer, _, err := x.client.Ask(ctx, api.Question{Query: l.query + "_suggestions", Variables: map[string]any{"input": map[string]any{}}})
	var suggestions *struct {
		Count *int64 `json:"filteredCount"`
	}
	if err != nil || json.Unmarshal(answer[l.root+"Suggestions"], &suggestions) != nil || suggestions == nil || suggestions.Count == nil {
		return unknown
	}
	return *suggestions.Count
}

// check makes the scope incomplete where the search brought fewer rows than there were all the time.
func (c *rowCount) check(ctx context.Context, sc *scope, rows int64) {
	if sc.problems > 0 || ctx.Err() != nil || rows >= c.before {
		return
	}
	if least := min(c.before, c.x.filteredCount(ctx, c.l)); rows < least {
		sc.fail(fmt.Errorf("the server counts %d rows of %s, and listed %d", least, c.l.root, rows))
	}
}

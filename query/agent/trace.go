package agent

import (
	"cmp"
	"context"
	"fmt"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"liftgraph/query/lookup"
	"liftgraph/query/trace"
)

// traceInput is what the tool trace takes.
type traceInput struct {
	ID    string `json:"id" jsonschema:"an id, the beginning of one, a page's address, a name, an e-mail address, an ARN, an IP address or an event id"`
	Kind  string `json:"kind,omitempty" jsonschema:"the kind of the id, where it is several: instance, run, commit, user, github-user, stack, worker, space, resource, audit-event, role or address"`
	Limit int    `json:"limit,omitempty" jsonschema:"the most runs, and entries of any other list; 20 where it is left out"`
}

// usualLimit is the limit of lists where a client names none.
const usualLimit = 20

const narrowTrace = "limit, by kind, or by the id of one run"

func (t *tools) trace(ctx context.Context, _ *mcp.CallToolRequest, in traceInput) (*mcp.CallToolResult, any, error) {
	q := trace.Question{ID: in.ID, Kind: trace.Kind(in.Kind), Limit: cmp.Or(in.Limit, usualLimit)}
	if err := q.Check(); err != nil {
		return nil, nil, err
	}
	var text string
	err := t.Newest.Do(ctx, func(d *lookup.Dir) (err error) {
		text, err = t.fitting(ctx, d, q)
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	return t.text(text, narrowTrace), nil, nil
}

// fitting returns the answer with as many entries of lists as a result has room for.
func (t *tools) fitting(ctx context.Context, d *lookup.Dir, q trace.Question) (string, error) {
	asked := q.Limit
	for {
		answer, err := trace.AskDir(ctx, d, q)
		if err != nil {
			return "", err
		}
		if q.Limit < asked {
			answer.Notes = append(answer.Notes, fmt.Sprintf("truncated to %d entries of each list, as more than %d bytes would be needed; narrow by %s", q.Limit, t.Most, narrowTrace))
		}
		text, err := document(answer)
		if err != nil || len(text) <= t.Most || q.Limit == 1 {
			return text, err
		}
		q.Limit /= 2
	}
}

// searchInput is what the tool search takes.
type searchInput struct {
	Query string `json:"query" jsonschema:"the beginning of an id; runs and commits take 4 characters or more"`
	Limit int    `json:"limit,omitempty" jsonschema:"the most ids of each kind; 20 where it is left out"`
}

// match is a thing that the tool search found.
type match struct {
	Kind trace.Kind `json:"kind"`
	ID   string     `json:"id"`
}

func (t *tools) search(ctx context.Context, _ *mcp.CallToolRequest, in searchInput) (*mcp.CallToolResult, any, error) {
	most := cmp.Or(in.Limit, usualLimit)
	if most < 1 {
		return nil, nil, fmt.Errorf("a limit of %d: it is at least 1", most)
	}
	var found []trace.Subject
	err := t.Newest.Do(ctx, func(d *lookup.Dir) (err error) {
		found, err = trace.Search(ctx, d, in.Query, min(most, mostMatches)+1)
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	result := struct {
		Matches   []match `json:"matches"`
		Truncated string  `json:"truncated,omitempty"`
	}{Matches: []match{}}
	count, room := map[trace.Kind]int{}, t.Most-1024
	for _, s := range found {
		count[s.Kind]++
		room -= len(s.ID) + 64
		if count[s.Kind] > min(most, mostMatches) || room < 0 {
			result.Truncated = "truncated, narrow by more of the id's beginning"
			continue
		}
		result.Matches = append(result.Matches, match{s.Kind, s.ID})
	}
	text, err := document(result)
	if err != nil {
		return nil, nil, err
	}
	return t.text(text, "more of the id's beginning"), nil, nil
}

// mostMatches bounds the ids of a kind that a search reads.
const mostMatches = 200

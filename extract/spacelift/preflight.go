package spacelift

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"liftgraph/extract/spacelift/api"
)

// Preflight is what a server, a token and this program can do together, before anything is read.
type Preflight struct {
	Endpoint string           `json:"endpoint"`
	Session  string           `json:"session"` // whose it is, as far as the server says
	Expires  *time.Time       `json:"expires,omitempty"`
	Scopes   []PreflightList  `json:"scopes"`
	Lacks    []string         `json:"schema_lacks"` // fields that this program asks for, as Type.field
	Has      []string         `json:"schema_has"`   // of the optional ones
	Hidden   bool             `json:"schema_hidden"`
	Counts   map[string]int64 `json:"rows"` // by scope; absent where the server doesn't count
	Full     *Cost            `json:"full_read"`
	Night    *Cost            `json:"increment"` // for a hundredth of the runs
	Schema   json.RawMessage  `json:"-"`         // the introspection
}

// PreflightList says whether a scope can be read.
type PreflightList struct {
	Scope  string `json:"scope"`
	OK     bool   `json:"ok"`
	Reason string `json:"reason,omitempty"`
}

// Cost is what a reading takes.
type Cost struct {
	Requests int64   `json:"requests"`
	Hours    float64 `json:"hours"` // at the rate of the config; 0 without a limit
}

// optional are the fields that were never proven, or that older servers lack.
var optional = []struct{ typ, field string }{
	{"Query", "searchStacks"}, {"Query", "searchRuns"}, {"Query", "searchManagedEntities"}, {"Query", "searchAuditTrailEntries"},
	{"Query", "searchStacksSuggestions"}, {"Query", "searchRunsSuggestions"}, {"Query", "searchManagedEntitiesSuggestions"},
	{"ManagedUser", "userRoleBindings"}, {"ManagedUser", "latestGroups"}, {"ManagedUserGroup", "members"}, {"ManagedUserGroup", "userRoleBindings"},
	{"ApiKey", "teams"}, {"Stack", "roleBindings"}, {"Run", "worker"}, {"Run", "dependsOn"}, {"RunStateTransition", "until"},
}

// Check asks what can be read, with about two requests for each scope, and reads nothing. saveSchema asks for the whole
// schema, too. Errors are those of [Extract].
func Check(ctx context.Context, cfg Config, saveSchema bool) (*Preflight, error) {
	cfg, err := cfg.check()
	if err != nil {
		return nil, err
	}
	x := newExtraction(cfg, nil)
	defer x.client.Close()
	if err := x.firstContact(ctx); err != nil {
		return nil, err
	}
	if err := x.introspect(ctx); err != nil {
		return nil, err
	}
	p := &Preflight{Endpoint: cfg.Endpoint, Counts: map[string]int64{}, Hidden: x.client.Queries.Schema == nil}
	if end := api.ReadClaims(cfg.Token).Expiry(); !end.IsZero() {
		p.Expires = &end
	}
	if saveSchema {
		if p.Schema, err = x.client.WholeSchema(ctx); err != nil {
			return nil, fmt.Errorf("%s doesn't show its schema: %w", cfg.Endpoint, err)
		}
	}
	for _, l := range append(listings(), auditTrailListing) {
		if l.query == "" || l.root == "stack" {
			continue
		}
		p.Scopes = append(p.Scopes, x.probe(ctx, &l, p))
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
	}
	if over := x.client.Ended(); over != nil {
		return nil, fmt.Errorf("%s: %w; %s", cfg.Endpoint, over, over.Advice)
	}
	p.Lacks = x.client.Queries.Left()
	if s := x.client.Queries.Schema; s != nil {
		for _, f := range optional {
			if _, there := s.Field(f.typ, f.field); there {
				p.Has = append(p.Has, f.typ+"."+f.field)
			}
		}
	}
	p.estimate(cfg)
	return p, nil
}

// probe asks for one row of a scope, or all of a list that has no pages, and how many there are.
func (x *extraction) probe(ctx context.Context, l *listing, p *Preflight) PreflightList {
	q := api.Question{Query: l.query}
	if strings.HasPrefix(l.query, "search_") {
		q.Variables = map[string]any{"input": map[string]any{"first": 1}}
	}
	answer, _, err := x.client.Ask(ctx, q)
	var viewer ref
	if json.Unmarshal(answer["viewer"], &viewer) == nil && viewer.ID != "" {
		p.Session = viewer.ID
	}
	sc := &scope{name: l.scope}
	_, lacks := errors.AsType[*api.MissingError](err)
	switch {
	case lacks && l.scope != scopeStacks && l.scope != scopeEntities && l.scope != scopeRuns:
		return PreflightList{Scope: l.scope, OK: true, Reason: err.Error()}
	case lacks:
		return PreflightList{Scope: l.scope, OK: true, Reason: err.Error() + ": it is read another way, with more requests"}
	case err == nil && isNull(answer[l.root]):
		err = errNullAnswer
	}
	if err != nil {
		sc.fail(err)
		return PreflightList{Scope: l.scope, Reason: sc.reason()}
	}
	var rows []json.RawMessage
	if json.Unmarshal(answer[l.root], &rows) == nil {
		p.Counts[l.scope] = int64(len(rows))
		if len(rows) == 0 && l.scope == scopeSpaces {
			return PreflightList{Scope: l.scope, Reason: errNoSpace.Error()}
		}
	} else if n := x.filteredCount(ctx, l); n >= 0 {
		p.Counts[l.scope] = n
	}
	return PreflightList{Scope: l.scope, OK: true}
}

// estimate says what reading everything takes, and what a night that goes on from the last one takes. Nothing where the
// server doesn't count its runs.
func (p *Preflight) estimate(cfg Config) {
	runs, counted := p.Counts[scopeRuns]
	if !counted {
		return
	}
	pages := func(rows, size int64) int64 { return max(1, (rows+size-1)/size) }
	const lists = 13 // requests for the session, the schema, the lists without pages, the counts and the head of the runs
	fixed := lists + pages(p.Counts[scopeStacks], pageSize) + pages(p.Counts[scopeEntities], pageSize)
	cost := func(runs int64) *Cost {
		n := fixed + pages(runs, pageSize) // which have the details, unless the server refuses that
		c := &Cost{Requests: n}
		if cfg.RequestsPerSecond > 0 {
			c.Hours = float64(n) / cfg.RequestsPerSecond / 3600
		}
		return c
	}
	const newOf = 100 // of so many runs one is new since the previous night
	p.Full, p.Night = cost(runs), cost(runs/newOf)
}

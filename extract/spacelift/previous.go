package spacelift

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"liftgraph/internal/dataset"
	"liftgraph/internal/raw"
)

// Previous is a published extraction that the next one goes on from.
type Previous struct {
	Manifest *dataset.Manifest
	Records  func(kinds ...raw.Kind) iter.Seq2[raw.Record, error] // those of some kinds, kind by kind, as they were delivered
}

// runsWatermark names up to when the runs of an endpoint, which follows, are known completely; 0 where they aren't. Its
// number is that of what is kept of a run: another one means that nothing of before can be taken over.
const runsWatermark = "spacelift_runs/1 "

// An increment reads what began since an hour before the previous extraction began, so that neither clocks that disagree
// nor runs that were listed late make it miss any. Lists may be out of order by less than sloppy.
const (
	overlap = time.Hour
	sloppy  = 10 * time.Minute
)

// increment is what is known of the runs from the previous extraction.
type increment struct {
	previous *Previous
	since    string // runs with a greater id are read, others are taken over; "": all are read
	end      string // no run of an id that isn't greater has to be looked at any more
	keep     string // runs of ids that are less are taken over: those up to since, or more where the list broke off

	listed, list map[string]bool // the stacks of then, and of now
	all          bool            // the stacks of then were all
	lost         *lostStacks
	whole        []stackRef // stacks that are read whatever is known of them: new ones, and those that failed then
	isWhole      map[string]bool
}

// goOn returns what the previous extraction has, or nil, and notes why, where it doesn't help.
func (x *extraction) goOn(ctx context.Context) (*increment, error) {
	p := x.cfg.Previous
	if p == nil {
		return nil, nil
	}
	if why := x.differs(p.Manifest); why != "" {
		x.note("nothing was taken over from the last extraction, %s: everything was read", why)
		return nil, nil
	}
	i := &increment{previous: p, listed: map[string]bool{}, list: map[string]bool{}, lost: newLostStacks(), isWhole: map[string]bool{}, all: true}
	if until := p.Manifest.Watermarks[runsWatermark+x.cfg.Endpoint]; until > 0 {
		i.since = ulidAt(time.Unix(until, 0).Add(-overlap))
		i.end = ulidAt(time.Unix(until, 0).Add(-overlap - sloppy))
	} else {
		x.note("the runs of the last extraction are incomplete: all were read")
	}
	i.keep = i.since + "\x00"
	for r, err := range p.Records(raw.KindStack) {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		if err != nil {
			return nil, fmt.Errorf("the stacks of the last extraction: %w", err)
		}
		i.listed[r.(*raw.Stack).ID] = true
	}
	failed := map[string]bool{}
	for _, s := range p.Manifest.Scopes {
		switch {
		case s.Scope == scopeRuns && s.Stack != "":
			failed[s.Stack] = true
		case s.Scope == scopeStacks:
			i.all = i.all && s.Complete
		}
	}
	for _, s := range x.known {
		i.list[s.id] = true
		if !i.listed[s.id] || failed[s.id] {
			i.whole, i.isWhole[s.id] = append(i.whole, s), true
		}
	}
	return i, nil
}

// differs says why nothing of an extraction can be taken over: it is of another account, or has not what this one is to have.
func (x *extraction) differs(m *dataset.Manifest) string {
	if _, ok := m.Watermarks[runsWatermark+x.cfg.Endpoint]; !ok {
		return "which is of another endpoint or was made by another version"
	}
	if !slices.Equal(m.Accounts, []string{x.report.Account}) {
		return fmt.Sprintf("which is of the account %s", strings.Join(m.Accounts, ", "))
	}
	has := func(scope string) bool {
		return slices.ContainsFunc(m.Scopes, func(s dataset.Scope) bool { return s.Scope == scope })
	}
	if has(scopeDetails) != (x.cfg.RunDetails != NoDetails) || has(scopeLogs) != (x.cfg.RunDetails == AllDetails) {
		return "whose --run-details were others"
	}
	if s := x.client.Queries.Schema; s != nil {
		for _, f := range m.MissingFields {
			if typ, field, _ := strings.Cut(f, "."); field != "" && !strings.Contains(field, "(") {
				if _, there := s.Field(typ, field); there {
					return fmt.Sprintf("when the server had no %s yet", f)
				}
			}
		}
	}
	return ""
}

// gone reports whether a run's stack is one that isn't there any more.
func (i *increment) gone(r *raw.Run, allStacks bool) bool {
	return r.StackID != "" && !r.IsModule && allStacks && !i.list[r.StackID] && (i.listed[r.StackID] || !i.all)
}

// runsUntil returns up to when the runs are known completely, Unix seconds. No run that was seen is newer, whatever this
// machine's clock says.
func (x *extraction) runsUntil() int64 {
	until := x.began
	if x.newest != "" && timeOf(x.newest).Before(until) {
		until = timeOf(x.newest)
	}
	return until.Unix()
}

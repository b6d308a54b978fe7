package pipeline

import (
	"fmt"
	"iter"
	"maps"
	"slices"

	"liftgraph/extract/audittrail"
	"liftgraph/internal/dataset"
	"liftgraph/internal/objects"
	"liftgraph/internal/raw"
)

// object is one that is read again.
type object struct {
	uri   string
	store objects.Store
	lines []int64 // that are delivered; nil: all
}

// place is where a quarantined record was found.
type place struct {
	object string
	offset int64
}

// rereading is what a replay reads again of a source.
type rereading struct {
	job      *job
	source   string
	lines    map[string][]int64 // by object; nil: all of them
	rejected map[place]bool     // that were rejected again
	lost     map[string]error   // objects that can't be read
}

// rereadingOf counts the quarantine of a source, and names the objects and lines of those records that it doesn't hold as they were.
func rereadingOf(j *job, source string, r *Replayed) (*rereading, error) {
	a := &rereading{job: j, source: source, lines: map[string][]int64{}, rejected: map[place]bool{}, lost: map[string]error{}}
	for rec, err := range a.quarantine() {
		if err != nil {
			return nil, err
		}
		r.Before++
		if rec.Object == "" {
			r.Elsewhere++
		} else if !a.whole(rec) {
			if err := a.named(rec); err != nil {
				return nil, err
			}
		}
	}
	return a, nil
}

// quarantine returns the records of the source's quarantine, as it was published last.
func (a *rereading) quarantine() iter.Seq2[raw.Rejected, error] {
	return func(yield func(raw.Rejected, error) bool) {
		for rec, err := range raw.ReadQuarantine(a.job.cfg.Data, "extract-"+a.source) {
			if err != nil {
				err = fmt.Errorf("the quarantine: %w", err)
			}
			if !yield(rec, err) || err != nil {
				return
			}
		}
	}
}

// whole reports whether the quarantine holds a record as it was. Of calls it never does: their parameters may be secrets.
func (a *rereading) whole(rec raw.Rejected) bool {
	if a.source != auditTrailSource || rec.Object == "" {
		return false
	}
	_, whole := audittrail.Whole(rec)
	return whole
}

// named adds the line of a record to those that are read again.
func (a *rereading) named(rec raw.Rejected) error {
	lines, any := a.lines[rec.Object]
	switch {
	case rec.Offset == 0 || any && lines == nil:
		a.lines[rec.Object] = nil
	default:
		a.lines[rec.Object] = append(lines, rec.Offset)
	}
	return nil
}

// records judges the records again that the quarantine holds as they were. Those that are rejected again are to be read from their objects.
func (a *rereading) records(out *records) (dataset.Ledger, error) {
	report, err := audittrail.Reread(a.job.ctx, func(yield func(raw.Rejected, error) bool) {
		for rec, err := range a.quarantine() {
			if (err != nil || a.whole(rec)) && !yield(rec, err) {
				return
			}
		}
	}, out)
	if err != nil {
		return dataset.Ledger{}, err
	}
	l := report.Ledger
	l.Stage = "replay"
	for reason, n := range l.Quarantined {
		l.Filtered["read_again"] += n
		delete(l.Quarantined, reason)
	}
	return l, nil
}

// objects reads the lines again that are named. Objects that can't be opened are lost, each an incomplete scope.
func (a *rereading) objects(opts objects.Options, out *records) (dataset.Ledger, []dataset.Scope, error) {
	opts.Exact = true
	var list []object
	var lost []dataset.Scope
	scope := map[string]string{cloudTrailSource: "cloudtrail", auditTrailSource: "audit_trail"}[a.source]
	for _, uri := range slices.Sorted(maps.Keys(a.lines)) {
		store, err := objects.Open(a.job.ctx, uri, opts)
		if err != nil {
			a.lost[uri] = err
			lost = append(lost, dataset.Scope{Scope: scope, Object: uri, Reason: err.Error()})
			continue
		}
		slices.Sort(a.lines[uri])
		list = append(list, object{uri, store, slices.Compact(a.lines[uri])})
	}
	if len(list) == 0 {
		return dataset.NewLedger("replay", a.source, "events"), lost, nil
	}
	ledger, scopes, err := a.job.read(a.source, list, out)
	if err != nil {
		return ledger, nil, err
	}
	ledger.Stage = "replay"
	for _, s := range scopes {
		if _, named := a.lines[s.Object]; named {
			a.lost[s.Object] = fmt.Errorf("%s", s.Reason)
		}
	}
	return ledger, append(scopes, lost...), nil
}

// keep keeps the records in the quarantine that name no object, or one that could not be read, and returns how many there are.
func (a *rereading) keep(q *raw.Quarantine) (kept int64, err error) {
	for rec, err := range a.quarantine() {
		if err != nil {
			return kept, err
		}
		if rec.Object != "" && (a.lost[rec.Object] == nil || a.rejected[place{rec.Object, rec.Offset}] || !a.isNamed(rec)) {
			continue
		}
		if err := q.Reject(rec); err != nil {
			return kept, err
		}
		kept++
	}
	return kept, nil
}

// isNamed reports whether the line of a record was to be read from its object.
func (a *rereading) isNamed(rec raw.Rejected) bool {
	lines, any := a.lines[rec.Object]
	return any && (lines == nil || slices.Contains(lines, rec.Offset))
}

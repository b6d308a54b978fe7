package pipeline

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"liftgraph/emit/redact"
	"liftgraph/internal/dataset"
	"liftgraph/internal/raw"
	"liftgraph/transform"
)

// MaxQuarantined is how many records of a source may be quarantined before it is incomplete, in percent, where nothing else is
// configured. A few records never make it incomplete.
const (
	MaxQuarantined = 1.0
	fewQuarantined = 10
)

// complete returns an error where only something complete is to be published, and this isn't.
func (j *job) complete(m *dataset.Manifest) error {
	missing := m.Incomplete()
	if !j.cfg.RequireComplete || len(missing) == 0 {
		return nil
	}
	var list []string
	for _, s := range missing {
		list = append(list, fmt.Sprintf("%s: %s", s.Name(), s.Reason))
	}
	return fmt.Errorf("nothing was published, since %d scopes could not be read completely: %s", len(list), strings.Join(list, "; "))
}

// rejected keeps the first record of each source and reason that a stage rejects.
type rejected struct {
	forgetting forgetting
	take       func(raw.Rejected) error
	first      map[[2]string]raw.Rejected
}

func newRejected(rules redact.Rules, take func(raw.Rejected) error) *rejected {
	return &rejected{forgetting: forgetting{rules}, take: take, first: map[[2]string]raw.Rejected{}}
}

func (r *rejected) reject(rec raw.Rejected) error {
	rec, err := r.forgetting.rejected(rec)
	if err != nil {
		return err
	}
	key := [2]string{rec.Source, rec.Reason}
	if _, seen := r.first[key]; !seen {
		r.first[key] = rec
	}
	return r.take(rec)
}

// judge makes a source incomplete in m of which too many records were quarantined, by the ledgers of a stage. Relationships with an end
// that wasn't listed don't count: no record is damaged, and what was deleted for good would leave every night incomplete. Where they
// are many, a note says so.
func (j *job) judge(m *dataset.Manifest, ledgers []dataset.Ledger, r *rejected) {
	most := MaxQuarantined
	if j.cfg.MaxQuarantined != nil {
		most = *j.cfg.MaxQuarantined
	}
	tooMany := func(n, of int64) bool { return n > fewQuarantined && float64(n)*100 > float64(of)*most }
	for _, l := range ledgers {
		missing, rest := map[string]int64{}, map[string]int64{}
		for reason, count := range l.Quarantined {
			if transform.MissingEnd(reason) {
				missing[reason] = count
			} else {
				rest[reason] = count
			}
		}
		if n, reason := inAll(rest); tooMany(n, l.In) {
			text := fmt.Sprintf("%d of %d %s were quarantined by %s, more than %g %%, most of them (%d) as %s", n, l.In, l.Unit, l.Stage, most, rest[reason], reason)
			if first, ok := r.first[[2]string{l.Source, reason}]; ok {
				text += "; the first one is " + example(first)
			}
			m.Scopes = append(m.Scopes, dataset.Scope{Scope: dataset.QuarantineScope, Object: l.Source, Reason: text, Records: n})
		}
		if n, reason := inAll(missing); tooMany(n, l.In) {
			m.Notes = append(m.Notes, fmt.Sprintf("%d of %d %s have an end that Spacelift didn't list, most of them (%d) as %s: it was deleted, or the token may not see it; they are in the quarantine",
				n, l.In, l.Unit, missing[reason], reason))
		}
	}
}

// inAll returns how many there are in all, and the most frequent reason.
func inAll(counts map[string]int64) (n int64, reason string) {
	for _, r := range slices.Sorted(maps.Keys(counts)) {
		n += counts[r]
		if counts[r] > counts[reason] {
			reason = r
		}
	}
	return n, reason
}

// example says in a few words which record was rejected, and why.
func example(r raw.Rejected) string {
	text := "at offset " + fmt.Sprint(r.Offset)
	if r.Object != "" {
		text = r.Object + " " + text
	}
	if r.Detail != "" {
		text += ": " + r.Detail
	}
	const most = 300
	if len(text) > most {
		text = strings.ToValidUTF8(text[:most], "") + "…"
	}
	return text
}

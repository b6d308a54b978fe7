package pipeline

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"liftgraph/emit/redact"
	"liftgraph/internal/dataset"
	"liftgraph/internal/raw"
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

// judge makes a source incomplete in m of which too many records were quarantined, by the ledgers of a stage.
func (j *job) judge(m *dataset.Manifest, ledgers []dataset.Ledger, r *rejected) {
	most := MaxQuarantined
	if j.cfg.MaxQuarantined != nil {
		most = *j.cfg.MaxQuarantined
	}
	for _, l := range ledgers {
		var n int64
		for _, count := range l.Quarantined {
			n += count
		}
		if n <= fewQuarantined || float64(n)*100 <= float64(l.In)*most {
			continue
		}
		reasons := slices.SortedFunc(maps.Keys(l.Quarantined), func(a, b string) int {
			if d := l.Quarantined[b] - l.Quarantined[a]; d != 0 {
				return int(d)
			}
			return strings.Compare(a, b)
		})
		text := fmt.Sprintf("%d of %d %s were quarantined by %s, more than %g %%, most of them (%d) as %s", n, l.In, l.Unit, l.Stage, most, l.Quarantined[reasons[0]], reasons[0])
		if first, ok := r.first[[2]string{l.Source, reasons[0]}]; ok {
			text += "; the first one is " + example(first)
		}
		m.Scopes = append(m.Scopes, dataset.Scope{Scope: dataset.QuarantineScope, Object: l.Source, Reason: text, Records: n})
	}
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

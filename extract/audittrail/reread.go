package audittrail

import (
	"context"
	"iter"
	"strings"
	"unicode/utf8"

	"liftgraph/internal/dataset"
	"liftgraph/internal/raw"
)

// Whole returns the text of a quarantined event, and reports whether the quarantine holds all of it.
func Whole(r raw.Rejected) (text string, whole bool) {
	text, _ = r.Record.(string)
	return text, text != "" && len(text) < maxShown && !strings.ContainsRune(text, utf8.RuneError)
}

// Reread judges quarantined events again by what the quarantine holds of them, see [Whole], and delivers them as [Extract] does.
func Reread(ctx context.Context, list iter.Seq2[raw.Rejected, error], out Output) (*Report, error) {
	x := &extraction{ctx: ctx, stats: new(Stats), out: out, accounts: map[string]bool{}}
	x.report.Ledger = dataset.NewLedger("extract", SourceName, "events")
	for r, err := range list {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return nil, err
		}
		text, _ := Whole(r)
		if err := x.event(place{r.Object, r.Offset}, []byte(text)); err != nil {
			return nil, err
		}
	}
	x.report.Accounts = x.sortedAccounts()
	return &x.report, x.report.Ledger.Check()
}

package spacelift

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"liftgraph/extract/spacelift/api"
	"liftgraph/internal/dataset"
	"liftgraph/internal/raw"
)

// sourceName names this source in manifests and quarantined records.
const sourceName = "spacelift"

// Output takes what an extraction delivers, from one goroutine. An error ends the extraction.
type Output interface {
	Record(raw.Record) error
	Reject(raw.Rejected) error
}

// Report says what was read, for the manifest. Scopes stand in the order they were read in, MissingFields are sorted.
type Report struct {
	Account       string // its name, or what stands for it
	Source        dataset.Source
	Scopes        []dataset.Scope
	MissingFields []string // as Type.field, Type.field(argument) or Type
	Notes         []string
	Ledger        dataset.Ledger   // in records; balanced
	Watermarks    map[string]int64 // from where the next extraction can go on
}

// Extract reads the whole account and delivers its records one after the other, in a fixed order whatever the number
// of workers: account, spaces, stacks, worker pools and the public one, users, groups, API keys, roles, entities, runs
// (newest first), and once more the newest runs, begun while the others were read. A record may come twice.
//
// Wrong settings are a [UsageError]. Any other error means that nothing can be published: no connection, a token
// that isn't taken, a failed output, a cancelled context. A scope that is refused or fails is incomplete in the report.
func Extract(ctx context.Context, cfg Config, out Output) (*Report, error) {
	cfg, err := cfg.check()
	if err != nil {
		return nil, err
	}
	x := newExtraction(cfg, out)
	defer x.client.Close()
	if err := x.firstContact(ctx); err != nil {
		return nil, err
	}
	if err := x.introspect(ctx); err != nil {
		return nil, err
	}
	for _, l := range listings() {
		if l.read != nil {
			if err := l.read(x, ctx, &l); err != nil {
				return nil, err
			}
		}
	}
	if err := x.checkAny(); err != nil {
		return nil, err
	}
	return x.finish(sourceName)
}

// extraction is one run of [Extract].
type extraction struct {
	cfg      Config
	client   *api.Client
	details  *detailReader
	out      Output
	report   Report
	received map[raw.Kind]int64 // rows, to number the rejected ones
	known    []stackRef
	counted  detailCount
	began    time.Time
	newest   string // id of a run
	pageSize int    // of runs, that the server returns; 0: unknown
}

// stackRef is what is kept of a stack: to ask for its lists where the account's are unavailable.
type stackRef struct {
	id    string
	empty bool // it manages no entities
}

func newExtraction(cfg Config, out Output) *extraction {
	x := &extraction{cfg: cfg, client: api.NewClient(cfg.settings()), out: out, received: map[raw.Kind]int64{}, began: time.Now()}
	x.details = newDetailReader(x.client, cfg.RunDetails)
	x.report.Ledger = dataset.NewLedger("extract", sourceName, "records")
	return x
}

// introspect learns the server's schema. Where it is hidden, each query is fitted by what the server complains about.
func (x *extraction) introspect(ctx context.Context) error {
	shown, err := x.client.Introspect(ctx)
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if _, gaveUp := errors.AsType[*api.GaveUpError](err); gaveUp {
		return fmt.Errorf("%s answered once, but no more: %w; try again later", x.cfg.Endpoint, err)
	}
	if !shown {
		x.note("the server doesn't show its schema: fields that it lacks are found by its complaints")
	}
	return nil
}

// errNullName is for an account without its name, whose nodes would get another id than yesterday's.
var errNullName = errors.New("the server answers null instead of the account's name")

// account delivers the account, named after the endpoint's host where the API doesn't tell.
func (x *extraction) account(ctx context.Context, l *listing) error {
	sc := x.begin(l.scope)
	answer, _, err := x.client.Ask(ctx, api.Question{Query: l.query})
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	account := raw.Account{}
	if err == nil {
		err = json.Unmarshal(answer["name"], &account.Name)
	}
	if _, lacks := errors.AsType[*api.MissingError](err); err != nil && !lacks {
		sc.fail(err)
	} else if !lacks && account.Name == nil {
		sc.fail(errNullName)
	}
	if account.Name != nil && raw.CheckID(*account.Name) == nil {
		account.ID = *account.Name
	} else {
		account.ID = api.AccountOf(x.cfg.Endpoint)
	}
	x.report.Account = account.ID
	if err := x.deliver(sc, batch{kind: l.kind, rows: []row{{record: &account}}}); err != nil {
		return err
	}
	x.end(sc)
	return nil
}

func (x *extraction) note(format string, args ...any) {
	x.report.Notes = append(x.report.Notes, fmt.Sprintf(format, args...))
}

// errNothing is for an account of which nothing could be read: to publish that would replace what was read before.
var errNothing = errors.New("nothing of the account could be read")

// checkAny returns errNothing where no list gave a row and not all of them are empty.
func (x *extraction) checkAny() error {
	for kind, n := range x.received {
		if kind != raw.KindAccount && kind != raw.KindWorkerPool && n > 0 { // which are delivered in any case
			return nil
		}
	}
	for _, s := range x.report.Scopes {
		if !s.Complete {
			return fmt.Errorf("%s: %w: %s: %s", x.cfg.Endpoint, errNothing, s.Scope, s.Reason)
		}
	}
	return nil
}

// finish closes the ledger of a source.
func (x *extraction) finish(source string) (*Report, error) {
	if over := x.client.Ended(); over != nil {
		x.note("the extraction was cut short: %v; %s", over, over.Advice)
	}
	if end := api.ReadClaims(x.cfg.Token).Expiry(); x.cfg.Reread == nil && !end.IsZero() && time.Until(end) < time.Hour {
		x.note("the token is good until %s only", end.Format(time.RFC3339))
	}
	if api.Unencrypted(x.cfg.Endpoint) {
		x.note("the token was sent unencrypted: use https where the server offers it")
	}
	stats := x.cfg.Stats.Snapshot()
	x.report.Source = dataset.Source{
		Name: source, Endpoint: x.cfg.Endpoint, Requests: stats.Requests, Retries: stats.Retries, Pages: stats.Pages, Bytes: stats.Bytes, PageSize: x.pageSize,
	}
	x.report.MissingFields = x.client.Queries.Left()
	return &x.report, x.report.Ledger.Check()
}

package spacelift

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"liftgraph/fixtures/fakespacelift"
	"liftgraph/fixtures/generate"
	"liftgraph/fixtures/sample"
	"liftgraph/internal/raw"
)

// TestWholeAccount reads the sample account: everything that it holds comes out, in the order of the kinds.
func TestWholeAccount(t *testing.T) {
	account := sample.Account()
	server, cfg := serve(t, account, fakespacelift.Options{})
	out, report := extract(t, cfg)
	if got := incomplete(report); got != nil {
		t.Errorf("%+v", report.Scopes)
	}
	counts := map[raw.Kind]int{}
	var order []raw.Kind
	for _, r := range out.records {
		if counts[r.Kind()]++; counts[r.Kind()] == 1 {
			order = append(order, r.Kind())
		}
	}
	if all := raw.Kinds(); !slices.Equal(order, all[:1+slices.Index(all, raw.KindRun)]) {
		t.Errorf("delivered in the order %v", order)
	}
	for kind, table := range map[raw.Kind]string{
		raw.KindSpace: "spaces", raw.KindStack: "stacks", raw.KindUser: "managedUsers", raw.KindGroup: "managedUserGroups", raw.KindAPIKey: "apiKeys",
		raw.KindRole: "roles", raw.KindEntity: "entities", raw.KindRun: "runs",
	} {
		if got, want := counts[kind], len(account.Tables[table]); got != want || want == 0 {
			t.Errorf("%d records of %s, want %d", got, kind, want)
		}
	}
	if got, want := counts[raw.KindWorkerPool], len(account.Tables["workerPools"])+1; got != want {
		t.Errorf("%d pools, want %d with the public one", got, want)
	}
	src := report.Source
	if report.Account != "acme-corp" || src.Endpoint != cfg.Endpoint || src.Requests != int64(server.Count("")) || src.Bytes == 0 || src.Retries != 0 {
		t.Errorf("%+v", report)
	}
	var scopes []string
	for _, s := range report.Scopes {
		scopes = append(scopes, s.Scope)
	}
	if want := []string{
		scopeAccount, scopeSpaces, scopeStacks, scopePools, scopePublicPool, scopeUsers, scopeGroups, scopeKeys, scopeRoles, scopeEntities, scopeRuns, scopeDetails, scopeLogs,
	}; !slices.Equal(scopes, want) {
		t.Errorf("scopes %v", scopes)
	}
}

// TestOrderIsThatOfTheAccount: whatever the number of workers and whichever answer is late, the same comes out.
func TestOrderIsThatOfTheAccount(t *testing.T) {
	account := generate.New(generate.Size{Stacks: 20, Runs: 600, Entities: 120})
	for _, without := range [][]string{nil, {"Query.searchRuns", "Query.searchManagedEntities", "Query.searchStacks"}} {
		var want string
		for _, workers := range []int{1, 2, 8} {
			late := fakespacelift.Fault{Nth: 20, Times: 10, Do: fakespacelift.Delay(3 * time.Millisecond)}
			_, cfg := serve(t, account, fakespacelift.Options{Without: without, Faults: []fakespacelift.Fault{late}})
			cfg.Workers = workers
			out, report := extract(t, cfg)
			text := out.text(t) + fmt.Sprintf("%+v %+v %v", report.Scopes, report.Notes, report.Ledger)
			if want == "" {
				want = text
			}
			if text != want || len(out.ids(raw.KindRun)) != 600 {
				t.Errorf("%d workers give something else: %d runs", workers, len(out.ids(raw.KindRun)))
			}
		}
	}
}

// growing is an account in which a run begins whenever runs are asked for, up to a number.
type growing struct {
	*fakespacelift.Memory
	mu    sync.Mutex
	runs  fakespacelift.Rows
	shown int
	most  int
}

func (g *growing) Runs() fakespacelift.Seq {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.shown = min(g.shown+1, g.most)
	return g.runs[len(g.runs)-g.shown:]
}

// TestHead: runs that begin while the older ones are read come last, each once.
func TestHead(t *testing.T) {
	all := small(400, 0)
	g := &growing{Memory: all, runs: all.Tables["runs"], shown: 199, most: 400}
	_, cfg := serve(t, g, fakespacelift.Options{Without: []string{"Query.searchRunsSuggestions"}})
	cfg.RunDetails = NoDetails
	out, report := extract(t, cfg)
	if got := incomplete(report); got != nil {
		t.Errorf("%v", got)
	}
	ids := out.ids(raw.KindRun)
	if ids[0] != runID(200) || ids[len(ids)-1] != runID(201) {
		t.Errorf("from %s to %s", ids[0], ids[len(ids)-1])
	}
	wantRuns(t, out, 205) // pages 1 to 5 each moved by one, and the head's page showed the sixth
	seen := map[string]int{}
	for _, id := range ids[200:] {
		seen[id]++
	}
	for i := 201; i <= 205; i++ {
		if seen[runID(i)] != 1 {
			t.Errorf("run %d came %d times", i, seen[runID(i)])
		}
	}
}

// TestHeadEndsWhereTheNewestRunIsGone, by the time in the ids.
func TestHeadEndsWhereTheNewestRunIsGone(t *testing.T) {
	rows := func(ids ...string) page {
		var p page
		for _, id := range ids {
			p.rows = append(p.rows, []byte(`{"run":{"id":"`+id+`"}}`))
		}
		return p
	}
	pages := []page{rows("01J0000009AAAAAAAAAAAAAAAA", "01J0000008AAAAAAAAAAAAAAAA"), rows("01J0000006AAAAAAAAAAAAAAAA", "01J0000005AAAAAAAAAAAAAAAA"), rows("x")}
	var got []string
	for p := range newerThan(rows("01J0000007AAAAAAAAAAAAAAAA").rows, slices.Values(pages)) {
		for _, r := range p.rows {
			got = append(got, searchedID(r)[:10])
		}
	}
	if want := []string{"01J0000009", "01J0000008"}; !slices.Equal(got, want) {
		t.Errorf("%v", got)
	}
	if id := newest(pages[1].rows); id != "01J0000006AAAAAAAAAAAAAAAA" {
		t.Errorf("%s", id)
	}
}

// TestHeadWithoutUsableIDs: runs are read once also where none of the newest page's has an id to recognize the others by.
func TestHeadWithoutUsableIDs(t *testing.T) {
	account := small(120, 0)
	for i := range account.Tables["runs"][:60] {
		account.Tables["runs"][i]["id"] = fmt.Sprintf("run-%d", i)
	}
	server, cfg := serve(t, account, fakespacelift.Options{})
	cfg.RunDetails = NoDetails
	_, report := extract(t, cfg)
	if got := report.Ledger.Quarantined["invalid_id"]; got != 60 {
		t.Errorf("%d runs quarantined, want 60", got)
	}
	if got := scopeNamed(t, report, scopeRuns).Records; got != 60 {
		t.Errorf("%d runs, want 60", got)
	}
	if n := server.Count("searchRuns"); n != 4 {
		t.Errorf("%d pages, want 3 and the head's", n)
	}
}

// TestOrderRefused: without an order there is no head to read again.
func TestOrderRefused(t *testing.T) {
	refuse := fakespacelift.Fault{Do: fakespacelift.Errors(`cannot order by "createdAt"`), Match: func(r fakespacelift.Request) bool {
		input, _ := r.Variables["input"].(map[string]any)
		return input["orderBy"] != nil
	}}
	server, cfg := serve(t, small(100, 0), fakespacelift.Options{Faults: []fakespacelift.Fault{refuse}})
	out, report := extract(t, cfg)
	if got := incomplete(report); got != nil || server.Count("searchRuns") != 3 {
		t.Errorf("%v, %d pages", got, server.Count("searchRuns"))
	}
	wantRuns(t, out, 100)
	wantText(t, fmt.Sprint(report.Notes), "doesn't order runs")
}

func TestUnusableIDs(t *testing.T) {
	account := small(10, 3)
	account.Tables["runs"][3]["id"] = "not a ULID"
	account.Tables["spaces"][1]["id"] = "a\nb"
	account.Tables["entities"][1]["id"] = ""
	account.Tables["managedUsers"][0]["id"] = strings.Repeat("x", 4097)
	_, cfg := serve(t, account, fakespacelift.Options{})
	out, report := extract(t, cfg)
	if got := incomplete(report); got != nil || report.Ledger.Quarantined["invalid_id"] != 4 {
		t.Errorf("%v, %+v", got, report.Ledger)
	}
	for i, want := range []raw.Rejected{{Kind: raw.KindSpace, Offset: 2}, {Kind: raw.KindUser, Offset: 1}, {Kind: raw.KindEntity, Offset: 2}, {Kind: raw.KindRun, Offset: 4}} {
		got := out.rejected[i]
		if got.Kind != want.Kind || got.Offset != want.Offset || got.Reason != "invalid_id" || got.Stage != "extract" || got.Source != "spacelift" || got.Record == nil {
			t.Errorf("%+v, want %+v", got, want)
		}
	}
	if strings.Contains(fmt.Sprintf("%s", out.rejected[2].Record), "hunter2-canary") {
		t.Error("a resource's values are in the quarantine")
	}
}

// TestMalformedRows: a server whose types changed loses these rows, not the others.
func TestMalformedRows(t *testing.T) {
	b := decode(raw.KindRun, newPage([]json.RawMessage{
		[]byte(`{"run":{"id":"` + runID(1) + `","createdAt":"yesterday"}}`), []byte(`{"run":{"id":"` + runID(2) + `"}}`), []byte(`[]`),
	}, nil), searchedRun)
	if len(b.rows) != 3 || b.rows[0].reject == nil || b.rows[0].reject.reason != "malformed" || b.rows[1].record == nil || b.rows[2].reject == nil {
		t.Errorf("%+v", b.rows)
	}
}

// TestCanaries: no secret shows in a log, an error, the report or a record, whatever goes wrong; the servers here echo
// what they are sent.
func TestCanaries(t *testing.T) {
	const secret, token = "canary-of-the-secret", "canary-of-the-token"
	echo := fakespacelift.Errors("bad request: "+secret+" Bearer "+token, "internal server error")
	for name, fault := range map[string]fakespacelift.Fault{
		"nothing": {Field: "nothing"}, "exchange": {Field: "apiKeyUser", Do: echo}, "viewer": {Field: "viewer", Do: echo}, "stacks": {Field: "searchStacks", Do: echo},
		"runs": {Field: "searchRuns", Do: echo}, "details": {Field: "stack", Do: echo}, "partial": {Field: "spaces", Do: fakespacelift.Partial("spaces.0", secret+token)},
		"reset": {Field: "managedUsers", Do: fakespacelift.Reset()},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				for _, o := range []fakespacelift.Options{{Token: token}, {Keys: map[string]string{"01KEY": secret}}} {
					server, cfg := serveInside(t, small(60, 3), o)
					server.Inject(fault)
					var log bytes.Buffer
					cfg.Log = slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
					out := new(memory)
					report, err := Extract(t.Context(), cfg, out)
					all := fmt.Sprintf("%s %+v %v %s %+v", log.String(), report, err, out.text(t), out.rejected)
					canaries := []string{token, "hunter2-canary", "Bearer ey"}
					if o.Keys != nil {
						canaries[0] = secret
					}
					for _, c := range canaries {
						if strings.Contains(all, c) {
							t.Errorf("%q shows in: %s", c, all)
						}
					}
				}
			})
		})
	}
}

// TestFlatMemory: a large account takes no more memory than a small one.
func TestFlatMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("reads 22,000 runs")
	}
	live := func(runs int) uint64 {
		_, cfg := serve(t, generate.New(generate.Size{Stacks: 20, Runs: runs, Entities: 20}), fakespacelift.Options{})
		cfg.RunDetails = NoDetails
		var heap meter
		if _, err := Extract(t.Context(), cfg, &heap); err != nil {
			t.Fatal(err)
		}
		slices.Sort(heap.live)
		return heap.live[len(heap.live)/2]
	}
	few, many := live(2000), live(20_000)
	if many > few+4<<20 { // to keep the runs takes three times as much
		t.Errorf("%d KiB are in use with 2,000 runs, %d KiB with 20,000", few>>10, many>>10)
	}
}

// meter is an [Output] that keeps nothing but what the heap holds from time to time.
type meter struct {
	n    int
	live []uint64
}

func (m *meter) Record(raw.Record) error {
	if m.n++; m.n%500 == 0 {
		runtime.GC()
		var s runtime.MemStats
		runtime.ReadMemStats(&s)
		m.live = append(m.live, s.HeapAlloc)
	}
	return nil
}

func (m *meter) Reject(raw.Rejected) error { return nil }

// TestCost holds the formula of the docs against the requests that are sent.
func TestCost(t *testing.T) {
	pages := func(rows int) int { return max(1, (rows+pageSize-1)/pageSize) }
	for _, c := range []struct {
		size    generate.Size
		details RunDetails
	}{
		{generate.Size{Stacks: 120, Runs: 1000, Entities: 260}, AllDetails}, {generate.Size{Stacks: 7, Runs: 420, Entities: 10}, HistoryDetails},
		{generate.Size{Stacks: 50, Runs: 1000, Entities: 50}, NoDetails},
	} {
		server, cfg := serve(t, generate.New(c.size), fakespacelift.Options{})
		cfg.RunDetails = c.details
		extract(t, cfg)
		want := 11 + pages(c.size.Stacks) + pages(c.size.Entities) + pages(c.size.Runs) + 1
		if c.details != NoDetails {
			want += (c.size.Runs + detailRuns - 1) / detailRuns
		}
		if got := server.Count(""); got != want {
			t.Errorf("%+v %s: %d requests, want %d", c.size, c.details, got, want)
		}
	}
}

type discard struct{}

func (discard) Record(raw.Record) error   { return nil }
func (discard) Reject(raw.Rejected) error { return nil }

// BenchmarkExtract reads a generated account of 10,000 runs, or LIFTGRAPH_BENCH_RUNS, over loopback HTTP, the fake running on the
// same cores.
func BenchmarkExtract(b *testing.B) {
	runs, err := strconv.Atoi(cmp.Or(os.Getenv("LIFTGRAPH_BENCH_RUNS"), "10000"))
	if err != nil {
		b.Fatal(err)
	}
	for _, details := range []RunDetails{AllDetails, HistoryDetails, NoDetails} {
		b.Run(string(details), func(b *testing.B) {
			account := generate.New(generate.Size{Stacks: 100, Runs: runs, Entities: 2000})
			_, endpoint := fakespacelift.Start(b, account, fakespacelift.Options{Token: "a-good-token"})
			var report *Report
			for b.Loop() {
				var err error
				if report, err = Extract(b.Context(), Config{Endpoint: endpoint, Token: "a-good-token", RunDetails: details}, discard{}); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N*runs)/b.Elapsed().Seconds(), "runs/s")
			b.ReportMetric(float64(report.Source.Requests), "requests")
			b.ReportMetric(float64(report.Source.Bytes)/float64(runs), "bytes/run")
		})
	}
}

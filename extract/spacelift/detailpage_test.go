package spacelift

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"liftgraph/fixtures/fakespacelift"
	"liftgraph/fixtures/generate"
	"liftgraph/internal/dataset"
	"liftgraph/internal/raw"
)

// within reads the details within the pages of runs.
func within(cfg Config) Config {
	cfg.apart = false
	return cfg
}

// mixed is an account with runs of every sort of details.
func mixed() *fakespacelift.Memory {
	account := small(120, 3)
	for i, r := range account.Tables["runs"] {
		switch i % 7 {
		case 1:
			r["logs"] = fakeRow{"PREPARING": fakeRow{"expired": true, "exists": false, "messages": []any{}}}
		case 2:
			r["logs"] = nil
		case 3:
			r["isModule"] = true
		case 4:
			r["history"] = nil
		case 5:
			r["stack"] = nil
		}
	}
	return account
}

// What is read is the same whether a run's details come within the pages, or apart, as where the server refuses them there, wants
// smaller pages or breaks off some, with any number of workers.
func TestDetailsWithinPages(t *testing.T) {
	detailed := func(r fakespacelift.Request) bool { return strings.Contains(r.Query, "transitions") }
	for _, details := range []RunDetails{AllDetails, HistoryDetails, NoDetails} {
		_, cfg := serve(t, mixed(), fakespacelift.Options{})
		cfg.RunDetails = details
		out, report := extract(t, cfg)
		want, scopes, notes, ledger := out.text(t), fmt.Sprint(report.Scopes), fmt.Sprint(report.Notes), fmt.Sprint(report.Ledger)
		for name, o := range map[string]fakespacelift.Options{
			"taken":              {},
			"larger refused":     {RejectFirstOver: pageSize},
			"larger cut":         {PageMax: pageSize},
			"small pages only":   {RejectFirstOver: 10},
			"too complex":        {Faults: []fakespacelift.Fault{{Field: "searchRuns", Match: detailed, Do: fakespacelift.Errors("query is too complex: complexity 5000 exceeds 1000")}}},
			"refused":            {Faults: []fakespacelift.Fault{{Field: "searchRuns", Match: detailed, Do: fakespacelift.Errors("internal error")}}},
			"one bad history":    {Faults: []fakespacelift.Fault{{Field: "searchRuns", Match: detailed, Nth: 1, Do: fakespacelift.Partial("searchRuns.edges.3.node.run", "internal error")}}},
			"every page is bad":  {Faults: []fakespacelift.Fault{{Field: "searchRuns", Match: detailed, Do: fakespacelift.Partial("searchRuns.edges.0.node.run.transitions", "internal error")}}},
			"a proxy's time-out": {Faults: []fakespacelift.Fault{{Field: "searchRuns", Match: detailed, Do: fakespacelift.Status(504, "0")}}},
		} {
			if name == "a proxy's time-out" && details != AllDetails { // it takes a while
				continue
			}
			_, cfg := serve(t, mixed(), o)
			cfg.RunDetails, cfg.Workers = details, 3
			out, report := extract(t, within(cfg))
			if got := out.text(t); got != want {
				t.Errorf("%s, %s: other records", name, details)
			}
			if got := fmt.Sprint(report.Scopes); got != scopes {
				t.Errorf("%s, %s: scopes %s\nwant %s", name, details, got, scopes)
			}
			if got := fmt.Sprint(report.Notes); got != notes {
				t.Errorf("%s, %s: notes %s\nwant %s", name, details, got, notes)
			}
			if got := fmt.Sprint(report.Ledger); got != ledger {
				t.Errorf("%s, %s: ledger %s\nwant %s", name, details, got, ledger)
			}
		}
	}
}

// All details of R runs take R/50 + 30 requests at most, and half of that where the server takes larger pages: that is found out once,
// and known the next time.
func TestCostWithinPages(t *testing.T) {
	const runs = 1000
	for _, c := range []struct {
		options fakespacelift.Options
		size    int
	}{{fakespacelift.Options{}, largePage}, {fakespacelift.Options{RejectFirstOver: pageSize}, pageSize}, {fakespacelift.Options{PageMax: pageSize}, pageSize}} {
		server, cfg := serve(t, generate.New(generate.Size{Stacks: 20, Runs: runs, Entities: 40}), c.options)
		cfg = within(cfg)
		_, report := extract(t, cfg)
		n := server.Count("")
		if n > runs/c.size+20 || n > runs/50+30 {
			t.Errorf("%+v: %d requests", c.options, n)
		}
		if report.Source.PageSize != c.size || server.Count("stack") != 0 {
			t.Errorf("%+v: pages of %d, %d requests of runs", c.options, report.Source.PageSize, server.Count("stack"))
		}
		p := Config{Previous: &Previous{Manifest: &dataset.Manifest{Sources: []dataset.Source{report.Source}}}, Endpoint: report.Source.Endpoint}
		x := &extraction{cfg: p}
		if l := listingOf(scopeRuns); x.newRunPager(&l).size != c.size || x.newRunPager(&l).grows {
			t.Errorf("%+v: the next extraction doesn't know it", c.options)
		}
	}
}

// Of a run that can't be read, its logs and history aren't shown either.
func TestMalformedRowsShowNoLogs(t *testing.T) {
	account := small(60, 1)
	account.Tables["runs"][5]["id"] = "no id"
	_, cfg := serve(t, account, fakespacelift.Options{})
	apart, _ := extract(t, cfg)
	out, _ := extract(t, within(cfg))
	if len(out.rejected) != 1 || !slices.EqualFunc(out.rejected, apart.rejected, func(a, b raw.Rejected) bool { return fmt.Sprint(a.Reason, a.Detail) == fmt.Sprint(b.Reason, b.Detail) }) {
		t.Errorf("rejected %+v, apart %+v", out.rejected, apart.rejected)
	}
	for _, row := range []string{
		`{"run":{"id":7,"preparing":{"messages":[{"message":"secret"}]},"applying":{"messages":[]},"transitions":[{"username":"secret"}]}}`, `["secret"]`,
	} {
		b := decode("run", page{rows: []json.RawMessage{json.RawMessage(row)}}, searchedRun)
		if len(b.rows) != 1 || b.rows[0].reject == nil || strings.Contains(fmt.Sprintf("%s", b.rows[0].reject.record), "secret") {
			t.Errorf("%s: shown as %s", row, b.rows[0].reject.record)
		}
	}
}

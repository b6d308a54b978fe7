package pipeline

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"liftgraph/emit"
	"liftgraph/extract/spacelift"
	"liftgraph/fixtures/fakespacelift"
	"liftgraph/fixtures/generate"
	"liftgraph/internal/dataset"
	"liftgraph/internal/raw"
)

// nights serves an account that is another one each night, at the same endpoint.
type nights struct {
	url string

	mu       sync.Mutex
	server   *fakespacelift.Server
	requests []fakespacelift.Request
}

func newNights(t testing.TB) *nights {
	n := new(nights)
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n.mu.Lock()
		server := n.server
		n.mu.Unlock()
		server.ServeHTTP(w, r)
	}))
	t.Cleanup(web.Close)
	n.url = web.URL
	return n
}

// night begins the next one: what was asked before is forgotten.
func (n *nights) night(t testing.TB, a fakespacelift.Account, o fakespacelift.Options) *fakespacelift.Server {
	t.Helper()
	o.Token = "t"
	o.OnRequest = func(r fakespacelift.Request) {
		n.mu.Lock()
		n.requests = append(n.requests, r)
		n.mu.Unlock()
	}
	s, err := fakespacelift.New(a, o)
	if err != nil {
		t.Fatal(err)
	}
	n.mu.Lock()
	n.server, n.requests = s, nil
	n.mu.Unlock()
	return s
}

// asked returns how many requests named a run, or "" for all.
func (n *nights) asked(run string) int {
	n.mu.Lock()
	defer n.mu.Unlock()
	count := 0
	for _, r := range n.requests {
		named := run == ""
		for _, v := range r.Variables {
			named = named || v == run
		}
		if named {
			count++
		}
	}
	return count
}

func (n *nights) config(data string) Config {
	return Config{
		Version: "test", Data: data, Temp: filepath.Join(data, ".tmp"), UpdateTag: 1700000000,
		Spacelift: &spacelift.Config{Endpoint: n.url, Token: "t", Workers: 3},
		Targets:   []emit.Target{{Format: emit.CSV, Dir: filepath.Join(data, "csv")}},
	}
}

// extracted reads what is configured, and returns the manifest of the first source.
func extracted(t testing.TB, cfg Config) *dataset.Manifest {
	t.Helper()
	all, err := Extract(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	return all[0]
}

// sameGraph transforms and emits both, and wants the same bytes.
func sameGraph(t *testing.T, a, b Config) {
	t.Helper()
	for _, cfg := range []Config{a, b} {
		if _, err := Transform(t.Context(), cfg); err != nil {
			t.Fatal(err)
		}
		if _, err := Emit(t.Context(), cfg); err != nil {
			t.Fatal(err)
		}
	}
	for _, dir := range []string{"graph", "csv"} {
		sameFiles(t, filepath.Join(a.Data, dir), filepath.Join(b.Data, dir))
	}
}

// twoNights is an account of 12 stacks as it is on two nights, a sixth of its runs later: runs that weren't finished are, and have
// logs and a history; one still isn't, and one is gone. One stack is gone and one is new. A user left.
type twoNights struct {
	first, second *fakespacelift.Memory
	finished      []string // runs that weren't the first night
	waiting, gone string
	old           string // a run that was finished long ago
}

func newTwoNights(size int) twoNights {
	later := size / 6
	n := twoNights{second: fakespacelift.Copy(generate.New(generate.Size{Stacks: 12, Runs: size, Entities: 120, Seed: 7, LogLines: 2}))}
	runs := n.second.Tables["runs"]
	stack := func(i int) string { return n.second.Tables["stacks"].ID(i) }
	of := func(stacks ...string) func(fakespacelift.Row) bool {
		return func(r fakespacelift.Row) bool {
			return slices.Contains(stacks, fmt.Sprint(r["stack"])) || slices.Contains(stacks, fmt.Sprint(r["stackId"]))
		}
	}
	isNew := map[string]bool{}
	for _, r := range runs[:later] {
		isNew[r["id"].(string)] = true
	}
	added, removed := stack(3), stack(8)
	n.second.Remove("runs", func(r fakespacelift.Row) bool { return of(added)(r) && !isNew[r["id"].(string)] })
	n.second.Remove("entities", of(added))

	n.first = fakespacelift.Copy(n.second)
	n.first.Remove("runs", func(r fakespacelift.Row) bool { return isNew[r["id"].(string)] })
	n.first.Remove("stacks", func(r fakespacelift.Row) bool { return r["id"] == added })
	n.first.Tables["managedUsers"][1]["username"] = "left-since"

	n.second.Remove("stacks", func(r fakespacelift.Row) bool { return r["id"] == removed })
	n.second.Remove("runs", of(removed))
	n.second.Remove("entities", of(removed))

	known := n.first.Tables["runs"]
	unfinished := func(at int) string {
		for of(removed)(known[at]) {
			at++
		}
		for name, value := range (fakespacelift.Row{"state": "UNCONFIRMED", "finished": false, "history": nil, "logs": nil, "updatedAt": known[at]["createdAt"]}) {
			known[at][name] = value
		}
		return known.ID(at)
	}
	for at := range 20 {
		n.finished = append(n.finished, unfinished(5+size/30*at))
	}
	n.waiting, n.gone, n.old = unfinished(len(known)-size/16), unfinished(len(known)-size/20), known.ID(len(known)-size/26)
	for name, value := range n.first.Row("runs", n.waiting) {
		n.second.Row("runs", n.waiting)[name] = value
	}
	n.second.Remove("runs", func(r fakespacelift.Row) bool { return r["id"] == n.gone })
	return n
}

// What an increment leaves is what a full extraction of the same moment leaves, byte for byte; but it asks for little.
func TestSinceLastEqualsAll(t *testing.T) {
	n, server := newTwoNights(1600), newNights(t)
	step := server.config(filepath.Join(t.TempDir(), "step"))
	server.night(t, n.first, fakespacelift.Options{})
	extracted(t, step)

	full := server.config(filepath.Join(t.TempDir(), "full"))
	server.night(t, n.second, fakespacelift.Options{})
	want := extracted(t, full)
	all := server.asked("")

	step.SinceLast = true
	s := server.night(t, n.second, fakespacelift.Options{})
	got := extracted(t, step)
	const anHour = 180                                                                   // runs
	if most := (1600/6+anHour)/50 + 1 + 1; s.Count("searchRuns") > most+1 || most > 12 { // and one page to look for runs that began meanwhile
		t.Errorf("%d pages of runs, not %d", s.Count("searchRuns"), most)
	}
	t.Logf("%d requests, %d for everything", server.asked(""), all)
	if len(got.Incomplete()) != 0 {
		t.Errorf("%v", got.Incomplete())
	}
	if server.asked("") >= all { // of an account this small, most requests are those that every extraction has
		t.Errorf("%d requests, %d for everything", server.asked(""), all)
	}
	if got := server.asked(n.old); got != 0 {
		t.Errorf("a run that was finished was asked for %d times", got)
	}
	for _, id := range append(n.finished[5:], n.waiting, n.gone) { // once for the run, once for its details
		if got := server.asked(id); got < 1 || got > 2 {
			t.Errorf("%s was asked for %d times", id, got)
		}
	}
	for i := range want.Scopes {
		if got.Scopes[i].Scope != want.Scopes[i].Scope || !strings.HasPrefix(want.Scopes[i].Scope, "run_") && got.Scopes[i] != want.Scopes[i] {
			t.Errorf("%+v, not %+v", got.Scopes[i], want.Scopes[i])
		}
	}
	if got.Watermarks[server.key()] != want.Watermarks[server.key()] || got.Watermarks[server.key()] == 0 {
		t.Errorf("%v, not %v", got.Watermarks, want.Watermarks)
	}
	sameFiles(t, filepath.Join(step.Data, "raw/spacelift"), filepath.Join(full.Data, "raw/spacelift"))
	sameGraph(t, step, full)

	server.night(t, n.second, fakespacelift.Options{}) // a night without anything new
	extracted(t, step)
	t.Logf("%d requests when nothing is new", server.asked(""))
	sameFiles(t, filepath.Join(step.Data, "raw/spacelift"), filepath.Join(full.Data, "raw/spacelift"))
}

func (n *nights) key() string { return "spacelift_runs/1 " + n.url + "/graphql" }

// The same where each stack's lists are read. The order of the runs is another one.
func TestSinceLastStackByStack(t *testing.T) {
	n, server := newTwoNights(1600), newNights(t)
	old := fakespacelift.Options{Without: []string{"Query.searchRuns"}, RunPage: 10}
	step, full := server.config(filepath.Join(t.TempDir(), "step")), server.config(filepath.Join(t.TempDir(), "full"))
	server.night(t, n.first, old)
	extracted(t, step)
	server.night(t, n.second, old)
	extracted(t, full)
	all := server.asked("")
	step.SinceLast = true
	server.night(t, n.second, old)
	extracted(t, step)
	t.Logf("%d requests, %d for everything", server.asked(""), all)
	if server.asked("")*2 > all || server.asked(n.old) != 0 {
		t.Errorf("%d requests, %d for everything", server.asked(""), all)
	}
	sameRuns(t, step, full)
	sameGraph(t, step, full)
}

// What can't be read tonight stays as it was last night, is named incomplete, and is made up for as soon as it can be read.
func TestSinceLastFails(t *testing.T) {
	if testing.Short() {
		t.Skip("many nights")
	}
	const ever = 1 << 20
	asks := func(words string, nth int, do fakespacelift.Action) fakespacelift.Options {
		match := func(r fakespacelift.Request) bool {
			for w := range strings.FieldsSeq(words) {
				if !strings.Contains(r.Query, w) {
					return false
				}
			}
			return true
		}
		return fakespacelift.Options{Faults: []fakespacelift.Fault{{Match: match, Nth: nth, Times: ever, Do: do}}}
	}
	noSearch := func(o fakespacelift.Options) fakespacelift.Options {
		o.Without, o.RunPage = []string{"Query.searchRuns"}, 10
		return o
	}
	broken := fakespacelift.Errors("it is broken")
	for name, c := range map[string]struct {
		fails      fakespacelift.Options
		incomplete []string
		reason     string
		lists      bool // stack by stack
	}{
		"list": {asks("searchRuns", 3, broken), []string{"runs", "run_details", "run_logs"}, "what the last extraction knew of them was kept", false},
		"first page": {fakespacelift.Options{Faults: []fakespacelift.Fault{{Field: "searchRuns", Times: ever, Do: broken}, {Field: "stack", Times: ever, Do: broken}}},
			[]string{"runs", "run_details", "run_logs"}, "what the last extraction knew of them was kept", false},
		"details":  {asks("r0: history", 1, fakespacelift.Partial("r0.run", "it is broken")), []string{"run_details", "run_logs"}, "it is broken", false},
		"again":    {asks("r0: triggeredBy", 1, broken), []string{"runs", "run_details", "run_logs"}, "weren't finished yet could not be read again", false},
		"lists":    {noSearch(fakespacelift.Options{Refuse: []string{"Stack.tasks", "Stack.runs"}}), []string{"runs"}, "stacks could not be read completely", true},
		"one list": {noSearch(asks("proposedRuns", 2, broken)), []string{"runs"}, "stacks could not be read completely", true},
	} {
		t.Run(name, func(t *testing.T) {
			n, server := newTwoNights(300), newNights(t)
			ok := fakespacelift.Options{}
			if c.lists {
				ok = noSearch(ok)
			}
			step, full := server.config(filepath.Join(t.TempDir(), "step")), server.config(filepath.Join(t.TempDir(), "full"))
			server.night(t, n.first, ok)
			first := extracted(t, step)
			step.SinceLast = true
			for night := range 2 {
				server.night(t, n.second, c.fails)
				m := extracted(t, step)
				var names, reasons []string
				for _, s := range m.Incomplete() {
					if s.Stack == "" {
						names = append(names, s.Scope)
					}
					reasons = append(reasons, s.Reason)
				}
				if len(names) < len(c.incomplete) || !slices.Equal(names[:len(c.incomplete)], c.incomplete) || !strings.Contains(fmt.Sprint(reasons), c.reason) {
					t.Errorf("%v: %v", names, reasons)
				}
				if name == "list" && m.Watermarks[server.key()] != first.Watermarks[server.key()] {
					t.Errorf("%v, not %v", m.Watermarks, first.Watermarks)
				}
				ids := map[string]int{}
				for _, r := range runsOf(t, step) {
					ids[r[len(`{"id":"`):][:26]]++
				}
				for _, r := range n.first.Tables["runs"] { // but for those that are known to be gone
					known := r["id"] == n.gone || n.second.Row("stacks", r["stack"].(string)) == nil
					if got := ids[r["id"].(string)]; got != 1 && !known {
						t.Fatalf("night %d: %s is there %d times: %v\n%s", night, r["id"], got, m.Scopes, strings.Join(m.Notes, "\n"))
					}
				}
			}
			server.night(t, n.second, ok)
			if m := extracted(t, step); len(m.Incomplete()) != 0 {
				t.Errorf("%v", m.Incomplete())
			}
			server.night(t, n.second, ok)
			extracted(t, full)
			sameRuns(t, step, full)
			sameGraph(t, step, full)
		})
	}
}

// A stack that the token could not see before comes with all its runs, and one that it sees no more goes with them.
func TestSinceLastSeesOtherStacks(t *testing.T) {
	n, server := newTwoNights(300), newNights(t)
	hide := func(at int) fakespacelift.Options {
		return fakespacelift.Options{HideStacks: []string{n.second.Tables["stacks"].ID(at)}}
	}
	step, full := server.config(filepath.Join(t.TempDir(), "step")), server.config(filepath.Join(t.TempDir(), "full"))
	server.night(t, n.first, hide(0))
	extracted(t, step)
	server.night(t, n.second, hide(1))
	extracted(t, full)
	step.SinceLast = true
	if m := extracted(t, step); len(m.Incomplete()) != 0 {
		t.Errorf("%v", m.Incomplete())
	}
	sameRuns(t, step, full)
	sameGraph(t, step, full)
}

// Where the last extraction can't be gone on from, everything is read, and a note says why.
func TestSinceLastReadsAll(t *testing.T) {
	if testing.Short() {
		t.Skip("many nights")
	}
	n := newTwoNights(300)
	for why, before := range map[string]func(t *testing.T, server *nights, cfg Config){
		"there is no extraction": func(*testing.T, *nights, Config) {},
		"is damaged": func(t *testing.T, _ *nights, cfg Config) {
			extracted(t, cfg)
			parts, err := filepath.Glob(filepath.Join(cfg.Data, "raw/spacelift/run/*"))
			if err != nil || len(parts) == 0 {
				t.Fatal(err)
			}
			if err := os.Truncate(parts[0], 1000); err != nil {
				t.Fatal(err)
			}
		},
		"is of another endpoint": func(t *testing.T, _ *nights, cfg Config) {
			other := newNights(t)
			other.night(t, n.first, fakespacelift.Options{})
			spacelift := *cfg.Spacelift
			spacelift.Endpoint = other.url
			cfg.Spacelift = &spacelift
			extracted(t, cfg)
		},
		"is of the account other": func(t *testing.T, server *nights, cfg Config) {
			other := *n.first
			other.Root = maps.Clone(other.Root)
			other.Root["name"] = "other"
			server.night(t, &other, fakespacelift.Options{})
			extracted(t, cfg)
		},
		"whose --run-details were others": func(t *testing.T, _ *nights, cfg Config) {
			less := *cfg.Spacelift
			less.RunDetails = spacelift.HistoryDetails
			cfg.Spacelift = &less
			extracted(t, cfg)
		},
		"when the server had no Run.branch yet": func(t *testing.T, server *nights, cfg Config) {
			server.night(t, n.first, fakespacelift.Options{Without: []string{"Run.branch"}})
			extracted(t, cfg)
		},
		"are incomplete: all were read": func(t *testing.T, server *nights, cfg Config) {
			server.night(t, n.first, fakespacelift.Options{Faults: []fakespacelift.Fault{{Field: "searchRuns", Nth: 2, Times: 9, Do: fakespacelift.Errors("no")}}})
			extracted(t, cfg)
		},
		"doesn't order runs": func(t *testing.T, _ *nights, cfg Config) {
			extracted(t, cfg)
		},
	} {
		t.Run(why, func(t *testing.T) {
			server := newNights(t)
			step, full := server.config(filepath.Join(t.TempDir(), "step")), server.config(filepath.Join(t.TempDir(), "full"))
			server.night(t, n.first, fakespacelift.Options{})
			before(t, server, step)
			var o fakespacelift.Options
			if why == "doesn't order runs" {
				o.Faults = []fakespacelift.Fault{{Field: "searchRuns", Match: func(r fakespacelift.Request) bool {
					_, orders := r.Variables["input"].(map[string]any)["orderBy"]
					return orders
				}, Times: 1 << 20, Do: fakespacelift.Errors("cannot order")}}
			}
			server.night(t, n.second, o)
			extracted(t, full)
			step.SinceLast = true
			if m := extracted(t, step); len(m.Incomplete()) != 0 || !strings.Contains(fmt.Sprint(m.Notes), why) {
				t.Errorf("%v, %q", m.Incomplete(), m.Notes)
			}
			sameFiles(t, filepath.Join(step.Data, "raw/spacelift"), filepath.Join(full.Data, "raw/spacelift"))
		})
	}
}

// runsOf returns the runs of an extraction, sorted.
func runsOf(t *testing.T, cfg Config) []string {
	t.Helper()
	dir := filepath.Join(cfg.Data, "raw/spacelift")
	m, err := dataset.ReadManifest(dir)
	if err != nil {
		t.Fatal(err)
	}
	var runs []string
	for r, err := range raw.ReadKinds(dir, m, raw.KindRun) {
		if err != nil {
			t.Fatal(err)
		}
		runs = append(runs, jsonOf(t, r))
	}
	slices.Sort(runs)
	return runs
}

func sameRuns(t *testing.T, a, b Config) {
	t.Helper()
	in, other := runsOf(t, a), runsOf(t, b)
	if len(in) != len(other) {
		t.Errorf("%d runs, not %d", len(in), len(other))
	}
	for i := range min(len(in), len(other)) {
		if in[i] != other[i] {
			t.Fatalf("%s\nnot\n%s", in[i], other[i])
		}
	}
}

func jsonOf(t *testing.T, r raw.Record) string {
	t.Helper()
	b, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

package pipeline

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"liftgraph/emit"
	"liftgraph/emit/carryover"
	"liftgraph/emit/published"
	"liftgraph/extract/spacelift"
	"liftgraph/fixtures/fakespacelift"
	"liftgraph/fixtures/sample"
	"liftgraph/graph"
	"liftgraph/graph/graphtest"
	"liftgraph/internal/dataset"
	"liftgraph/query/verify"
)

// gone is the stack that is deleted after the first night.
const gone = "payments-prod"

// night is the configuration of a full run over the sample account without some stacks.
func night(t *testing.T, data string, tag int64, hide ...string) Config {
	t.Helper()
	cfg := config(t, data)
	o := sample.Options()
	o.HideStacks = hide
	_, endpoint := fakespacelift.Start(t, sample.Account(), o)
	cfg.Spacelift = &spacelift.Config{Endpoint: endpoint, Token: sample.Token, Workers: 3}
	cfg.UpdateTag = tag
	return cfg
}

func previous(t *testing.T, uri string, keep bool) *Previous {
	return &Previous{URI: uri, KeepHistory: keep, Options: published.Options{Temp: t.TempDir()}}
}

// graphOf verifies a published directory and returns its rows by table and key.
func graphOf(t *testing.T, dir string) map[string]graph.Row {
	t.Helper()
	if _, err := verify.Dir(t.Context(), dir, t.TempDir()); err != nil {
		t.Error(err)
	}
	d, err := published.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]graph.Row{}
	for _, table := range d.Model.Tables() {
		for row, err := range d.Rows(table) {
			if err != nil {
				t.Fatal(err)
			}
			all[table.Name+string(table.AppendKey([]byte{0}, row))] = graphtest.Clone(row)
		}
	}
	return all
}

func tableOf(model *graph.Model, key string) *graph.Table {
	name, _, _ := strings.Cut(key, "\x00")
	t, _ := model.Table(name)
	return t
}

func seen(row graph.Row) (first, last int64) { return row[len(row)-2].Num, row[len(row)-1].Num }

func run(t *testing.T, cfg Config) *dataset.Manifest {
	t.Helper()
	m, err := Run(context.Background(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// Three nights, each a full import over the last one's output, and after the first a stack is deleted.
func TestThreeNights(t *testing.T) {
	for _, model := range graph.Models() {
		for _, keep := range []bool{false, true} {
			name := model.Name
			switch {
			case keep:
				name += " keeping history"
			case model != graph.Default:
				continue
			}
			t.Run(name, func(t *testing.T) { threeNights(t, model, keep) })
		}
	}
}

func threeNights(t *testing.T, model *graph.Model, keep bool) {
	data := t.TempDir()
	csv, parquet := filepath.Join(data, "csv"), filepath.Join(data, "parquet")
	var nights []map[string]graph.Row
	for i, hide := range [][]string{nil, {gone}, {gone}} {
		cfg := night(t, data, int64(1000*(i+1)), hide...)
		cfg.Model = model
		cfg.Previous = previous(t, []string{csv, parquet, csv}[i], keep)
		if i == 0 {
			cfg = withTrail(t, cfg)
		}
		m := run(t, cfg)
		nights = append(nights, graphOf(t, csv))
		if other := graphOf(t, parquet); !maps.EqualFunc(nights[i], other, slices.Equal) {
			t.Errorf("night %d: CSV and Parquet differ", i+1)
		}
		l := m.Ledger[len(m.Ledger)-2] // the last is that of the rows of this night
		if i == 0 {
			if l.Source == "previous" || !slices.ContainsFunc(m.Notes, func(n string) bool { return strings.Contains(n, "nothing was published at "+csv+" before") }) {
				t.Errorf("the first night notes %v", m.Notes)
			}
			continue
		}
		if l.Source != "previous" || l.In != int64(len(nights[i-1])) || l.In != l.Out+l.Deduplicated+l.Filtered[carryover.NoLongerListed] || (l.Out > 0) != keep {
			t.Errorf("night %d: %+v of %d", i+1, l, len(nights[i-1]))
		}
	}
	a, c := nights[0], nights[2]
	for key, row := range c {
		before, there := a[key]
		first, last := seen(row)
		switch {
		case !there:
			if first < 2000*1000 {
				t.Errorf("%q is new, but was first seen at %d", key, first)
			}
		case first != 1000*1000:
			t.Errorf("%q was first seen at %d", key, first)
		case last == 1000 && (!keep || !slices.Equal(row, before)):
			t.Errorf("%q is %v", key, row)
		case last != 1000 && last != 3000:
			t.Errorf("%q was last seen at %d", key, last)
		}
	}
	called := map[string]bool{} // runs of which CloudTrail recorded calls
	for key, row := range a {
		table := tableOf(model, key)
		if r := table.Relationship; r != nil && (r.Log != "" && columnPresent(table, row, r.Log) || r.Type == graph.FromRun) {
			called[row[map[bool]int{true: 0, false: 1}[r.From == graph.SpaceliftRun]].Text] = true
			if now, there := c[key]; there != keep || keep && !slices.Equal(now, row) {
				t.Errorf("%q is %v", key, now)
			}
		}
	}
	if len(called) == 0 {
		t.Fatal("CloudTrail names no run")
	}
	lost := 0
	for key, row := range a {
		table := tableOf(model, key)
		now, there := c[key]
		switch r := table.Relationship; {
		case table.Name == string(graph.SpaceliftRun):
			if _, last := seen(row); last == 1000 && !there {
				lost++
				if called[row[0].Text] && keep {
					t.Errorf("the run %s is lost, although CloudTrail names it", row[0].Text)
				}
			}
		case r != nil && r.Past && r.To == graph.SpaceliftRun && r.Type != graph.FromRun && len(r.Scopes) > 0:
			if keep && called[row[1].Text] && !there {
				t.Errorf("%q is lost", key)
			}
		case r != nil && !r.Past && r.Type != graph.Resource && there:
			if _, last := seen(now); last != 3000 {
				t.Errorf("%q was the state of things, and isn't any more", key)
			}
		}
	}
	if lost == 0 {
		t.Error("every run stays, also those that nothing is known of but the list of runs")
	}
}

func columnPresent(t *graph.Table, row graph.Row, name string) bool {
	i := slices.IndexFunc(t.Columns, func(p graph.Property) bool { return p.Name == name })
	return row[i].Present
}

// A commit of the sample ran on two stacks and was confirmed on none: who triggered its first run stays that when its stack is gone.
func TestFirstTriggerStays(t *testing.T) {
	for _, model := range graph.Models() {
		t.Run(model.Name, func(t *testing.T) { firstTriggerStays(t, model) })
	}
}

func firstTriggerStays(t *testing.T, model *graph.Model) {
	confirmers := func(dir string) (list []string) {
		for key, row := range graphOf(t, dir) {
			if r := tableOf(model, key).Relationship; r != nil && r.Type == graph.Confirmed && row[0].Text == "cd0d2b9c9becc4645d3204b3b5762ffd35cb6059" {
				list = append(list, row[1].Text+" "+row[2].Text)
			}
		}
		return list
	}
	data := t.TempDir()
	for i, hide := range [][]string{nil, {"web-prod"}, nil} {
		cfg := night(t, data, int64(1000*(i+1)), hide...)
		cfg.Model = model
		cfg.Previous = previous(t, filepath.Join(data, "csv"), true)
		m := run(t, cfg)
		if got := confirmers(filepath.Join(data, "csv")); !slices.Equal(got, []string{"api::01JSMHTFM9TXWW1XK4AZN1SA8K trigger"}) {
			t.Errorf("night %d: %q", i+1, got)
		}
		if l := m.Ledger[len(m.Ledger)-1]; l.Source != dataset.GraphSource || (l.Filtered[carryover.Overruled] > 0) != (i == 1) {
			t.Errorf("night %d: %+v", i+1, l)
		}
	}
	alone := night(t, t.TempDir(), 2000, "web-prod")
	alone.Model = model
	run(t, alone)
	if got := confirmers(filepath.Join(alone.Data, "csv")); !slices.Equal(got, []string{"dana-reyes trigger"}) {
		t.Errorf("the second night alone: %q", got)
	}
}

// Whatever the number of workers, and in one go or by stages: the same bytes, history included.
func TestHistoryIsTheSame(t *testing.T) {
	base := t.TempDir()
	run(t, night(t, base, 1000))
	var dirs []string
	for i, workers := range []int{1, 4, 4} {
		data := t.TempDir()
		cfg := night(t, data, 2000, gone)
		cfg.Spacelift.Workers = workers
		cfg.Previous = previous(t, filepath.Join(base, []string{"csv", "parquet", "csv"}[i]), true)
		if i < 2 {
			run(t, cfg)
		} else {
			if _, err := Extract(t.Context(), cfg); err != nil {
				t.Fatal(err)
			}
			if _, err := Transform(t.Context(), cfg); err != nil {
				t.Fatal(err)
			}
			if _, err := Emit(t.Context(), cfg); err != nil {
				t.Fatal(err)
			}
		}
		dirs = append(dirs, data)
		for _, dir := range []string{"csv", "parquet"} {
			sameFiles(t, filepath.Join(dirs[0], dir), filepath.Join(data, dir))
		}
	}
	// Once more over what was just published leaves the same.
	again := night(t, dirs[2], 2000, gone)
	again.Previous = previous(t, filepath.Join(dirs[2], "csv"), true)
	if _, err := Emit(t.Context(), again); err != nil {
		t.Fatal(err)
	}
	sameFiles(t, filepath.Join(dirs[0], "csv"), filepath.Join(dirs[2], "csv"))
}

// What can't be carried over is refused, and what was published stays.
func TestPreviousRefused(t *testing.T) {
	data := t.TempDir()
	first := night(t, data, 1000)
	first.Keep = true
	run(t, first)
	csv := filepath.Join(data, "csv")
	stranger := filepath.Join(t.TempDir(), "csv")
	e, err := emit.Open(t.Context(), emit.Job{Model: graph.Default}, emit.Target{Format: emit.CSV, Dir: stranger})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(e.Publish(dataset.Manifest{Accounts: []string{"globex"}}), e.Abandon()); err != nil {
		t.Fatal(err)
	}
	foreign := t.TempDir()
	if err := os.WriteFile(filepath.Join(foreign, "thesis.txt"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		change func(*Config)
		want   string
	}{
		"another account": {func(c *Config) { c.Previous.URI = stranger }, `is of the account ["globex"]`},
		"another model":   {func(c *Config) { c.Model = graph.Cartography }, "is laid out by the model liftgraph, not cartography"},
		"qualified ids":   {func(c *Config) { c.QualifyIDs = true }, "are written without their account, but these with"},
		"something else":  {func(c *Config) { c.Previous.URI = foreign }, "is neither a published directory nor a lake"},
		"raw records":     {func(c *Config) { c.Previous.URI = filepath.Join(data, "raw", "spacelift") }, `what the stage "raw" published`},
		"damaged": {func(c *Config) {
			damaged := filepath.Join(t.TempDir(), "csv")
			if err := os.CopyFS(damaged, os.DirFS(csv)); err != nil {
				t.Fatal(err)
			}
			if err := os.Truncate(filepath.Join(damaged, "nodes/SpaceliftRun/part-00000.csv.gz"), 100); err != nil {
				t.Fatal(err)
			}
			c.Previous.URI = damaged
		}, "nodes/SpaceliftRun/part-00000.csv.gz has 100 bytes"},
	} {
		before := files(t, csv)
		for _, keep := range []bool{false, true} {
			cfg := night(t, data, 2000)
			cfg.Previous = previous(t, csv, keep)
			c.change(&cfg)
			for stage, do := range map[string]func(context.Context, Config) (*dataset.Manifest, error){"run": Run, "emit": Emit} {
				if _, err := do(t.Context(), cfg); err == nil || !strings.Contains(err.Error(), c.want) {
					t.Errorf("%s, %s: %v, not %q", name, stage, err, c.want)
				}
			}
		}
		if !maps.Equal(before, files(t, csv)) {
			t.Errorf("%s: what was published changed", name)
		}
	}
	if left, _ := os.ReadDir(first.Temp); len(left) != 0 {
		t.Errorf("spill files are left: %v", left)
	}
}

// globex is an account of that name.
type globex struct{ fakespacelift.Account }

func (g globex) Fields() fakespacelift.Row {
	fields := maps.Clone(g.Account.Fields())
	fields["name"] = "globex"
	return fields
}

// What stands where the output goes is not replaced by a graph that can't carry it over, unless --previous none says so.
func TestStandingIsNotForgotten(t *testing.T) {
	data := t.TempDir()
	first := night(t, data, 1000)
	first.Keep = true
	run(t, first)
	csv := filepath.Join(data, "csv")
	before := files(t, csv)
	for name, c := range map[string]struct {
		change func(*Config)
		want   string
	}{
		"another account": {func(c *Config) {
			_, endpoint := fakespacelift.Start(t, globex{sample.Account()}, sample.Options())
			c.Spacelift.Endpoint = endpoint
		}, "is of the account"},
		"another model": {func(c *Config) { c.Model = graph.Cartography }, "is laid out by the model liftgraph, not cartography"},
		"qualified ids": {func(c *Config) { c.QualifyIDs = true }, "are written without their account, but these with"},
	} {
		cfg := night(t, data, 2000)
		cfg.Previous = previous(t, "", true)
		c.change(&cfg)
		_, err := Run(t.Context(), cfg)
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "--previous none") {
			t.Errorf("%s: %v, not %q and what to do", name, err, c.want)
		}
		if !maps.Equal(before, files(t, csv)) {
			t.Errorf("%s: what was published changed", name)
		}
	}

	name := filepath.Join(csv, "nodes/SpaceliftRun/part-00000.csv.gz")
	if err := os.Truncate(name, 100); err != nil {
		t.Fatal(err)
	}
	cfg := night(t, data, 2000)
	cfg.Previous = previous(t, "", true)
	if _, err := Run(t.Context(), cfg); err == nil || !strings.Contains(err.Error(), "has 100 bytes") || !strings.Contains(err.Error(), "--previous none") {
		t.Errorf("a truncated file: %v", err)
	}
	cfg.Previous = nil
	run(t, cfg)
}

// A lake without its latest.json goes on with its newest snapshot; one whose latest.json names a snapshot that is gone is refused.
func TestDamagedLakeIsNotForgotten(t *testing.T) {
	data := t.TempDir()
	root := filepath.Join(data, "lake")
	lakeOf := func(cfg Config) Config {
		cfg.Targets = []emit.Target{{Format: emit.Parquet, Dir: root, Lake: &emit.Lake{}}}
		cfg.Previous = previous(t, "", true)
		return cfg
	}
	run(t, lakeOf(withTrail(t, night(t, data, 1700000000))))
	latest := filepath.Join(root, "latest.json")
	if err := os.Remove(latest); err != nil {
		t.Fatal(err)
	}
	if m := run(t, lakeOf(night(t, data, 1700100000, gone))); len(m.CarriedOver) == 0 {
		t.Errorf("nothing was carried over: %q", m.Notes)
	}
	list, err := filepath.Glob(filepath.Join(root, "manifests", "2023-11-16*"))
	if err != nil || len(list) != 1 {
		t.Fatalf("%q, %v", list, err)
	}
	if err := os.Remove(list[0]); err != nil {
		t.Fatal(err)
	}
	before := files(t, root)
	_, err = Run(t.Context(), lakeOf(night(t, data, 1700200000, gone)))
	if err == nil || !strings.Contains(err.Error(), "names a snapshot that isn't there") || !strings.Contains(err.Error(), "--previous none") {
		t.Errorf("a snapshot that is gone: %v", err)
	}
	if !maps.Equal(before, files(t, root)) {
		t.Error("what was published changed")
	}
}

// Another format, of the same data directory or back again, knows what the last night knew.
func TestAnotherFormatRemembers(t *testing.T) {
	data := t.TempDir()
	csv, parquet := filepath.Join(data, "csv"), filepath.Join(data, "parquet")
	first := withTrail(t, night(t, data, 1000))
	first.Targets = []emit.Target{{Format: emit.CSV, Dir: csv}}
	run(t, first)
	for i, target := range []emit.Target{{Format: emit.Parquet, Dir: parquet}, {Format: emit.CSV, Dir: csv}} {
		tag := int64(2000 + 1000*i)
		cfg := night(t, data, tag, gone)
		cfg.Targets = []emit.Target{target}
		cfg.Previous = previous(t, "", true)
		cfg.Previous.Beside = []string{csv, parquet}
		m := run(t, cfg)
		want := fmt.Sprintf("update tag %d", tag-1000)
		if len(m.CarriedOver) == 0 || !slices.ContainsFunc(m.Notes, func(n string) bool { return strings.HasSuffix(n, want) }) {
			t.Errorf("%s: carried over %+v, notes %q, want from %s", target.Dir, m.CarriedOver, m.Notes, want)
		}
	}
}

// A night that fails or is interrupted in the middle leaves the last one, also where that is read for its history.
func TestFailureWithHistory(t *testing.T) {
	cfg := night(t, t.TempDir(), 1000)
	run(t, cfg)
	csv := filepath.Join(cfg.Data, "csv")
	before := files(t, csv)
	for _, after := range []int{1, 100, 250} {
		next := night(t, cfg.Data, 2000, gone)
		next.Previous = previous(t, csv, true)
		next.Also = &breaking{after: after, fail: func() {}}
		if _, err := Run(t.Context(), next); !errors.Is(err, errBroken) {
			t.Errorf("after %d rows: %v", after, err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		next.Also = &breaking{after: after, fail: cancel}
		if _, err := Run(ctx, next); err == nil {
			t.Error("an interrupted run published")
		}
		cancel()
	}
	if !maps.Equal(before, files(t, csv)) {
		t.Error("what was published changed")
	}
}

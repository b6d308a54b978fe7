package carryover

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"liftgraph/emit"
	"liftgraph/emit/published"
	"liftgraph/graph"
	"liftgraph/graph/graphtest"
	"liftgraph/internal/dataset"
	"liftgraph/internal/extsort"
	"liftgraph/query/verify"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

type rows = map[*graph.Table][]graph.Row

var (
	accounts  = graph.NodeTable(graph.SpaceliftAccount)
	spaces    = graph.NodeTable(graph.SpaceliftSpace)
	stacks    = graph.NodeTable(graph.SpaceliftStack)
	runs      = graph.NodeTable(graph.SpaceliftRun)
	instances = graph.NodeTable(graph.EC2Instance)
	resources = graph.RelationshipTable(graph.SpaceliftAccount, graph.Resource, graph.SpaceliftRun)
	ofStacks  = graph.RelationshipTable(graph.SpaceliftAccount, graph.Resource, graph.SpaceliftStack)
	contains  = graph.RelationshipTable(graph.SpaceliftSpace, graph.Contains, graph.SpaceliftStack)
	generated = graph.RelationshipTable(graph.SpaceliftStack, graph.Generated, graph.SpaceliftRun)
	affected  = graph.RelationshipTable(graph.SpaceliftRun, graph.Affected, graph.EC2Instance)
)

// row is a row that was first and last seen by a load.
func row(t *graph.Table, tag int, cells ...any) graph.Row {
	r := graphtest.Row(t, cells...)
	r[len(r)-2], r[len(r)-1] = graph.Num(int64(tag)*1000), graph.Num(int64(tag))
	return r
}

func publish(t testing.TB, list rows, before *published.Dir, keep bool) (*published.Dir, dataset.Ledger) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "csv")
	e, err := emit.Open(t.Context(), emit.Job{Model: graph.Default}, emit.Target{Format: emit.CSV, Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Abandon()
	ledgers := []dataset.Ledger{{}}
	if before == nil {
		graphtest.Write(t, e, list)
	} else {
		s := New(e, Config{Previous: before, Keep: keep, Temp: t.TempDir()})
		defer s.Close()
		graphtest.Write(t, s, list)
		r, err := s.Finish()
		if err != nil {
			t.Fatal(err)
		}
		ledgers = r.Ledgers
	}
	if err := e.Publish(dataset.Manifest{Ledger: ledgers}); err != nil {
		t.Fatal(err)
	}
	d, err := published.OpenURI(t.Context(), dir, published.Options{Temp: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	return d, ledgers[0]
}

// tell returns the rows of a graph as text: key and times.
func tell(t *testing.T, d *published.Dir) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, table := range d.Model.Tables() {
		for r, err := range d.Rows(table) {
			if err != nil {
				t.Fatal(err)
			}
			var key []string
			for _, v := range r[:table.KeyColumns()] {
				key = append(key, v.Text)
			}
			all[table.Name+" "+strings.Join(key, " ")] = fmt.Sprintf("%d %d", r[len(r)-2].Num/1000, r[len(r)-1].Num)
		}
	}
	return all
}

func TestCarriesOver(t *testing.T) {
	before := rows{
		accounts:  {row(accounts, 1, "acme")},
		spaces:    {row(spaces, 1, "root"), row(spaces, 1, "shut")},
		stacks:    {row(stacks, 1, "gone"), row(stacks, 1, "idle"), row(stacks, 1, "web")},
		runs:      {row(runs, 1, "r1"), row(runs, 1, "r2"), row(runs, 1, "r3"), row(runs, 1, "r9")},
		instances: {row(instances, 1, "i-1")},
		ofStacks:  {row(ofStacks, 1, "acme", "gone"), row(ofStacks, 1, "acme", "idle"), row(ofStacks, 1, "acme", "web")},
		resources: {row(resources, 1, "acme", "r1"), row(resources, 1, "acme", "r2"), row(resources, 1, "acme", "r3"), row(resources, 1, "acme", "r9")},
		contains:  {row(contains, 1, "root", "gone"), row(contains, 1, "root", "web")},
		generated: {row(generated, 1, "gone", "r1"), row(generated, 1, "gone", "r2"), row(generated, 1, "web", "r3")},
		affected:  {row(affected, 1, "r1", "i-1", nil), row(affected, 1, "r1", "i-1", "e1"), row(affected, 1, "r3", "i-1", "e2")},
	}
	now := rows{
		accounts:  {row(accounts, 2, "acme")},
		spaces:    {row(spaces, 2, "root")},
		stacks:    {row(stacks, 2, "new"), row(stacks, 2, "web")},
		runs:      {row(runs, 2, "r3"), row(runs, 2, "r4")},
		ofStacks:  {row(ofStacks, 2, "acme", "new"), row(ofStacks, 2, "acme", "web")},
		resources: {row(resources, 2, "acme", "r3"), row(resources, 2, "acme", "r4")},
		contains:  {row(contains, 2, "root", "new"), row(contains, 2, "root", "web")},
		generated: {row(generated, 2, "web", "r3"), row(generated, 2, "web", "r4")},
	}
	d, _ := publish(t, before, nil, false)

	forgetful, ledger := publish(t, now, d, false)
	want := map[string]string{
		"SpaceliftAccount acme": "1 2", "SpaceliftSpace root": "1 2", "SpaceliftStack new": "2 2", "SpaceliftStack web": "1 2", "SpaceliftRun r3": "1 2", "SpaceliftRun r4": "2 2",
		"SpaceliftAccount_RESOURCE_SpaceliftStack acme new": "2 2", "SpaceliftAccount_RESOURCE_SpaceliftStack acme web": "1 2",
		"SpaceliftAccount_RESOURCE_SpaceliftRun acme r3": "1 2", "SpaceliftAccount_RESOURCE_SpaceliftRun acme r4": "2 2",
		"SpaceliftSpace_CONTAINS_SpaceliftStack root new": "2 2", "SpaceliftSpace_CONTAINS_SpaceliftStack root web": "1 2",
		"SpaceliftStack_GENERATED_SpaceliftRun web r3": "1 2", "SpaceliftStack_GENERATED_SpaceliftRun web r4": "2 2",
	}
	if got := tell(t, forgetful); !maps.Equal(got, want) {
		t.Errorf("%v\nnot\n%v", got, want)
	}
	if ledger.In != 26 || ledger.Out != 0 || ledger.Deduplicated != 8 || ledger.Filtered[NoLongerListed] != 18 {
		t.Errorf("%+v", ledger)
	}

	remembering, ledger := publish(t, now, d, true)
	for _, kept := range []string{
		"SpaceliftStack gone", "SpaceliftRun r1", "EC2Instance i-1", "SpaceliftAccount_RESOURCE_SpaceliftStack acme gone",
		"SpaceliftAccount_RESOURCE_SpaceliftRun acme r1", "SpaceliftStack_GENERATED_SpaceliftRun gone r1",
		"SpaceliftRun_AFFECTED_EC2Instance r1 i-1 ", "SpaceliftRun_AFFECTED_EC2Instance r1 i-1 e1", "SpaceliftRun_AFFECTED_EC2Instance r3 i-1 e2",
	} {
		want[kept] = "1 1"
	}
	if got := tell(t, remembering); !maps.Equal(got, want) {
		t.Errorf("%v\nnot\n%v", got, want)
	}
	if ledger.In != 26 || ledger.Out != 9 || ledger.Deduplicated != 8 || ledger.Filtered[NoLongerListed] != 9 {
		t.Errorf("%+v", ledger)
	}

	// Nothing is left, and what logs recorded stays, with its runs; nothing was there, and all is new.
	alone, _ := publish(t, rows{}, remembering, true)
	for _, k := range []string{"SpaceliftAccount acme", "SpaceliftRun r3", "SpaceliftStack_GENERATED_SpaceliftRun web r3", "SpaceliftAccount_RESOURCE_SpaceliftRun acme r3", "EC2Instance i-1"} {
		if got := tell(t, alone); got[k] != want[k] {
			t.Errorf("%s is %q, not %q", k, got[k], want[k])
		}
	}
	empty, _ := publish(t, rows{}, nil, false)
	first, ledger := publish(t, now, empty, true)
	if got := tell(t, first); got["SpaceliftRun r3"] != "2 2" || ledger.In != 0 {
		t.Errorf("%v, %+v", got, ledger)
	}
	for _, d := range []*published.Dir{forgetful, remembering, alone, first} {
		if _, err := verify.Dir(t.Context(), d.Path, t.TempDir()); err != nil {
			t.Error(err)
		}
	}
}

// Rows that are older than the previous ones keep their own firstseen.
func TestOlderRows(t *testing.T) {
	newer, _ := publish(t, rows{spaces: {row(spaces, 9, "a")}}, nil, false)
	d, _ := publish(t, rows{spaces: {row(spaces, 3, "a")}}, newer, false)
	if got := tell(t, d)["SpaceliftSpace a"]; got != "3 3" {
		t.Errorf("seen at %s", got)
	}
}

// Any two graphs give what maps give.
func TestRandomGraphs(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	alphabet := []string{"\x00", "a", "b", "\xc3\xa9", "é", ",", "\n", "\"", " "}
	random := func(tag int) (rows, map[string]bool) {
		names, list := map[string]bool{}, rows{}
		for range r.IntN(200) {
			s := ""
			for range 1 + r.IntN(3) {
				s += alphabet[r.IntN(len(alphabet))]
			}
			names[s] = true
		}
		for s := range names {
			list[spaces] = append(list[spaces], row(spaces, tag, s))
		}
		slices.SortFunc(list[spaces], spaces.Compare)
		return list, names
	}
	for range 8 {
		a, inA := random(1)
		b, inB := random(2)
		d, _ := publish(t, a, nil, false)
		d, ledger := publish(t, b, d, false)
		got := tell(t, d)
		both := int64(0)
		for s := range inB {
			want := "2 2"
			if inA[s] {
				want = "1 2"
				both++
			}
			if got["SpaceliftSpace "+s] != want {
				t.Fatalf("%q is %q, not %q", s, got["SpaceliftSpace "+s], want)
			}
		}
		if len(got) != len(inB) || ledger.Deduplicated != both || ledger.In != int64(len(inA)) {
			t.Fatalf("%d rows, %+v", len(got), ledger)
		}
	}
}

// Ids are found in any order, though those in order are found without going back.
func TestSet(t *testing.T) {
	sorter := extsort.New(extsort.Config{Dir: t.TempDir(), Memory: 4 << 10})
	r := rand.New(rand.NewPCG(1, 1))
	in := map[string]bool{}
	for range 3000 {
		s := fmt.Sprint(r.IntN(4000))
		in[s] = true
		if err := sorter.Add([]byte(s), nil); err != nil {
			t.Fatal(err)
		}
	}
	dir := t.TempDir()
	set, err := newSet(dir, sorter)
	if err != nil {
		t.Fatal(err)
	}
	defer set.close()
	if left, _ := os.ReadDir(dir); len(left) != 0 {
		t.Errorf("others see %v", left)
	}
	ordered, any := set, set
	for _, s := range slices.Sorted(maps.Keys(in)) {
		for _, id := range []string{s, s + "\x00"} {
			if has, err := ordered.has(id); has != in[id] || err != nil {
				t.Fatalf("%q: %v, %v", id, has, err)
			}
		}
	}
	for range 300 {
		id := fmt.Sprint(r.IntN(5000))
		for range 2 {
			if has, err := any.has(id); has != in[id] || err != nil {
				t.Fatalf("%q: %v, %v", id, has, err)
			}
		}
	}
	if empty, err := newSet(dir, extsort.New(extsort.Config{Dir: dir})); err != nil {
		t.Error(err)
	} else if has, err := empty.has("a"); has || err != nil {
		t.Error("nothing has a", err)
	} else {
		empty.close()
	}
}

// Whatever goes wrong is returned as an error, and every file is closed.
func TestFailures(t *testing.T) {
	d, _ := publish(t, rows{
		stacks: {row(stacks, 1, "s")}, runs: {row(runs, 1, "r1"), row(runs, 1, "r2")}, generated: {row(generated, 1, "s", "r1"), row(generated, 1, "s", "r2")},
		instances: {row(instances, 1, "i-1")}, affected: {row(affected, 1, "r1", "i-1", "e1")},
	}, nil, false)
	broken := errors.New("broken")
	for name, c := range map[string]struct {
		cfg  Config
		next graph.Sink
	}{
		"check":          {Config{Check: func() error { return broken }}, sink{}},
		"stop":           {Config{Keep: true, Stop: func() error { return broken }}, sink{}},
		"table":          {Config{Keep: true}, sink{table: broken}},
		"write":          {Config{Keep: true}, sink{write: broken}},
		"close":          {Config{Keep: true}, sink{close: broken}},
		"spill to where": {Config{Keep: true, Temp: filepath.Join(t.TempDir(), "nowhere")}, sink{}},
	} {
		c.cfg.Previous = d
		if c.cfg.Temp == "" {
			c.cfg.Temp = t.TempDir()
		}
		s := New(c.next, c.cfg)
		_, err := s.Finish()
		if err == nil || c.cfg.Keep && name != "spill to where" && !errors.Is(err, broken) {
			t.Errorf("%s: %v", name, err)
		}
		if err := s.Close(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	s := New(sink{}, Config{Previous: d, Temp: t.TempDir()})
	if _, err := s.Table(runs); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Finish(); err == nil || !strings.Contains(err.Error(), "still open") {
		t.Error(err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// sink drops rows, or fails.
type sink struct{ table, write, close error }

func (s sink) Table(*graph.Table) (graph.TableWriter, error) {
	if s.table != nil {
		return nil, s.table
	}
	return s, nil
}
func (s sink) Write(graph.Row) error { return s.write }
func (s sink) Close() error          { return s.close }

package cloudtrail

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"liftgraph/fixtures/generate/cloudtrail"
	"liftgraph/internal/dataset"
	"liftgraph/internal/raw"
)

// night is an extraction, and what the next one goes on from.
type night struct {
	*output
	report  *Report
	objects []*raw.Object
	cfg     Config
}

// extractSome reads the objects of some shelves, each a source.
func extractSome(t testing.TB, cfg Config, before *night, shelves ...*shelf) *night {
	t.Helper()
	n := &night{output: new(output)}
	for i, s := range shelves {
		cfg.Sources = append(cfg.Sources, Source{URI: fmt.Sprintf("mem://%d", i), Store: s})
	}
	cfg.Seen = func(o *raw.Object) error {
		kept := *o
		n.objects = append(n.objects, &kept)
		return nil
	}
	if before != nil {
		m := &dataset.Manifest{Sources: before.report.Sources, Settings: map[string]string{"cloudtrail": before.cfg.Settings()}}
		cfg.Previous = &Previous{Manifest: m, Records: before.of}
	}
	var err error
	if n.report, err = Extract(t.Context(), cfg, n); err != nil {
		t.Fatal(err)
	}
	n.cfg = cfg
	return n
}

// of returns the records of some kinds, kind by kind.
func (n *night) of(kinds ...raw.Kind) iter.Seq2[raw.Record, error] {
	return func(yield func(raw.Record, error) bool) {
		for _, k := range kinds {
			for _, o := range n.objects {
				if k == raw.KindObject && !yield(o, nil) {
					return
				}
			}
			for _, r := range n.records {
				if r.Kind() == k && !yield(r, nil) {
					return
				}
			}
		}
	}
}

// shelvesOf spreads the records of a log over the objects of two shelves, in any order and in both forms.
func shelvesOf(t testing.TB, r *rand.Rand, log *cloudtrail.Log) [2]*shelf {
	t.Helper()
	var records, lines [][]byte
	for i := range log.Files() {
		content, _ := log.Raw(i)
		var file struct{ Records []json.RawMessage }
		if err := json.Unmarshal(content, &file); err != nil {
			t.Fatal(err)
		}
		for _, rec := range file.Records {
			records = append(records, rec)
		}
		content, _ = log.Export(i)
		lines = append(lines, bytes.Split(bytes.TrimSpace(content), []byte{'\n'})...)
	}
	all := [2]*shelf{{content: map[string][]byte{}}, {content: map[string][]byte{}}}
	order := r.Perm(len(records))
	for len(order) > 0 {
		n := min(len(order), 1+r.IntN(100))
		var content []byte
		if r.IntN(2) == 0 {
			for _, i := range order[:n] {
				content = append(append(content, lines[i]...), '\n')
			}
		} else {
			content = []byte(`{"Records":[`)
			for _, i := range order[:n] {
				content = append(append(content, records[i]...), ',')
			}
			content = append(content[:len(content)-1], "]}"...)
		}
		all[r.IntN(2)].content[fmt.Sprintf("%04d", len(order))] = content
		order = order[n:]
	}
	return all
}

// some returns a part of a shelf.
func some(r *rand.Rand, s *shelf) *shelf {
	part := &shelf{content: map[string][]byte{}}
	for _, k := range slices.Sorted(maps.Keys(s.content)) {
		if r.IntN(2) == 0 {
			part.content[k] = s.content[k]
		}
	}
	return part
}

// FuzzHold compares what is held back with all that is delivered at once, whose chains [facts] follows: the same runs did the same,
// whatever the order of the objects, in two nights as in one, and whether there is room for the texts or not.
func FuzzHold(f *testing.F) {
	for seed := range uint64(5) {
		f.Add(seed)
	}
	room := maxTexts
	f.Cleanup(func() { maxTexts = room })
	f.Fuzz(func(t *testing.T, seed uint64) {
		r := rand.New(rand.NewPCG(seed, 4))
		log := cloudtrail.New(cloudtrail.Config{Seed: seed, Records: 600, PerFile: 600, Spacelift: 0.1})
		shelves := shelvesOf(t, r, log)
		cfg := Config{FollowRoles: true, Workers: 1 + r.IntN(4), Temp: t.TempDir(), IncludeReadOnly: r.IntN(4) == 0}
		if r.IntN(3) == 0 {
			cfg.Resources = ResourcesAll
		}
		maxTexts = []int64{room, 0, 20_000}[r.IntN(3)]
		want := extractSome(t, cfg, nil, shelves[:]...)
		wanted := facts(want.output)
		if len(wanted) < 10 {
			t.Fatalf("%d facts", len(wanted))
		}
		cfg.HoldBack = true
		once := extractSome(t, cfg, nil, shelves[:]...)
		first := extractSome(t, cfg, nil, some(r, shelves[0]), some(r, shelves[1]))
		second := extractSome(t, cfg, first, shelves[:]...)
		for name, got := range map[string]*night{"at once": once, "in two nights": second} {
			if found := facts(got.output); !same(found, wanted) {
				t.Errorf("%s: %d facts, not %d", name, len(found), len(wanted))
			}
			if len(got.records) >= len(want.records) || got.report.Ledger.In != want.report.Ledger.In && name == "at once" {
				t.Errorf("%s: %d records of %d, %+v, not %+v", name, len(got.records), len(want.records), got.report.Ledger, want.report.Ledger)
			}
		}
		if once.byKind(t) != second.byKind(t) {
			t.Error("two nights deliver something else than one")
		}
		cfg.Workers = 1 + cfg.Workers%3
		if again := extractSome(t, cfg, nil, shelves[:]...); again.lines(t) != once.lines(t) {
			t.Error("the number of workers matters")
		}
	})
}

// byKind returns what was delivered as it is published: kind by kind.
func (n *night) byKind(t *testing.T) string {
	var o output
	for r := range n.of(Kinds()...) {
		o.records = append(o.records, r)
	}
	return o.lines(t)
}

// What is held back reports the same faults of the same objects, whatever the number of workers.
func TestHeldOrder(t *testing.T) {
	s := many(t)
	s.slow = func(string) { time.Sleep(time.Duration(rand.IntN(1000)) * time.Microsecond) }
	_, all := extract(t, s, Config{Workers: 2, FollowRoles: true})
	var first string
	for _, workers := range []int{1, 8} {
		out, report := extract(t, s, Config{Workers: workers, FollowRoles: true, HoldBack: true})
		got := out.lines(t)
		first = cmp.Or(first, got)
		if got != first || !reflect.DeepEqual(report.Scopes, all.Scopes) || !reflect.DeepEqual(report.Sources, all.Sources) || report.Ledger.In != all.Ledger.In {
			t.Errorf("%d workers: another order, or another report: %+v, not %+v", workers, report, all)
		}
	}
	if len(first) < 1<<16 || len(all.Scopes) != 1+10 {
		t.Errorf("%d bytes, %+v", len(first), all.Scopes)
	}
}

// A key that turns out to be a run's makes objects of earlier nights be read again, those only.
func TestReadAgainByKey(t *testing.T) {
	who := func(key string) string {
		return `{"type":"AssumedRole","arn":"arn:aws:sts::123456789012:assumed-role/r/s","accountId":"123456789012","accessKeyId":"` + key + `"}`
	}
	call := func(id, key string) string {
		return record(map[string]string{"eventID": `"` + id + `"`, "userIdentity": who(key)})
	}
	grant := func(id, by, key string) string {
		change := map[string]string{"eventID": `"` + id + `"`, "eventSource": `"sts.amazonaws.com"`, "eventName": `"AssumeRole"`, "requestParameters": "{}",
			"responseElements": `{"credentials":{"accessKeyId":"` + key + `"}}`}
		if by != "" {
			change["userIdentity"] = who(by)
		}
		return record(change)
	}
	first := record(map[string]string{"eventID": `"none"`, "userIdentity": someone, "requestParameters": "null"}) + "\n"
	s := &shelf{content: map[string][]byte{
		"a": []byte(first + call("called by the second", "ASIASECOND")), "b": []byte(first + call("another's", "ASIAOTHER")), "c": []byte(first + grant("second", "ASIAFIRST", "ASIASECOND")),
	}}
	var opened []string
	var mu sync.Mutex
	s.slow = func(key string) {
		mu.Lock()
		defer mu.Unlock()
		opened = append(opened, key)
	}
	cfg := Config{FollowRoles: true, HoldBack: true, Workers: 1, Temp: t.TempDir()}
	before := extractSome(t, cfg, nil, s)
	if len(before.records) > 0 || before.report.Ledger.Filtered["not_spacelift"] != 6 {
		t.Fatalf("%s %+v", asJSON(t, before.records), before.report.Ledger)
	}
	s.content["d"] = []byte(grant("first", "", "ASIAFIRST"))
	opened = nil
	after := extractSome(t, cfg, before, s)
	if got := strings.Join(opened, ""); got != "dca" {
		t.Errorf("opened %s", got)
	}
	var ids []string
	for _, r := range after.records {
		switch r := r.(type) {
		case *raw.APICall:
			ids = append(ids, r.EventID)
		case *raw.Grant:
			ids = append(ids, r.EventID)
		}
	}
	if got := fmt.Sprint(ids); got != "[called by the second second first]" {
		t.Error(got)
	}
	opened = nil
	if third := extractSome(t, cfg, after, s); len(opened) > 0 || third.lines(t) != after.lines(t) {
		t.Errorf("opened %v, %s", opened, third.lines(t))
	}
}

// Nothing is held back where it was said to deliver more than runs' calls.
func TestHoldsBack(t *testing.T) {
	s := one(record(map[string]string{"userIdentity": someone}) + "\n")
	for want, cfg := range map[int][]Config{
		0: {{FollowRoles: true, HoldBack: true}, {FollowRoles: true, HoldBack: true, Changes: ChangesNone, Resources: ResourcesAll}},
		1: {{FollowRoles: true}, {FollowRoles: true, HoldBack: true, AllInstances: true}, {FollowRoles: true, HoldBack: true, Changes: ChangesAll}},
	} {
		for _, c := range cfg {
			if out, _ := extract(t, s, c); len(of[*raw.APICall](out)) != want {
				t.Errorf("%+v: %s", c, asJSON(t, out.records))
			}
		}
	}
}

// An extraction that is stopped while it delivers what it held back ends.
func TestStopsReleasing(t *testing.T) {
	lines := ""
	for i := range 300 {
		lines += numbered(i) + "\n"
	}
	s := one(lines)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	cfg := Config{Sources: []Source{{URI: "mem://", Store: s}}, Workers: 4, FollowRoles: true, HoldBack: true, Temp: t.TempDir()}
	if _, err := Extract(ctx, cfg, &stopping{50, func() error { cancel(); return nil }}); err == nil || context.Cause(ctx) == nil {
		t.Error(err)
	}
}

package carryover

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"liftgraph/emit/published"
	"liftgraph/graph"
	"liftgraph/internal/dataset"
	"liftgraph/query/verify"
)

var (
	commits   = graph.NodeTable(graph.SpaceliftGitCommit)
	users     = graph.NodeTable(graph.SpaceliftUser)
	confirmed = graph.RelationshipTable(graph.SpaceliftGitCommit, graph.Confirmed, graph.SpaceliftUser)
)

const (
	confirmation = graph.ByConfirmation
	trigger      = graph.ByTrigger
)

// edge is a CONFIRMED edge: commit, user and basis.
type edge [3]string

// confirmers makes a graph of commits, some of which have edges.
func confirmers(tag int, shas []string, edges ...edge) rows {
	list := rows{}
	for _, sha := range slices.Sorted(slices.Values(shas)) {
		list[commits] = append(list[commits], row(commits, tag, sha))
	}
	names := map[string]bool{}
	for _, e := range edges {
		names[e[1]] = true
		list[confirmed] = append(list[confirmed], row(confirmed, tag, e[0], e[1], e[2]))
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		list[users] = append(list[users], row(users, tag, name))
	}
	slices.SortFunc(list[confirmed], confirmed.Compare)
	return list
}

// tellConfirmers returns the edges of a graph, which it proves: ends, basis and times.
func tellConfirmers(t *testing.T, d *published.Dir) (list []string) {
	t.Helper()
	if _, err := verify.Dir(t.Context(), d.Path, t.TempDir()); err != nil {
		t.Error(err)
	}
	for r, err := range d.Rows(confirmed) {
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, fmt.Sprintf("%s %s %s %d %d", r[0].Text, r[1].Text, r[2].Text, r[len(r)-2].Num/1000, r[len(r)-1].Num))
	}
	return list
}

// A commit ran on two stacks, and no user confirmed a run. Who triggered its first run stays that, although the stack of that run is
// gone on the second night and another user comes first, and is it again when the stack is back.
func TestThreeNightsOfTriggers(t *testing.T) {
	nights := []edge{{"abc", "early", trigger}, {"abc", "late", trigger}, {"abc", "early", trigger}}
	want := []string{"abc early trigger 1 1", "abc early trigger 1 1", "abc early trigger 1 3"}
	var last *published.Dir
	for i, e := range nights {
		d, ledger := publish(t, confirmers(i+1, []string{"abc"}, e), last, true)
		if got := tellConfirmers(t, d); !slices.Equal(got, want[i:i+1]) {
			t.Errorf("night %d: %q, not %q", i+1, got, want[i])
		}
		emitted := d.Manifest.Ledger[len(d.Manifest.Ledger)-1]
		dropped := int64(i % 2)
		if emitted.Source != dataset.GraphSource || emitted.Filtered[Overruled] != dropped || emitted.In != emitted.Out+dropped || ledger.Filtered[Overruled] != 0 {
			t.Errorf("night %d: %+v, %+v", i+1, emitted, ledger)
		}
		last = d
	}
	forgetful, _ := publish(t, confirmers(4, []string{"abc"}, nights[1]), last, false)
	if got := tellConfirmers(t, forgetful); !slices.Equal(got, []string{"abc late trigger 4 4"}) {
		t.Errorf("without history: %q", got)
	}
}

// What is known of who confirmed a commit, of the previous night and of this one.
func TestFallbacks(t *testing.T) {
	var before, now []edge
	var shas, shasNow, want []string
	var gone, dropped int64
	for _, c := range []struct {
		name          string
		before, now   []edge
		want          []string
		gone, dropped int64 // rows of before and now that are overruled
	}{
		{"confirmed now", []edge{{"c", "b", trigger}}, []edge{{"c", "a", confirmation}}, []string{"c a confirmation 2 2"}, 1, 0},
		{"confirmed now, later in order", []edge{{"c", "b", trigger}}, []edge{{"c", "d", confirmation}}, []string{"c d confirmation 2 2"}, 1, 0},
		{"confirmed now by the same", []edge{{"c", "b", trigger}}, []edge{{"c", "b", confirmation}}, []string{"c b confirmation 1 2"}, 0, 0},
		{"confirmed now, by that one, too", []edge{{"c", "b", trigger}}, []edge{{"c", "b", confirmation}, {"c", "d", confirmation}}, []string{"c b confirmation 1 2", "c d confirmation 2 2"}, 0, 0},
		{"confirmed before", []edge{{"c", "b", confirmation}}, []edge{{"c", "a", trigger}}, []string{"c b confirmation 1 1"}, 0, 1},
		{"confirmed before, by two", []edge{{"c", "a", confirmation}, {"c", "d", confirmation}}, []edge{{"c", "b", trigger}}, []string{"c a confirmation 1 1", "c d confirmation 1 1"}, 0, 1},
		{"confirmed before by the same", []edge{{"c", "b", confirmation}}, []edge{{"c", "b", trigger}}, []string{"c b confirmation 1 1"}, 0, 1},
		{"confirmed then and now", []edge{{"c", "b", confirmation}}, []edge{{"c", "a", confirmation}, {"c", "b", confirmation}}, []string{"c a confirmation 2 2", "c b confirmation 1 2"}, 0, 0},
		{"not listed", []edge{{"c", "b", trigger}}, nil, []string{"c b trigger 1 1"}, 0, 0},
		{"triggered by no user before", nil, []edge{{"c", "b", trigger}, {"z", "b", trigger}}, []string{"z b trigger 2 2"}, 0, 1},
		{
			"each commit by itself",
			[]edge{{"a", "u", confirmation}, {"c", "u", trigger}, {"d", "u", trigger}},
			[]edge{{"a", "u", confirmation}, {"c", "t", trigger}, {"d", "t", confirmation}, {"e", "u", trigger}},
			[]string{"a u confirmation 1 2", "c u trigger 1 1", "d t confirmation 2 2", "e u trigger 2 2"}, 1, 1,
		},
	} {
		of := func(edges []edge) (list []edge) {
			for _, e := range edges {
				list = append(list, edge{c.name + " " + e[0], e[1], e[2]})
			}
			return list
		}
		before, now = append(before, of(c.before)...), append(now, of(c.now)...)
		for _, w := range c.want {
			want = append(want, c.name+" "+w)
		}
		for _, sha := range []string{"a", "c", "d"} {
			shas = append(shas, c.name+" "+sha)
		}
		for _, sha := range []string{"a", "c", "d", "e", "z"} {
			shasNow = append(shasNow, c.name+" "+sha)
		}
		gone, dropped = gone+c.gone, dropped+c.dropped
	}
	slices.Sort(want)
	d, _ := publish(t, confirmers(1, shas, before...), nil, false)
	for time, gone := range []int64{gone, 0} { // the second time nothing is left to be overruled but what comes now
		var ledger dataset.Ledger
		d, ledger = publish(t, confirmers(2, shasNow, now...), d, true)
		if got := tellConfirmers(t, d); !slices.Equal(got, want) {
			t.Errorf("%d: %q, not\n%q", time, got, want)
		}
		if now := d.Manifest.Ledger[1]; now.Filtered[Overruled] != dropped || ledger.Filtered[Overruled] != gone {
			t.Errorf("%d: %d of before and %d of now are overruled, not %d and %d", time, ledger.Filtered[Overruled], now.Filtered[Overruled], gone, dropped)
		}
	}
}

// Any nights give what maps give: everybody who ever confirmed a commit, else who triggered its first run when it was first seen.
func TestRandomFallbacks(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	names := []string{"\x00", "a", "a\x00", "b", "é", "z"}
	var last *published.Dir
	var seen []string // commits
	basis := map[[2]string]string{}
	for tag := range 8 {
		var shas []string
		var list []edge
		for _, sha := range names {
			if r.IntN(3) == 0 {
				continue
			}
			shas = append(shas, sha)
			var known []edge
			if r.IntN(3) == 0 {
				for _, user := range names[r.IntN(len(names)):] {
					known = append(known, edge{sha, user, confirmation})
				}
			} else if r.IntN(3) > 0 {
				known = append(known, edge{sha, names[r.IntN(len(names))], trigger})
			}
			list = append(list, known...)
			for _, e := range known {
				if e[2] == confirmation {
					maps.DeleteFunc(basis, func(ends [2]string, b string) bool { return ends[0] == sha && b == trigger })
				}
				if e[2] == confirmation || !slices.Contains(seen, sha) {
					basis[[2]string{sha, e[1]}] = e[2]
				}
			}
			seen = append(seen, sha)
		}
		// A commit that isn't listed any more is gone, as no history hangs on it.
		seen = slices.Clone(shas)
		maps.DeleteFunc(basis, func(ends [2]string, _ string) bool { return !slices.Contains(shas, ends[0]) })
		d, _ := publish(t, confirmers(tag+1, shas, list...), last, true)
		got := map[[2]string]string{}
		for row, err := range d.Rows(confirmed) {
			if err != nil {
				t.Fatal(err)
			}
			got[[2]string{strings.Clone(row[0].Text), strings.Clone(row[1].Text)}] = strings.Clone(row[2].Text)
		}
		if !maps.Equal(got, basis) {
			t.Fatalf("night %d: %q, not %q", tag+1, got, basis)
		}
		tellConfirmers(t, d)
		last = d
	}
}

package lookup

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"liftgraph/emit/csvfile"
	"liftgraph/emit/index"
	"liftgraph/emit/parquetfile"
	"liftgraph/graph"
	"liftgraph/graph/graphtest"
	"liftgraph/internal/dataset"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	runs      = graph.NodeTable(graph.SpaceliftRun)
	generated = graph.RelationshipTable(graph.SpaceliftStack, graph.Generated, graph.SpaceliftRun)
	affected  = graph.RelationshipTable(graph.SpaceliftRun, graph.Affected, graph.EC2Instance)
	resource  = graph.RelationshipTable(graph.SpaceliftAccount, graph.Resource, graph.SpaceliftRun)
)

// rows makes tables whose keys come in stretches of every length, from one to many blocks of the directories below.
func rows(seed uint64) map[*graph.Table][]graph.Row {
	r := rand.New(rand.NewPCG(seed, 1))
	all := map[*graph.Table][]graph.Row{}
	runID := func(i int) string { return fmt.Sprintf("01HPS%05d%s", i, strings.Repeat("é", i%3)) }
	for i := range 400 {
		all[runs] = append(all[runs], graphtest.Row(runs, runID(i), "TRACKED", nil, "", "main"))
		all[resource] = append(all[resource], graphtest.Row(resource, "acme", runID(i)))
		for range r.IntN(3) * r.IntN(3) * r.IntN(8) {
			event := any(fmt.Sprintf("event%d", r.IntN(50)))
			if r.IntN(8) == 0 {
				event = nil
			}
			all[affected] = append(all[affected], graphtest.Row(affected, runID(i), fmt.Sprintf("i-%d", min(r.IntN(90), r.IntN(90))), event))
		}
	}
	for i := range 400 {
		all[generated] = append(all[generated], graphtest.Row(generated, fmt.Sprintf("stack-%d", r.IntN(5)*r.IntN(5)*r.IntN(4)), runID(i)))
	}
	for table, list := range all {
		slices.SortFunc(list, func(a, b graph.Row) int {
			for i := range table.KeyColumns() {
				if c := strings.Compare(a[i].Text, b[i].Text); c != 0 {
					return c
				}
			}
			return 0
		})
		all[table] = slices.CompactFunc(list, func(a, b graph.Row) bool {
			return slices.Equal(a[:table.KeyColumns()], b[:table.KeyColumns()])
		})
	}
	return all
}

// publish publishes rows in a format, in small blocks and several parts.
func publish(t testing.TB, stage string, all map[*graph.Table][]graph.Row) string {
	t.Helper()
	dir, _ := graphtest.Publish(t, stage, func(d *dataset.Dir) {
		if stage == "csv" {
			s := csvfile.New(d)
			s.Limits = csvfile.Limits{PartRows: 150, PartText: 1 << 20, BlockText: 500}
			graphtest.Write(t, s, all)
			return
		}
		s := parquetfile.New(d)
		s.Limits = parquetfile.Limits{BlockRows: 7, GroupRows: 40, GroupBytes: 1 << 20, PartRows: 150}
		graphtest.Write(t, s, all)
	})
	return dir
}

// edit changes a directory's manifest.
func edit(t testing.TB, dir string, change func(*dataset.Manifest)) {
	t.Helper()
	m, err := dataset.ReadManifest(dir)
	if err != nil {
		t.Fatal(err)
	}
	change(m)
	b, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, dataset.ManifestName), b, 0o600); err != nil {
		t.Fatal(err)
	}
}

// withoutIndex makes the directory one of an earlier version.
func withoutIndex(t testing.TB, dir string) {
	t.Helper()
	if err := os.RemoveAll(filepath.Join(dir, index.Folder)); err != nil {
		t.Fatal(err)
	}
	edit(t, dir, func(m *dataset.Manifest) {
		m.Files = slices.DeleteFunc(m.Files, func(f dataset.File) bool { return strings.HasPrefix(f.Path, index.Folder+"/") })
	})
}

func open(t testing.TB, dir string) *Dir {
	t.Helper()
	d, err := Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}

// every returns each id of a column, and some that aren't there.
func every(list []graph.Row, column int) []string {
	ids := []string{"", "a", "zzz", "01HPS00000a", "stack-7x"}
	for _, r := range list {
		ids = append(ids, r[column].Text)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// Look-ups return what a scan of all rows returns, whatever the format, with indexes and without.
func TestSameAsScan(t *testing.T) {
	for seed := range uint64(2) {
		all := rows(seed)
		for _, stage := range []string{"csv", "parquet"} {
			for _, indexed := range []bool{true, false} {
				t.Run(fmt.Sprintf("%s/indexed=%v/%d", stage, indexed, seed), func(t *testing.T) {
					dir := publish(t, stage, all)
					if !indexed {
						withoutIndex(t, dir)
					}
					d := open(t, dir)
					if d.Indexed() != indexed {
						t.Errorf("indexed: %v", d.Indexed())
					}
					for table, list := range all {
						checkTable(t, d, table, list)
					}
				})
			}
		}
	}
}

func checkTable(t *testing.T, d *Dir, table *graph.Table, list []graph.Row) {
	t.Helper()
	ctx := context.Background()
	r := rand.New(rand.NewPCG(1, 2))
	for column := range table.IDs() {
		ids := every(list, column)
		for range 8 {
			some := []string{}
			for range 1 + r.IntN(5)*r.IntN(5) {
				some = append(some, ids[r.IntN(len(ids))])
			}
			var got, want []graph.Row
			err := d.Rows(ctx, table, By(column), some, func(row graph.Row) error { got = append(got, graphtest.Clone(row)); return nil })
			if err != nil {
				t.Fatal(err)
			}
			for _, row := range list {
				if slices.Contains(some, row[column].Text) {
					want = append(want, row)
				}
			}
			if !reflect.DeepEqual(got, want) {
				t.Fatalf("%s by %d %q returns\n%v\nnot\n%v", table.Name, column, some, got, want)
			}
		}
		if table.Relationship != nil {
			checkOthers(t, d, table, list, column, ids)
		}
	}
	if table.Node != nil {
		checkKeys(t, d, table, list)
	}
}

func checkOthers(t *testing.T, d *Dir, table *graph.Table, list []graph.Row, column int, ids []string) {
	t.Helper()
	for _, id := range ids[:min(15, len(ids))] {
		for _, n := range []int{1, 3, 1000} {
			var want []string
			for _, row := range list {
				if row[column].Text == id {
					want = append(want, row[1-column].Text)
				}
			}
			want = slices.Compact(want)
			more := int64(max(len(want)-n, 0))
			want = want[more:]
			slices.Reverse(want)
			got, gotMore, err := d.Others(context.Background(), table, By(column), id, n)
			if err != nil || gotMore != more || !slices.Equal(got, want) {
				t.Fatalf("%s: the last %d of %q are %v and %d more (%v), not %v and %d more", table.Name, n, id, got, gotMore, err, want, more)
			}
		}
	}
}

func checkKeys(t *testing.T, d *Dir, table *graph.Table, list []graph.Row) {
	t.Helper()
	for _, prefix := range []string{"", "01", "01HPS0012", list[200][0].Text, list[len(list)-1][0].Text, "0", "2", "01HPS00399éé", "01HPS00399éééé"} {
		for _, n := range []int{1, 2, 500} {
			var want []string
			for _, row := range list {
				if strings.HasPrefix(row[0].Text, prefix) && len(want) < n {
					want = append(want, row[0].Text)
				}
			}
			got, err := d.Keys(context.Background(), table, prefix, n)
			if err != nil || !slices.Equal(got, want) {
				t.Fatalf("keys that begin with %q: %v (%v), not %v", prefix, got, err, want)
			}
		}
	}
}

var errStop = errors.New("stop")

func drop(graph.Row) error { return nil }

// What the caller wants isn't called damage.
func TestStopped(t *testing.T) {
	d := open(t, publish(t, "csv", rows(1)))
	ctx, cancel := context.WithCancel(context.Background())
	if err := d.Rows(ctx, generated, ByKey, []string{"stack-0"}, func(graph.Row) error { return errStop }); !errors.Is(err, errStop) || strings.Contains(err.Error(), "verify") {
		t.Errorf("got %v", err)
	}
	cancel()
	if err := d.Rows(ctx, generated, ByKey, []string{"stack-0"}, drop); !errors.Is(err, context.Canceled) || strings.Contains(err.Error(), "verify") {
		t.Errorf("got %v", err)
	}
}

// A directory stays what it was while another takes its place, and says so when it is gone.
func TestReplaced(t *testing.T) {
	all := rows(1)
	dir := publish(t, "csv", all)
	d := open(t, dir)
	if err := os.Rename(dir, dir+".old"); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if got, err := d.Keys(context.Background(), runs, "01", 1); err != nil || len(got) != 1 {
		t.Errorf("%v, %v", got, err)
	}
	if err := os.RemoveAll(dir + ".old"); err != nil {
		t.Fatal(err)
	}
	if err := d.Rows(context.Background(), generated, ByKey, []string{"stack-0"}, drop); !errors.Is(err, ErrReplaced) {
		t.Errorf("got %v", err)
	}
}

func TestRefused(t *testing.T) {
	if _, err := Open(t.Context(), filepath.Join(t.TempDir(), "nowhere")); !errors.Is(err, dataset.ErrNotPublished) {
		t.Errorf("got %v", err)
	}
	if _, err := Open(t.Context(), t.TempDir()); !errors.Is(err, dataset.ErrNotPublished) {
		t.Errorf("got %v", err)
	}
	dir, _ := graphtest.Publish(t, "raw", func(*dataset.Dir) {})
	if _, err := Open(t.Context(), dir); err == nil || !strings.Contains(err.Error(), "name a directory of CSV or Parquet") {
		t.Errorf("got %v", err)
	}
}

// What is damaged is reported, with what to do, and is never an answer without the rows it should have.
func TestDamaged(t *testing.T) {
	all := rows(1)
	flip := func(at func(size int) int) func(*testing.T, string) {
		return func(t *testing.T, name string) {
			b, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			b[at(len(b))] ^= 4
			if err := os.WriteFile(name, b, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, stage := range []string{"csv", "parquet"} {
		part := affected.Folder() + "/part-00000" + formats[stage].extension
		for name, c := range map[string]struct {
			path string
			harm func(*testing.T, string)
		}{
			"list of blocks": {index.Path(part), flip(func(int) int { return 20 })},
			"ends":           {index.Path(part), flip(func(n int) int { return n - 1 })},
			"cut index":      {index.Path(part), func(_ *testing.T, name string) { os.Truncate(name, 30) }},
			"lost index":     {index.Path(part), func(_ *testing.T, name string) { os.Remove(name) }},
			"rows":           {part, flip(func(int) int { return 40 })},
			"cut part":       {part, func(_ *testing.T, name string) { os.Truncate(name, 100) }},
			"lost part":      {part, func(_ *testing.T, name string) { os.Remove(name) }},
		} {
			t.Run(stage+"/"+name, func(t *testing.T) {
				dir := publish(t, stage, all)
				c.harm(t, filepath.Join(dir, c.path))
				d := open(t, dir)
				err := d.Rows(context.Background(), affected, ByEnd, every(all[affected], 1), drop)
				if err == nil || !strings.Contains(err.Error(), c.path) || !strings.Contains(err.Error(), "check the directory with `liftgraph verify "+dir) {
					t.Errorf("got %v", err)
				}
			})
		}
	}
}

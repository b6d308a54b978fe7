package lookup

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"liftgraph/emit/lake"
	lakefile "liftgraph/emit/lake/file"
	"liftgraph/emit/parquetfile"
	"liftgraph/emit/published"
	"liftgraph/graph"
	"liftgraph/graph/graphtest"
	"liftgraph/internal/dataset"
	"liftgraph/internal/objects"
)

var auditEvents = graph.NodeTable(graph.SpaceliftAuditEvent)

// datedRows are rows whose calls and events are of several days.
func datedRows(seed uint64) map[*graph.Table][]graph.Row {
	all := rows(seed)
	at := graph.Text
	column := slices.IndexFunc(affected.Columns, func(p graph.Property) bool { return p.Name == "event_time" })
	for i, row := range all[affected] {
		if row[2].Present {
			row[column] = at(fmt.Sprintf("2026-11-%02dT09:00:00Z", 1+i*7%5))
		}
	}
	column = slices.IndexFunc(auditEvents.Columns, func(p graph.Property) bool { return p.Name == "event_time" })
	for i := range 300 {
		row := graphtest.Row(auditEvents, fmt.Sprintf("01HPS%05d", i))
		row[column] = at(fmt.Sprintf("2026-11-%02dT09:00:00Z", 1+i*3%8))
		all[auditEvents] = append(all[auditEvents], row)
	}
	return all
}

// publishLake publishes rows as a lake, in small blocks, several parts and several indexes.
func publishLake(t testing.TB, all map[*graph.Table][]graph.Row) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "lake")
	p, err := lake.Begin(t.Context(), dir, lake.Config{UpdateTag: 1790000000})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = p.Abandon(t.Context()) }()
	s := lakefile.New(t.Context(), p, t.TempDir())
	s.Limits = parquetfile.Limits{BlockRows: 7, GroupRows: 40, GroupBytes: 1 << 20, PartRows: 150}
	s.IndexEntries = 60
	graphtest.Write(t, s, all)
	if err := p.Seal(t.Context(), &dataset.Manifest{UpdateTag: 1790000000}); err != nil {
		t.Fatal(err)
	}
	if err := p.Swap(t.Context()); err != nil {
		t.Fatal(err)
	}
	return dir
}

// editLake changes the manifest of a lake's only snapshot.
func editLake(t testing.TB, dir string, change func(*dataset.Manifest)) {
	t.Helper()
	paths, err := lake.Manifests(t.Context(), dir, objects.Options{})
	if err != nil || len(paths) != 1 {
		t.Fatal(paths, err)
	}
	m := new(dataset.Manifest)
	b, err := os.ReadFile(paths[0])
	if err == nil {
		err = json.Unmarshal(b, m)
	}
	if err != nil {
		t.Fatal(err)
	}
	change(m)
	if b, err = json.Marshal(m); err == nil {
		err = os.WriteFile(paths[0], b, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// indexesOf returns the indexes of a table of a lake.
func indexesOf(t testing.TB, dir string, table *graph.Table) (paths []string) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, lake.IndexFolder, table.Folder(), "*", "*"))
	if err != nil {
		t.Fatal(err)
	}
	return paths
}

// Look-ups in a lake return what a scan of all rows returns, with indexes, and in one of an earlier version without.
func TestLakeSameAsScan(t *testing.T) {
	for seed := range uint64(2) {
		all := datedRows(seed)
		for _, indexed := range []bool{true, false} {
			t.Run(fmt.Sprintf("indexed=%v/%d", indexed, seed), func(t *testing.T) {
				dir := publishLake(t, all)
				for _, table := range []*graph.Table{affected, generated, auditEvents} {
					if n := len(indexesOf(t, dir, table)); n < 2 {
						t.Errorf("%s has %d indexes: the test is of several", table.Name, n)
					}
				}
				if !indexed {
					if err := os.RemoveAll(filepath.Join(dir, lake.IndexFolder)); err != nil {
						t.Fatal(err)
					}
					editLake(t, dir, func(m *dataset.Manifest) {
						m.Files = slices.DeleteFunc(m.Files, func(f dataset.File) bool { return strings.HasPrefix(f.Path, lake.IndexFolder+"/") })
					})
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

// A look-up in a lake of many days, by an id of one of them, leaves the files of the others unopened, on disk and in S3.
func TestLakeReadsLittle(t *testing.T) {
	all := map[*graph.Table][]graph.Row{}
	column := slices.IndexFunc(affected.Columns, func(p graph.Property) bool { return p.Name == "event_time" })
	for i := range 300 {
		row := graphtest.Row(affected, fmt.Sprintf("01HPS%05d", i), fmt.Sprintf("i-%05d", i), "event")
		row[column] = graph.Text(fmt.Sprintf("2026-%02d-%02dT09:00:00Z", 1+i%10, 1+i%28))
		all[affected] = append(all[affected], row)
		all[runs] = append(all[runs], graphtest.Row(runs, fmt.Sprintf("01HPS%05d", i)))
	}
	dir := publishLake(t, all)
	parts, err := filepath.Glob(filepath.Join(dir, affected.Folder(), "*", "*", "*.parquet"))
	if err != nil || len(parts) < 100 {
		t.Fatalf("%d parts (%v): the test is of many", len(parts), err)
	}
	for _, where := range []string{dir, upload(t, dir)} {
		d, err := OpenURI(t.Context(), where, "", published.Options{S3: objects.Options{AWS: &objects.AWS{PathStyle: true}}, Temp: t.TempDir()})
		if err != nil {
			t.Fatal(err)
		}
		defer d.Close()
		for column, id := range map[By]string{ByKey: "01HPS00123", ByEnd: "i-00123"} {
			before, n := d.BytesRead(), 0
			if err := d.Rows(t.Context(), affected, column, []string{id}, func(graph.Row) error { n++; return nil }); err != nil || n != 1 {
				t.Fatalf("%d rows, %v", n, err)
			}
			// A part's footer alone has 3 KB.
			if read := d.BytesRead() - before; read > 100<<10 {
				t.Errorf("%s by %d: %d bytes read of %d parts", where, column, read, len(parts))
			}
		}
		if keys, err := d.Keys(t.Context(), runs, "01HPS0012", 20); err != nil || len(keys) != 10 {
			t.Errorf("got %v, %v", keys, err)
		}
	}
}

// What is damaged is reported, with what to do, and is never an answer without the rows it should have.
func TestLakeDamaged(t *testing.T) {
	all := datedRows(1)
	for name, harm := range map[string]func(t *testing.T, dir string, paths []string){
		"a flipped bit": func(t *testing.T, _ string, paths []string) {
			b, err := os.ReadFile(paths[0])
			if err != nil {
				t.Fatal(err)
			}
			b[20] ^= 4
			if err := os.WriteFile(paths[0], b, 0o600); err != nil {
				t.Fatal(err)
			}
		},
		"cut":  func(_ *testing.T, _ string, paths []string) { os.Truncate(paths[0], 30) },
		"lost": func(_ *testing.T, _ string, paths []string) { os.Remove(paths[0]) },
		"the last isn't listed": func(t *testing.T, dir string, paths []string) {
			editLake(t, dir, func(m *dataset.Manifest) {
				m.Files = slices.DeleteFunc(m.Files, func(f dataset.File) bool { return strings.HasSuffix(paths[len(paths)-1], f.Path) })
			})
		},
		"the first isn't listed": func(t *testing.T, dir string, paths []string) {
			editLake(t, dir, func(m *dataset.Manifest) {
				m.Files = slices.DeleteFunc(m.Files, func(f dataset.File) bool { return strings.HasSuffix(paths[0], f.Path) })
			})
		},
		"a part isn't listed": func(t *testing.T, dir string, _ []string) {
			editLake(t, dir, func(m *dataset.Manifest) {
				i := slices.IndexFunc(m.Files, func(f dataset.File) bool { return strings.HasPrefix(f.Path, affected.Folder()) })
				m.Files = slices.Delete(m.Files, i, i+1)
			})
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := publishLake(t, all)
			harm(t, dir, indexesOf(t, dir, affected))
			d := open(t, dir)
			err := d.Rows(t.Context(), affected, ByEnd, every(all[affected], 1), drop)
			if err == nil || !strings.Contains(err.Error(), "liftgraph verify "+dir) {
				t.Errorf("got %v", err)
			}
		})
	}
}

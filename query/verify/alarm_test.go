package verify

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"liftgraph/graph"
	"liftgraph/graph/graphtest"
	"liftgraph/internal/dataset"
)

const (
	spacesPart   = "nodes/SpaceliftSpace/part-00000.csv.gz"
	rolesPart    = "relationships/SpaceliftUser_HAS_ROLE_IN_SpaceliftSpace/part-00000.csv.gz"
	containsPart = "relationships/SpaceliftSpace_CONTAINS_SpaceliftSpace/part-00000.csv.gz"
	spacesIndex  = "index/nodes/SpaceliftSpace/part-00000.idx"
	rolesIndex   = "index/relationships/SpaceliftUser_HAS_ROLE_IN_SpaceliftSpace/part-00000.idx"
)

// flip returns a change of the n-th byte from the end.
func flip(n int) func(string) string {
	return func(s string) string {
		b := []byte(s)
		b[len(b)-n] ^= 1
		return string(b)
	}
}

// unlist takes files out of the directory and its manifest.
func unlist(t *testing.T, dir, prefix string) {
	edit(t, dir, func(m *dataset.Manifest) {
		m.Files = slices.DeleteFunc(m.Files, func(f dataset.File) bool {
			return strings.HasPrefix(f.Path, prefix) && os.Remove(filepath.Join(dir, f.Path)) == nil
		})
	})
}

// replace returns a change of the first old to new.
func replace(old, new string) func(string) string {
	return func(s string) string { return strings.Replace(s, old, new, 1) }
}

// Each harm is found, and named.
func TestAlarm(t *testing.T) {
	for _, c := range []struct {
		name string
		harm func(t *testing.T, dir string)
		want string
	}{
		{"flipped byte", func(_ *testing.T, dir string) {
			name := filepath.Join(dir, spacesPart)
			b, _ := os.ReadFile(name)
			b[len(b)/2] ^= 1
			os.WriteFile(name, b, 0o600)
		}, spacesPart + " isn't as it was written: its SHA-256 is "},
		{"cut file", func(_ *testing.T, dir string) {
			name := filepath.Join(dir, spacesPart)
			info, _ := os.Stat(name)
			os.Truncate(name, info.Size()-1)
		}, "bytes, but the manifest says"},
		{"missing file", func(_ *testing.T, dir string) { os.Remove(filepath.Join(dir, spacesPart)) }, spacesPart + " is in the manifest, but can't be read"},
		{"stray file", func(_ *testing.T, dir string) {
			os.WriteFile(filepath.Join(dir, "nodes/SpaceliftSpace/part-00001.csv.gz"), nil, 0o600)
		}, "nodes/SpaceliftSpace/part-00001.csv.gz isn't in the manifest"},
		{"link", func(_ *testing.T, dir string) {
			name := filepath.Join(dir, spacesPart)
			os.Rename(name, filepath.Join(dir, "elsewhere"))
			os.Symlink(filepath.Join(dir, "elsewhere"), name)
		}, spacesPart + " isn't a regular file"},
		{"no manifest", func(_ *testing.T, dir string) { os.Remove(filepath.Join(dir, "manifest.json")) }, "not a published directory"},
		{"path elsewhere", func(t *testing.T, dir string) {
			edit(t, dir, func(m *dataset.Manifest) { m.Files[0].Path = "../thesis" })
		}, `"../thesis", which is outside the directory`},
		{"unknown stage", func(t *testing.T, dir string) {
			edit(t, dir, func(m *dataset.Manifest) { m.Stage = "soup" })
		}, `the stage "soup"`},
		{"ledger", func(t *testing.T, dir string) {
			edit(t, dir, func(m *dataset.Manifest) { m.Ledger[0].Filtered = map[string]int64{"x": 1} })
		}, "doesn't balance"},
		{"ledger and rows", func(t *testing.T, dir string) {
			edit(t, dir, func(m *dataset.Manifest) { m.Ledger[0].In, m.Ledger[0].Out = 7, 7 })
		}, "the files hold 14 rows, but by the ledger 7 were emitted"},
		{"dropped row", func(t *testing.T, dir string) {
			forge(t, dir, spacesPart, 0, func(s string) string { before, _, _ := strings.Cut(s, "test"); return before })
		}, spacesPart + ": 2 rows, but the manifest says 3"},
		{"dropped row, counts mended", func(t *testing.T, dir string) {
			forge(t, dir, spacesPart, -1, func(s string) string { return s[strings.IndexByte(s, '\n')+1:] })
		}, `row 1: end_id is "prod", but there is no such SpaceliftSpace`},
		{"duplicate id", func(t *testing.T, dir string) { forge(t, dir, spacesPart, 0, replace("root,", "prod,")) }, spacesPart + ` row 2: SpaceliftSpace "prod" is there twice`},
		{"unsorted", func(t *testing.T, dir string) { forge(t, dir, spacesPart, 0, replace("root,", "aaa,")) }, `row 2: SpaceliftSpace "aaa" is out of order`},
		{"empty id", func(t *testing.T, dir string) { forge(t, dir, spacesPart, 0, replace("prod,", `"",`)) }, "row 1: id is empty or absent"},
		{"dangling end", func(t *testing.T, dir string) { forge(t, dir, containsPart, 0, replace("root,test", "root,tent")) },
			containsPart + ` row 2: end_id is "tent", but there is no such SpaceliftSpace`},
		{"dangling start", func(t *testing.T, dir string) { forge(t, dir, rolesPart, 0, replace("bob,", "zoe,")) },
			rolesPart + ` row 3: start_id is "zoe", but there is no such SpaceliftUser`},
		{"duplicate edge", func(t *testing.T, dir string) {
			forge(t, dir, rolesPart, 0, replace("ada,root,READ", "ada,root,ADMIN"))
		},
			rolesPart + ` row 2: the HAS_ROLE_IN from "ada" to "root" is there twice`},
		{"not a number", func(t *testing.T, dir string) { forge(t, dir, spacesPart, 0, replace("1700000000000", "soon")) }, `row 1: firstseen is "soon"`},
		{"a column more", func(t *testing.T, dir string) { forge(t, dir, spacesPart, 0, replace("prod,", "prod,,")) }, "row 1: more than 10 columns"},
		{"swapped header", func(t *testing.T, dir string) {
			forge(t, dir, "nodes/SpaceliftSpace/header.csv", 0, replace("name:string,description:string", "description:string,name:string"))
		}, "nodes/SpaceliftSpace/header.csv says"},
		{"option lost", func(t *testing.T, dir string) {
			forge(t, dir, "neo4j-admin.args", 0, replace("--nodes=./nodes/SpaceliftUser/", "#--nodes=./nodes/SpaceliftUser/"))
		}, "neo4j-admin.args: --relationships="},
		{"part lost from the options", func(t *testing.T, dir string) {
			forge(t, dir, "neo4j-admin.args", 0, replace(",./"+spacesPart, ""))
		}, "neo4j-admin.args: --nodes=./nodes/SpaceliftSpace/header.csv isn't the next table"},
		{"table lost", func(t *testing.T, dir string) {
			os.RemoveAll(filepath.Join(dir, "nodes/GitHubUser"))
			edit(t, dir, func(m *dataset.Manifest) {
				var left []dataset.File
				for _, f := range m.Files {
					if !strings.HasPrefix(f.Path, "nodes/GitHubUser/") {
						left = append(left, f)
					}
				}
				m.Files = left
			})
		}, "nodes/GitHubUser/header.csv is missing"},
		{"gap between parts", func(t *testing.T, dir string) {
			to := strings.Replace(spacesPart, "part-00000", "part-00002", 1)
			b, _ := os.ReadFile(filepath.Join(dir, spacesPart))
			os.WriteFile(filepath.Join(dir, to), b, 0o600)
			edit(t, dir, func(m *dataset.Manifest) {
				for i, f := range m.Files {
					if f.Path == spacesPart {
						f.Path = to
						m.Files = append(m.Files[:i+1], append([]dataset.File{f}, m.Files[i+1:]...)...)
						return
					}
				}
			})
		}, "part-00002.csv.gz belongs to no table of the model, or a part before it is missing"},
		{"index with a flipped bit", func(_ *testing.T, dir string) {
			b, _ := os.ReadFile(filepath.Join(dir, rolesIndex))
			os.WriteFile(filepath.Join(dir, rolesIndex), []byte(flip(1)(string(b))), 0o600)
		}, rolesIndex + " isn't as it was written"},
		{"index that leads elsewhere", func(t *testing.T, dir string) { forge(t, dir, rolesIndex, 0, flip(1)) },
			rolesIndex + " doesn't lead to the rows of " + rolesPart},
		{"index of other blocks", func(t *testing.T, dir string) { forge(t, dir, spacesIndex, 0, flip(1)) }, spacesIndex + ": it is damaged"},
		{"another part's index", func(t *testing.T, dir string) {
			b, _ := os.ReadFile(filepath.Join(dir, "index/nodes/SpaceliftUser/part-00000.idx"))
			forge(t, dir, spacesIndex, 0, func(string) string { return string(b) })
		}, spacesIndex + ": it is damaged, or another part's"},
		{"index lost", func(t *testing.T, dir string) { unlist(t, dir, spacesIndex) }, spacesIndex + " is missing"},
		{"index of nothing", func(t *testing.T, dir string) {
			edit(t, dir, func(m *dataset.Manifest) {
				for i := range m.Files {
					if f := &m.Files[i]; f.Path == spacesIndex {
						os.Rename(filepath.Join(dir, f.Path), filepath.Join(dir, "index/part-00000.idx"))
						f.Path = "index/part-00000.idx"
					}
				}
				slices.SortFunc(m.Files, func(a, b dataset.File) int { return strings.Compare(a.Path, b.Path) })
			})
		}, spacesIndex + " is missing"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := publish(t, "csv", sample())
			c.harm(t, dir)
			_, err := Dir(context.Background(), dir, t.TempDir())
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v\nnot\n%s", err, c.want)
			}
		})
	}
}

// An emitter refuses to write what has no ends or order only where it can see it in one table: the rest is found here.
func TestDanglingInEveryFormat(t *testing.T) {
	for stage := range formats {
		rows := sample()
		rows[roles] = append(rows[roles], graphtest.Row(roles, "zoe", "root", "READ"))
		_, err := Dir(context.Background(), publish(t, stage, rows), t.TempDir())
		if err == nil || !strings.Contains(err.Error(), `row 4: start_id is "zoe", but there is no such SpaceliftUser`) {
			t.Errorf("%s: %v", stage, err)
		}
	}
}

// More edges than memory: the ends are sorted on disk.
func TestManyEdges(t *testing.T) {
	if testing.Short() {
		t.Skip("half a million rows")
	}
	const n = 250_000
	runs, stacks := graph.NodeTable(graph.SpaceliftRun), graph.NodeTable(graph.SpaceliftStack)
	generated := graph.RelationshipTable(graph.SpaceliftStack, graph.Generated, graph.SpaceliftRun)
	rows := map[*graph.Table][]graph.Row{stacks: {graphtest.Row(stacks, "a"), graphtest.Row(stacks, "b")}}
	for i := range n {
		id := "01HPS6XB76J1" + string([]byte{byte('A' + i/26/26/26%26), byte('A' + i/26/26%26), byte('A' + i/26%26), byte('A' + i%26)})
		rows[runs] = append(rows[runs], graphtest.Row(runs, id))
		rows[generated] = append(rows[generated], graphtest.Row(generated, "a", id))
	}
	dir := publish(t, "csv", rows)
	r, err := Dir(context.Background(), dir, t.TempDir())
	if err != nil || r.Relationships != n {
		t.Fatalf("%+v, %v", r, err)
	}
	rows[generated][n-1][1] = graph.Text("01HPT")
	_, err = Dir(context.Background(), publish(t, "csv", rows), t.TempDir())
	if err == nil || !strings.Contains(err.Error(), `row 250000: end_id is "01HPT"`) {
		t.Error(err)
	}
}

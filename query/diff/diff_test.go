package diff

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"liftgraph/emit"
	"liftgraph/emit/published"
	"liftgraph/emit/rowfile"
	"liftgraph/graph"
	"liftgraph/graph/graphtest"
	"liftgraph/internal/dataset"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

type rows = map[*graph.Table][]graph.Row

var (
	runs     = graph.NodeTable(graph.SpaceliftRun)
	spaces   = graph.NodeTable(graph.SpaceliftSpace)
	roles    = graph.RelationshipTable(graph.SpaceliftUser, graph.HasRoleIn, graph.SpaceliftSpace)
	affected = graph.RelationshipTable(graph.SpaceliftRun, graph.Affected, graph.EC2Instance)
)

// publish publishes rows in a format, csv, parquet or graph, and returns the directory.
func publish(t testing.TB, format string, list rows) string {
	t.Helper()
	for table, r := range list {
		slices.SortFunc(r, table.Compare)
	}
	if format == "graph" {
		dir, _ := graphtest.Publish(t, format, func(d *dataset.Dir) { graphtest.Write(t, rowfile.NewSink(d), list) })
		return dir
	}
	dir := filepath.Join(t.TempDir(), format)
	e, err := emit.Open(t.Context(), emit.Job{Model: graph.Default}, emit.Target{Format: emit.Format(format), Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	graphtest.Write(t, e, list)
	if err := errors.Join(e.Publish(dataset.Manifest{}), e.Abandon()); err != nil {
		t.Fatal(err)
	}
	return dir
}

var formats = []string{"csv", "parquet", "graph"}

func open(t testing.TB, dir string) *published.Dir {
	t.Helper()
	d, err := published.OpenURI(t.Context(), dir, published.Options{Temp: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// document is what --json prints.
type document struct {
	Nodes, Relationships map[string]struct {
		Added, Removed, Changed int64
		Rows                    []struct {
			Change             string
			Key, Before, After map[string]any
		}
	}
}

// compare returns the JSON document with rows and the text with rows, in which both must tell whether there is a difference.
func compare(t *testing.T, a, b string) (document, string, bool) {
	t.Helper()
	var out bytes.Buffer
	differ, err := Graphs(t.Context(), open(t, a), open(t, b), &JSON{Out: &out, Rows: true})
	if err != nil {
		t.Fatal(err)
	}
	var d document
	if err := json.Unmarshal(out.Bytes(), &d); err != nil {
		t.Fatalf("%v: %s", err, out.String())
	}
	var text strings.Builder
	if again, err := Graphs(t.Context(), open(t, a), open(t, b), &Text{Out: &text, Rows: true}); err != nil || again != differ {
		t.Errorf("%v, but now %v (%v)", differ, again, err)
	}
	return d, text.String(), differ
}

// nasty are keys that break what joins or splits them, and what a program may take for no value.
var nasty = []string{" ", "a,b", `a"b`, `\`, "a\nb", "\r\n", "\x00", "a\x00b", "'", ";", "null", "→", "🚀", "\u2028", "\ufffd", strings.Repeat("x", 5000)}

func sampleRows() rows {
	list := rows{}
	for i, s := range nasty {
		list[runs] = append(list[runs], graphtest.Row(runs, s, "TRACKED", "", nil, s, i))
		for _, end := range nasty[:i] {
			for _, role := range []any{"", s, end} {
				if !slices.ContainsFunc(list[roles], func(r graph.Row) bool { return r[0].Text == s && r[1].Text == end && r[2].Text == role }) {
					list[roles] = append(list[roles], graphtest.Row(roles, s, end, role))
				}
			}
		}
		list[affected] = append(list[affected], graphtest.Row(affected, s, s, nil, nil), graphtest.Row(affected, s, s, "", ""), graphtest.Row(affected, s, s, s, s))
	}
	return list
}

// Equal rows are equal in every format, whatever stands in them; only the times differ.
func TestEqual(t *testing.T) {
	list := sampleRows()
	var dirs []string
	for _, f := range formats {
		dirs = append(dirs, publish(t, f, list))
		for _, rs := range list {
			for _, r := range rs {
				r[len(r)-1].Num++
				r[len(r)-2].Num--
			}
		}
	}
	for _, a := range dirs {
		for _, b := range dirs {
			d, text, differ := compare(t, a, b)
			if differ || text != "no difference\n" {
				t.Errorf("%s and %s: %.300s", a, b, text)
			}
			if len(d.Nodes)+len(d.Relationships) != len(graph.Tables()) {
				t.Errorf("%d labels and %d relationships are listed", len(d.Nodes), len(d.Relationships))
			}
		}
	}
}

// All rows are added to nothing, and removed from all.
func TestAllAndNothing(t *testing.T) {
	list := sampleRows()
	full, empty := publish(t, "csv", list), publish(t, "parquet", rows{})
	for _, c := range []struct{ a, b, kind string }{{empty, full, "added"}, {full, empty, "removed"}} {
		d, text, differ := compare(t, c.a, c.b)
		if !differ {
			t.Error("no difference")
		}
		for table, want := range list {
			of := d.Nodes[table.Name]
			if table.Relationship != nil {
				of = d.Relationships[table.Name]
			}
			n := map[string]int64{"added": of.Added, "removed": of.Removed, "changed": of.Changed}
			if n[c.kind] != int64(len(want)) || n["added"]+n["removed"]+n["changed"] != n[c.kind] || len(of.Rows) != len(want) {
				t.Errorf("%s: %v and %d rows, not %d %s", table.Name, n, len(of.Rows), len(want), c.kind)
			}
			for i, r := range of.Rows {
				side := r.After
				if c.kind == "removed" {
					side = r.Before
				}
				if r.Change != c.kind || r.Key[table.Columns[0].Name] != want[i][0].Text || side["lastupdated"] != float64(want[i][len(want[i])-1].Num) {
					t.Errorf("%s: row %d is %+v", table.Name, i, r)
				}
			}
		}
		if n := strings.Count(text, "\n"); n != len(nasty)*4+len(list[roles])+4 {
			t.Errorf("%d lines: %.1000s", n, text)
		}
	}
}

// Each kind of difference is listed with what differs.
func TestKinds(t *testing.T) {
	before := rows{
		spaces:   {graphtest.Row(spaces, "a", "A", nil, true), graphtest.Row(spaces, "b", "B", "x"), graphtest.Row(spaces, "c", nil), graphtest.Row(spaces, "same", "S")},
		affected: {graphtest.Row(affected, "r", "i", nil, nil, nil, nil, nil, "plain"), graphtest.Row(affected, "r", "i", "e1", "t")},
		roles:    {graphtest.Row(roles, "u", "s", "READ")},
	}
	after := rows{
		spaces:   {graphtest.Row(spaces, "a", "A2", nil, false), graphtest.Row(spaces, "c", ""), graphtest.Row(spaces, "d", "D"), graphtest.Row(spaces, "same", "S")},
		affected: {graphtest.Row(affected, "r", "i", nil, nil, nil, nil, nil, "digest"), graphtest.Row(affected, "r", "i", "e2", "t")},
		roles:    {graphtest.Row(roles, "u", "s", "ADMIN")},
	}
	for i, f := range formats {
		d, text, differ := compare(t, publish(t, f, before), publish(t, formats[(i+1)%len(formats)], after))
		if !differ {
			t.Fatal("no difference")
		}
		space := d.Nodes["SpaceliftSpace"]
		if space.Added != 1 || space.Removed != 1 || space.Changed != 2 {
			t.Errorf("spaces: %+v", space)
		}
		name := map[string]any{"name": "A", "is_root": true}
		if got := space.Rows[0]; got.Change != "changed" || !reflect.DeepEqual(got.Key, map[string]any{"id": "a"}) || !reflect.DeepEqual(got.Before, name) || !reflect.DeepEqual(got.After, map[string]any{"name": "A2", "is_root": false}) {
			t.Errorf("%+v", got)
		}
		if got := space.Rows[2]; got.Before["name"] != nil || len(got.Before) != 1 || got.After["name"] != "" {
			t.Errorf("absent and empty: %+v", got)
		}
		edge := d.Relationships["SpaceliftRun_AFFECTED_EC2Instance"]
		if edge.Added != 1 || edge.Removed != 1 || edge.Changed != 1 || edge.Rows[0].Change != "changed" {
			t.Errorf("edges: %+v", edge)
		}
		role := d.Relationships["SpaceliftUser_HAS_ROLE_IN_SpaceliftSpace"]
		if role.Added != 1 || role.Removed != 1 || role.Changed != 0 {
			t.Errorf("roles: %+v", role)
		}
		for _, line := range []string{
			`~ nodes/SpaceliftSpace "a" name="A"→"A2" is_root=true→false`,
			`- nodes/SpaceliftSpace "b" name="B" description="x"`,
			`~ nodes/SpaceliftSpace "c" name=absent→""`,
			`+ nodes/SpaceliftSpace "d" name="D"`,
			`~ relationships/SpaceliftRun_AFFECTED_EC2Instance "r" "i" resolved_by="plain"→"digest"`,
			`- relationships/SpaceliftRun_AFFECTED_EC2Instance "r" "i" event_id="e1" event_time="t"`,
			`+ relationships/SpaceliftUser_HAS_ROLE_IN_SpaceliftSpace "u" "s" role="ADMIN"`,
			"table                                                   added  removed  changed  in\n",
			"nodes/SpaceliftSpace                                    1      1        2        name 2, is_root 1\n",
		} {
			if !strings.Contains(text, line) {
				t.Errorf("%s\nlacks %s", text, line)
			}
		}
	}
}

// Without rows the document is the counts alone.
func TestJSONForm(t *testing.T) {
	var out bytes.Buffer
	a, b := publish(t, "csv", rows{}), publish(t, "csv", rows{spaces: {graphtest.Row(spaces, "a")}})
	if _, err := Graphs(t.Context(), open(t, a), open(t, b), &JSON{Out: &out}); err != nil {
		t.Fatal(err)
	}
	var d map[string]map[string]map[string]int64
	dec := json.NewDecoder(&out)
	if err := dec.Decode(&d); err != nil || dec.More() {
		t.Fatal(err)
	}
	want := map[string]int64{"added": 1, "removed": 0, "changed": 0}
	if !maps.Equal(d["nodes"]["SpaceliftSpace"], want) || len(d) != 2 || len(d["nodes"]) != 13 {
		t.Errorf("%v", d)
	}
}

// What can't be trusted ends it with an error.
func TestTrouble(t *testing.T) {
	whole := publish(t, "csv", rows{spaces: {graphtest.Row(spaces, "a"), graphtest.Row(spaces, "b")}})
	for _, f := range formats {
		dir := publish(t, f, rows{spaces: {graphtest.Row(spaces, "a"), graphtest.Row(spaces, "b")}})
		part := filepath.Join(dir, open(t, dir).Parts(spaces)[0].Path)
		content, err := os.ReadFile(part)
		if err != nil {
			t.Fatal(err)
		}
		flipped := slices.Clone(content)
		flipped[len(flipped)/2] ^= 1
		for want, b := range map[string][]byte{" bytes, but the manifest says": content[:len(content)-1], "isn't as it was written": flipped, "can't be read": nil} {
			if b == nil {
				os.Remove(part)
			} else if err := os.WriteFile(part, b, 0o600); err != nil {
				t.Fatal(err)
			}
			for _, pair := range [][2]string{{whole, dir}, {dir, whole}} {
				_, err := Graphs(t.Context(), open(t, pair[0]), open(t, pair[1]), &Text{Out: new(strings.Builder)})
				if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "SpaceliftSpace/part-00000") {
					t.Errorf("%s: %v, not %q", f, err, want)
				}
			}
		}
	}
	unsorted, _ := graphtest.Publish(t, "graph", func(d *dataset.Dir) {
		graphtest.Write(t, rowfile.NewSink(d), rows{spaces: {graphtest.Row(spaces, "b"), graphtest.Row(spaces, "a")}})
	})
	_, err := Graphs(t.Context(), open(t, whole), open(t, unsorted), &Text{Out: new(strings.Builder)})
	if err == nil || !strings.Contains(err.Error(), `nodes/SpaceliftSpace row 2: SpaceliftSpace "a" is out of order`) {
		t.Errorf("out of order: %v", err)
	}
}

// The whole of a graph isn't kept in memory, but printed as it is found.
func TestStreams(t *testing.T) {
	list := rows{}
	for i := range 10_000 {
		list[spaces] = append(list[spaces], graphtest.Row(spaces, fmt.Sprintf("%05d", i)))
	}
	w := &stopper{after: 3}
	_, err := Graphs(t.Context(), open(t, publish(t, "csv", rows{})), open(t, publish(t, "csv", list)), w)
	if !errors.Is(err, errEnough) || w.seen != 3 {
		t.Errorf("%d rows, %v", w.seen, err)
	}
}

var errEnough = errors.New("enough")

type stopper struct {
	Text
	seen, after int
}

func (s *stopper) Change(*Change) error {
	if s.seen++; s.seen == s.after {
		return errEnough
	}
	return nil
}

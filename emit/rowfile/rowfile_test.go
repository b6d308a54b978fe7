package rowfile

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
	"go.uber.org/goleak"

	"liftgraph/graph"
	"liftgraph/graph/graphtest"
	"liftgraph/internal/dataset"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// kept is a sink that keeps everything.
type kept map[string][]graph.Row

type keptTable struct {
	k    kept
	name string
}

func (k kept) Table(t *graph.Table) (graph.TableWriter, error) {
	k[t.Name] = nil
	return keptTable{k, t.Name}, nil
}

func (t keptTable) Write(row graph.Row) error {
	t.k[t.name] = append(t.k[t.name], graphtest.Clone(row))
	return nil
}

func (t keptTable) Close() error { return nil }

var spaces = graph.NodeTable(graph.SpaceliftSpace)

func space(id string, description, root any) graph.Row {
	return graphtest.ExtremeRow(spaces, id, "", description, root)
}

func write(t *testing.T, rows map[*graph.Table][]graph.Row) (string, *dataset.Manifest) {
	t.Helper()
	return graphtest.Publish(t, "graph", func(d *dataset.Dir) { graphtest.Write(t, NewSink(d), rows) })
}

func TestRoundTrip(t *testing.T) {
	want := []graph.Row{
		space("a", nil, nil),
		space("b", "", false),
		space("c", "a \"quote\", a \\ and \r\n\t\b\x00\x1f \u2028 <é😀>", true),
		space("d", strings.Repeat("long\n", bufferSize), nil),
	}
	dir, m := write(t, map[*graph.Table][]graph.Row{spaces: want, graph.NodeTable(graph.GitHubUser): nil})
	got := kept{}
	if err := Read(dir, m, got); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, kept{"SpaceliftSpace": want, "GitHubUser": nil}) {
		t.Errorf("other rows came back: %.300v", got)
	}
}

func TestPartsRoll(t *testing.T) {
	defer func(usual int) { rowsPerPart = usual }(rowsPerPart)
	rowsPerPart = 10_000
	rows := make([]graph.Row, rowsPerPart+1)
	for i := range rows {
		rows[i] = graph.Row{graph.Text(fmt.Sprintf("u%07d", i)), graph.Num(1), graph.Num(1)}
	}
	dir, m := write(t, map[*graph.Table][]graph.Row{graph.NodeTable(graph.GitHubUser): rows})
	if len(m.Files) != 2 || m.Files[0].Rows != int64(rowsPerPart) || m.Files[1].Rows != 1 {
		t.Errorf("files %+v", m.Files)
	}
	got := kept{}
	if err := Read(dir, m, got); err != nil || len(got["GitHubUser"]) != len(rows) {
		t.Errorf("%d rows came back, %v", len(got["GitHubUser"]), err)
	}
}

func TestRefused(t *testing.T) {
	good := `["a","",null,true,null,null,null,1,2]`
	for line, want := range map[string]string{
		`["a"]`: "line 2: 1 columns, not 9",
		`["a","",null,true,null,null,null,1,2,3]`: "more than 9 columns",
		`["a",5,null,true,null,null,null,1,2]`:    `name is "5,null`,
		`["a","",null,"x",null,null,null,1,2]`:    `is_root is "\"x\"", not a boolean`,
		`["a","",null,true,null,null,null,1.5,2]`: `firstseen is "1.5", not a integer`,
		`{"id":"a"}`: "it isn't an array",
		`["a`:        "a string has no end",
		"[\"a\xff\"": "isn't UTF-8",
		"[\"a\x01\"": "control character 0x1",
		`["\q"`:      "invalid character",
		``:           "it isn't an array",
	} {
		dir, m := write(t, map[*graph.Table][]graph.Row{spaces: nil})
		z, _ := zstd.NewWriter(nil)
		b := z.EncodeAll([]byte(good+"\n"+line+"\n"), nil)
		if err := os.WriteFile(filepath.Join(dir, m.Files[0].Path), b, 0o600); err != nil {
			t.Fatal(err)
		}
		m.Files[0].Rows = 2
		err := Read(dir, m, kept{})
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "nodes/SpaceliftSpace/part-00000.ndjson.zst line 2") {
			t.Errorf("%s: %v, not %s", line, err, want)
		}
	}
}

func TestDamage(t *testing.T) {
	dir, m := write(t, map[*graph.Table][]graph.Row{spaces: {space("a", nil, nil)}})
	name := filepath.Join(dir, m.Files[0].Path)
	whole, _ := os.ReadFile(name)
	flipped := append([]byte{}, whole...)
	flipped[len(flipped)/2] ^= 1
	for what, b := range map[string][]byte{"cut": whole[:len(whole)-5], "flipped": flipped} {
		if err := os.WriteFile(name, b, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := Read(dir, m, kept{}); err == nil {
			t.Errorf("a %s file was read as if it were whole", what)
		}
	}
	os.WriteFile(name, whole, 0o600)
	m.Files[0].Rows = 5
	if err := Read(dir, m, kept{}); err == nil || !strings.Contains(err.Error(), "1 rows, but the manifest says 5") {
		t.Errorf("rows: %v", err)
	}
	m.Stage = "csv"
	if err := Read(dir, m, kept{}); err == nil || !strings.Contains(err.Error(), dir+` is of the stage "csv", but it must be of the stage "graph"`) {
		t.Errorf("stage: %v", err)
	}
	m.Stage = "graph"
	m.Files[0].Path = "nodes/Yeti/part-00000.ndjson.zst"
	if err := Read(dir, m, kept{}); err == nil || !strings.Contains(err.Error(), "no such table") {
		t.Errorf("table: %v", err)
	}
}

// The fast writer says what encoding/json says, and the fast reader reads it and what encoding/json writes.
func FuzzJSON(f *testing.F) {
	for _, s := range []string{"", "a\"b\\", "\x00\x1f\x7f\r\n\t", "é😀\u2028", "\xff\xc3(", "</script>&"} {
		f.Add(s, int64(5), true, false)
	}
	columns := []graph.Property{{Name: "s"}, {Name: "n", Type: graph.Int}, {Name: "b", Type: graph.Bool}, {Name: "t"}}
	f.Fuzz(func(t *testing.T, s string, n int64, b, absent bool) {
		row := graph.Row{graph.Text(s), graph.Num(n), graph.Truth(b), graph.Text(s)}
		if absent {
			row[3] = graph.Value{}
		}
		line := appendRow(nil, row, columns)
		var slow [4]any
		d := json.NewDecoder(strings.NewReader(string(line)))
		d.UseNumber()
		if err := d.Decode(&slow); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		want := [4]any{string([]rune(s)), json.Number(fmt.Sprint(n)), b, string([]rune(s))}
		if absent {
			want[3] = nil
		}
		if slow != want {
			t.Fatalf("encoding/json reads %v, not %v", slow, want)
		}
		theirs, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		row[0].Text = string([]rune(s))
		if !absent {
			row[3].Text = row[0].Text
		}
		for _, l := range [][]byte{line[:len(line)-1], theirs} {
			got := make(graph.Row, 4)
			if err := decodeRow(got, l, columns); err != nil || !reflect.DeepEqual(got, row) {
				t.Fatalf("%q returns %v, %v", l, got, err)
			}
		}
	})
}

// Whatever a line holds, reading it doesn't panic, and what it takes encoding/json takes too.
func FuzzLine(f *testing.F) {
	f.Add([]byte(`["a",5,true,null]`))
	f.Add([]byte(`["\u0000\ud800",-5,false,"\`))
	columns := []graph.Property{{Name: "s"}, {Name: "n", Type: graph.Int}, {Name: "b", Type: graph.Bool}, {Name: "t"}}
	f.Fuzz(func(t *testing.T, line []byte) {
		if decodeRow(make(graph.Row, 4), append([]byte{}, line...), columns) == nil {
			if !json.Valid(line) {
				t.Errorf("%q was taken", line)
			}
		}
	})
}

func BenchmarkWrite(b *testing.B) {
	d, err := dataset.Create(filepath.Join(b.TempDir(), "graph"))
	if err != nil {
		b.Fatal(err)
	}
	w, err := NewSink(d).Table(spaces)
	if err != nil {
		b.Fatal(err)
	}
	row := space("space-01HPS6XB76J1JB0000000", "what it is for\nand who asked", true)
	for b.Loop() {
		if err := w.Write(row); err != nil {
			b.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

func BenchmarkDecode(b *testing.B) {
	row := space("space-01HPS6XB76J1JB0000000", "what it is for\nand who asked", true)
	line := appendRow(nil, row, spaces.Columns)
	own := make([]byte, len(line))
	for b.Loop() {
		copy(own, line)
		if err := decodeRow(row, own[:len(own)-1], spaces.Columns); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

package csvfile

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"
	"go.uber.org/goleak"

	"liftgraph/emit/index"
	"liftgraph/emit/index/blockgzip"
	"liftgraph/graph"
	"liftgraph/graph/graphtest"
	"liftgraph/internal/dataset"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	spaces = graph.NodeTable(graph.SpaceliftSpace)
	roles  = graph.RelationshipTable(graph.SpaceliftUser, graph.HasRoleIn, graph.SpaceliftSpace)
	usual  = New(nil).Limits
)

func space(id string, name, description, root any) graph.Row {
	return graphtest.Row(spaces, id, name, description, root)
}

// write writes the rows of tables in an own directory.
func write(t testing.TB, l Limits, rows map[*graph.Table][]graph.Row) (string, *dataset.Manifest) {
	t.Helper()
	return graphtest.Publish(t, "csv", func(d *dataset.Dir) {
		s := New(d)
		s.Limits = l
		graphtest.Write(t, s, rows)
		if err := d.WriteFile("args", s.Args()); err != nil {
			t.Fatal(err)
		}
	})
}

func read(t testing.TB, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasSuffix(name, ".gz") {
		return string(b)
	}
	z, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestFiles(t *testing.T) {
	dir, _ := write(t, usual, map[*graph.Table][]graph.Row{
		graph.NodeTable(graph.GitHubUser): nil,
		spaces: {
			space("root", "root", nil, true),
			space("web-01", "web, \"prod\"", "", false),
		},
		roles: {{graph.Text("mona@example.com"), graph.Text("root"), graph.Text("READ"), {}, graph.Num(-5), graph.Num(6)}},
	})
	for name, want := range map[string]string{
		"nodes/SpaceliftSpace/header.csv":                                          "id:ID(SpaceliftSpace),name:string,description:string,is_root:boolean,spacelift_account_id:string,parent_spacelift_account_id:string,parent_space_id:string,firstseen:long,lastupdated:long,:LABEL\n",
		"nodes/SpaceliftSpace/part-00000.csv.gz":                                   "root,root,,true,,,,1700000000000,1700000000,SpaceliftSpace\nweb-01,\"web, \"\"prod\"\"\",\"\",false,,,,1700000000000,1700000000,SpaceliftSpace\n",
		"relationships/SpaceliftUser_HAS_ROLE_IN_SpaceliftSpace/header.csv":        ":START_ID(SpaceliftUser),:END_ID(SpaceliftSpace),role:string,via:string,firstseen:long,lastupdated:long,:TYPE\n",
		"relationships/SpaceliftUser_HAS_ROLE_IN_SpaceliftSpace/part-00000.csv.gz": "mona@example.com,root,READ,,-5,6,HAS_ROLE_IN\n",
		"nodes/GitHubUser/header.csv":                                              "username:ID(GitHubUser),firstseen:long,lastupdated:long,:LABEL\n",
		"nodes/GitHubUser/part-00000.csv.gz":                                       "",
	} {
		if got := read(t, filepath.Join(dir, name)); got != want {
			t.Errorf("%s:\n%s\nnot\n%s", name, got, want)
		}
	}
}

func TestArgs(t *testing.T) {
	lines := func(dir string) []string {
		return strings.Split(strings.TrimSpace(read(t, filepath.Join(dir, "args"))), "\n")
	}
	dir, _ := write(t, Limits{PartRows: 1, PartText: 1 << 20, BlockText: 1 << 20}, map[*graph.Table][]graph.Row{
		spaces: {space("a", "n", nil, nil), space("b", "n", nil, nil)},
	})
	list := lines(dir)
	if got, want := list[len(list)-1], "--nodes=./nodes/SpaceliftSpace/header.csv,./nodes/SpaceliftSpace/part-00000.csv.gz,./nodes/SpaceliftSpace/part-00001.csv.gz"; got != want {
		t.Errorf("%s\nnot\n%s", got, want)
	}
	text := strings.Join(list, "\n")
	for _, no := range []string{"--multiline-fields", "--read-buffer-size", "--relationships"} {
		if strings.Contains(text, no) {
			t.Errorf("%s in\n%s", no, text)
		}
	}
	if !strings.Contains(text, "--bad-tolerance=0\n") {
		t.Error(text)
	}
	for _, s := range []string{"a\nb", "a\rb"} {
		dir, _ = write(t, usual, map[*graph.Table][]graph.Row{spaces: {space("a", s, nil, nil)}})
		if text := strings.Join(lines(dir), "\n"); !strings.Contains(text, "--multiline-fields-format=v1\n--multiline-fields=true\n") {
			t.Errorf("a line break, but\n%s", text)
		}
	}
	dir, _ = write(t, usual, map[*graph.Table][]graph.Row{spaces: {space("a", strings.Repeat("x", 5<<20), nil, nil)}})
	if text := strings.Join(lines(dir), "\n"); !strings.Contains(text, "--read-buffer-size=8388608") {
		t.Errorf("a long field, but\n%s", text)
	}
}

func TestPartsRoll(t *testing.T) {
	var list []graph.Row
	for i := range 10 {
		list = append(list, space(fmt.Sprint(i), strings.Repeat("x", 100), nil, nil))
	}
	for l, want := range map[Limits][]int64{
		{PartRows: 4, PartText: 1 << 20}:  {4, 4, 2},
		{PartRows: 100, PartText: 300}:    {3, 3, 3, 1}, // a part ends with the row that reaches the limit
		{PartRows: 10, PartText: 1 << 20}: {10},
	} {
		dir, m := write(t, l, map[*graph.Table][]graph.Row{spaces: list})
		var got []int64
		var text string
		for _, f := range m.Files {
			if strings.HasPrefix(f.Path, "nodes/SpaceliftSpace/part-") {
				got = append(got, f.Rows)
				text += read(t, filepath.Join(dir, f.Path))
			}
		}
		if fmt.Sprint(got) != fmt.Sprint(want) || strings.Count(text, "\n") != 10 {
			t.Errorf("%+v: parts of %v rows, not %v", l, got, want)
		}
	}
}

func TestSameRowsSameBytes(t *testing.T) {
	var list []graph.Row
	for i := range 20_000 {
		list = append(list, space(fmt.Sprintf("%06d", i), strings.Repeat("x", i%100), nil, nil))
	}
	_, a := write(t, usual, map[*graph.Table][]graph.Row{spaces: list})
	_, b := write(t, usual, map[*graph.Table][]graph.Row{spaces: list})
	for i := range a.Files {
		if a.Files[i] != b.Files[i] {
			t.Errorf("%+v, then %+v", a.Files[i], b.Files[i])
		}
	}
}

// Each block can be read by itself and begins with a row; the index says where it lies.
func TestBlocks(t *testing.T) {
	var list []graph.Row
	for i := range 1000 {
		list = append(list, space(fmt.Sprintf("%04d", i), strings.Repeat("x", i%100)+"\n", nil, nil))
	}
	dir, m := write(t, Limits{PartRows: 600, PartText: 1 << 20, BlockText: 4 << 10}, map[*graph.Table][]graph.Row{spaces: list})
	var got []string
	for _, f := range m.Files {
		if !strings.HasPrefix(f.Path, "nodes/SpaceliftSpace/part-") {
			continue
		}
		part, x := read(t, filepath.Join(dir, f.Path)), indexOf(t, dir, f)
		packed, err := os.Open(filepath.Join(dir, f.Path))
		if err != nil {
			t.Fatal(err)
		}
		defer packed.Close()
		whole := ""
		var blocks blockgzip.Reader
		for _, b := range x.Blocks {
			r, err := blocks.Block(packed, b.Byte, b.Stored)
			if err != nil {
				t.Fatal(err)
			}
			text, err := io.ReadAll(r)
			if err != nil || !strings.HasPrefix(string(text), b.First+",") || len(text) > 5<<10 {
				t.Fatalf("a block of %d bytes begins with %.20q, not %s (%v)", len(text), text, b.First, err)
			}
			whole += string(text)
		}
		if whole != part {
			t.Errorf("the blocks of %s aren't all of it", f.Path)
		}
		got = append(got, fmt.Sprint(len(x.Blocks) > 5, x.Fits(f.Rows, f.Bytes)))
	}
	if fmt.Sprint(got) != "[true <nil> true <nil>]" {
		t.Error(got)
	}
}

// indexOf reads a part's index.
func indexOf(t testing.TB, dir string, part dataset.File) *index.Index {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, index.Path(part.Path)))
	if err != nil {
		t.Fatal(err)
	}
	x, err := index.Read(bytes.NewReader(b), int64(len(b)), spaces)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// What the writer writes the strict reader reads, exactly.
func FuzzRoundTrip(f *testing.F) {
	for _, s := range []string{"", "a", "a\"b", `a\"b\`, "a,b;c", "\r\n", " a ", "=1+1", "é😀", "\x00", "\ufeffbom", "'"} {
		f.Add(s, s, int64(-1), true, false)
	}
	f.Fuzz(func(t *testing.T, id, name string, n int64, root, absent bool) {
		id, name = string([]rune(id)), string([]rune(name))
		row := space(id, name, name+id, root)
		row[7] = graph.Num(n)
		if absent {
			row[2], row[3] = graph.Value{}, graph.Value{}
		}
		line, multiline := appendRow(nil, row, spaces.Columns, "L")
		if multiline != strings.ContainsAny(id+name, "\r\n") {
			t.Errorf("multiline %v", multiline)
		}
		fields, err := NewReader(bytes.NewReader(line), len(row)+1).Next()
		if err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		for i, v := range row {
			text, f := v.Text, fields[i]
			switch {
			case spaces.Columns[i].Type == graph.Bool && v.Present:
				text = fmt.Sprint(v.Num == 1)
			case spaces.Columns[i].Type == graph.Int && v.Present:
				text = fmt.Sprint(v.Num)
			}
			if string(f.Text) != text || v.Present != (f.Quoted || len(f.Text) > 0) {
				t.Errorf("%s: %+v came back as %+v", spaces.Columns[i].Name, v, f)
			}
		}
	})
}

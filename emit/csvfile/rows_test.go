package csvfile

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"

	"liftgraph/graph"
	"liftgraph/internal/dataset"
)

func readPart(t *testing.T, text string, rows int64) (string, error) {
	t.Helper()
	dir := t.TempDir()
	f, err := os.Create(filepath.Join(dir, "part-00000.csv.gz"))
	if err != nil {
		t.Fatal(err)
	}
	z := gzip.NewWriter(f)
	z.Write([]byte(text))
	z.Close()
	f.Close()
	var got strings.Builder
	err = ReadPart(dir, graph.NodeTable(graph.SpaceliftSpace), dataset.File{Path: "part-00000.csv.gz", Rows: rows}, func(row graph.Row) error {
		for _, v := range row {
			fmt.Fprintf(&got, "%v %q %d|", v.Present, v.Text, v.Num)
		}
		return nil
	})
	return got.String(), err
}

func TestReadPart(t *testing.T) {
	got, err := readPart(t, "a,\"\",,true,,,,-9223372036854775808,2,SpaceliftSpace\n", 1)
	want := `true "a" 0|true "" 0|false "" 0|true "" 1|false "" 0|false "" 0|false "" 0|true "" -9223372036854775808|true "" 2|`
	if err != nil || got != want {
		t.Errorf("%s\nnot\n%s (%v)", got, want, err)
	}
}

func TestReadPartRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"a,,,yes,,,,1,2,SpaceliftSpace\n":                        `row 1: is_root is "yes", not a boolean`,
		"a,,,,,,,x,2,SpaceliftSpace\n":                           `firstseen is "x", not a 64-bit integer`,
		"a,,,,,,,9223372036854775808,2,SpaceliftSpace\n":         `not a 64-bit integer`,
		"a,,,,,,,\"1\",2,SpaceliftSpace\n":                       `firstseen is quoted`,
		"a,,,,,,,1,2,SpaceliftStack\n":                           `it ends in "SpaceliftStack", not in SpaceliftSpace`,
		"a,,,,,,,1,2,SpaceliftSpace\na,,,,,,,1,SpaceliftSpace\n": `row 2: 9 columns, not 10`,
		"": "0 rows, but the manifest says 1",
	} {
		if _, err := readPart(t, text, 1); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "part-00000.csv.gz") {
			t.Errorf("%q: %v, not %s", text, err, want)
		}
	}
}

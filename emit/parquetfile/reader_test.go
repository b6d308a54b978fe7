package parquetfile

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"

	"liftgraph/graph"
	"liftgraph/internal/dataset"
)

var users = graph.NodeTable(graph.GitHubUser)

// write writes n rows of users by the given schema and returns the directory and the file.
func writeParts(t testing.TB, schema *parquet.Schema, n int, options ...parquet.WriterOption) (string, dataset.File) {
	t.Helper()
	dir := t.TempDir()
	f, err := os.Create(filepath.Join(dir, "part-00000.parquet"))
	if err != nil {
		t.Fatal(err)
	}
	w := parquet.NewGenericWriter[any](f, append(options, schema)...)
	for i := range n {
		row := parquet.Row{parquet.ByteArrayValue(fmt.Appendf(nil, "user%03d", i)), parquet.Int64Value(1).Level(0, 1, 1), parquet.Int64Value(2).Level(0, 1, 2)}
		if _, err := w.WriteRows([]parquet.Row{row}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return dir, dataset.File{Path: "part-00000.parquet", Rows: int64(n), Bytes: info.Size()}
}

func drop(graph.Row) error { return nil }

func TestReadPart(t *testing.T) {
	dir, file := writeParts(t, Schema(users), 600)
	n := 0
	err := ReadPart(dir, users, file, func(row graph.Row) error {
		if want := fmt.Sprintf("user%03d", n); row[0].Text != want || row[1].Num != 1 || row[2].Num != 2 {
			t.Errorf("row %d is %v", n, row)
		}
		n++
		return nil
	})
	if err != nil || n != 600 {
		t.Errorf("%d rows, %v", n, err)
	}
}

func TestRefused(t *testing.T) {
	number, text := parquet.Optional(parquet.Int(64)), parquet.Required(parquet.String())
	for want, schema := range map[string]*parquet.Schema{
		"column 1 is a, not username": parquet.NewSchema("x", parquet.Group{"a": text, "b": number, "c": number}),
		"2 columns, not 3":            parquet.NewSchema("x", parquet.Group{"username": text, "z": number}),
	} {
		dir, file := writeParts(t, schema, 0)
		if err := ReadPart(dir, users, file, drop); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, not %s", err, want)
		}
	}
	dir, file := writeParts(t, Schema(users), 5)
	file.Rows = 6
	if err := ReadPart(dir, users, file, drop); err == nil || !strings.Contains(err.Error(), "5 rows, but the manifest says 6") {
		t.Errorf("count: %v", err)
	}
	dir, file = writeParts(t, Schema(users), 5, parquet.SkipPageBounds("username"))
	if err := ReadPart(dir, users, file, drop); err == nil || !strings.Contains(err.Error(), `username is between "user000" and "user004", but the bounds say "" and ""`) {
		t.Errorf("bounds: %v", err)
	}
}

// A damaged file is an error, or reads as before, but never a panic.
func TestDamaged(t *testing.T) {
	dir, file := writeParts(t, Schema(users), 50)
	name := filepath.Join(dir, file.Path)
	whole, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for i := range whole {
		b := append([]byte{}, whole...)
		b[i] ^= 0x55
		if err := os.WriteFile(name, b, 0o600); err != nil {
			t.Fatal(err)
		}
		if ReadPart(dir, users, file, drop) != nil {
			found++
		}
	}
	if found < len(whole)/4 {
		t.Errorf("%d of %d flips were noticed", found, len(whole))
	}
}

// Whatever a file holds, reading it doesn't panic.
func FuzzReadPart(f *testing.F) {
	dir, file := writeParts(f, Schema(users), 5)
	whole, err := os.ReadFile(filepath.Join(dir, file.Path))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(whole)
	f.Add(whole[:len(whole)/2])
	f.Add([]byte("PAR1PAR1"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if err := os.WriteFile(filepath.Join(dir, file.Path), b, 0o600); err != nil {
			t.Fatal(err)
		}
		_ = ReadPart(dir, users, dataset.File{Path: file.Path, Rows: 5, Bytes: int64(len(b))}, drop)
	})
}

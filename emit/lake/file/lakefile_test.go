package file

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"
	"go.uber.org/goleak"

	"liftgraph/emit/lake"
	"liftgraph/emit/parquetfile"
	"liftgraph/graph"
	"liftgraph/graph/graphtest"
	"liftgraph/internal/dataset"
	"liftgraph/internal/objects"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	users    = graph.NodeTable(graph.GitHubUser)
	affected = graph.RelationshipTable(graph.SpaceliftRun, graph.Affected, graph.EC2Instance)
)

// write publishes the rows and returns the directory and the manifest.
func write(t *testing.T, limits *parquetfile.Limits, all map[*graph.Table][]graph.Row) (string, *dataset.Manifest) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "lake")
	p, err := lake.Begin(t.Context(), dir, lake.Config{UpdateTag: 1700000000})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = p.Abandon(t.Context()) }()
	s := New(t.Context(), p, t.TempDir())
	if limits != nil {
		s.Limits = *limits
	}
	graphtest.Write(t, s, all)
	if err := p.Seal(t.Context(), new(dataset.Manifest)); err != nil {
		t.Fatal(err)
	}
	if err := p.Swap(t.Context()); err != nil {
		t.Fatal(err)
	}
	snapshot, err := lake.Open(t.Context(), dir, "", objects.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return dir, snapshot.Manifest
}

// rowsOf reads a file back.
func rowsOf(t *testing.T, dir string, table *graph.Table, f dataset.File) (rows []graph.Row) {
	t.Helper()
	file, err := os.Open(filepath.Join(dir, f.Path))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if err := parquetfile.ReadLakeFile(file, table, f, func(r graph.Row) error {
		rows = append(rows, graphtest.Clone(r))
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return rows
}

// rowFiles are those that aren't indexes.
func rowFiles(m *dataset.Manifest) (files []dataset.File) {
	for _, f := range m.Files {
		if _, is := lake.ParseIndex(f.Path); !is {
			files = append(files, f)
		}
	}
	return files
}

// A file ends at its size, and not before: one that isn't large is one.
func TestParts(t *testing.T) {
	var want []graph.Row
	for i := range 10_000 {
		want = append(want, graphtest.Row(users, fmt.Sprintf("user%08d", i)))
	}
	for parts, limits := range map[int]*parquetfile.Limits{
		1:  nil,
		10: {BlockRows: 100, GroupRows: 1000, GroupBytes: 1 << 20, PartRows: 1 << 20, PartBytes: 100},
	} {
		dir, m := write(t, limits, map[*graph.Table][]graph.Row{users: want})
		files := rowFiles(m)
		if len(files) != parts || len(m.Files) != parts+1 {
			t.Errorf("%d files, %d of rows, not %d", len(m.Files), len(files), parts)
		}
		var got []graph.Row
		for i, f := range files {
			if p, ok := lake.ParsePart(f.Path); !ok || p.Number != i || p.Table != users.Folder() || p.Snapshot != "2023-11-14" || p.Event != "" {
				t.Errorf("%s is %+v", f.Path, p)
			}
			got = append(got, rowsOf(t, dir, users, f)...)
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%d rows came back, or others", len(got))
		}
	}
}

// Each date has its folder, whose rows are in the order of their keys; what has no date lies apart.
func TestDates(t *testing.T) {
	const column = 3 // event_time
	var rows []graph.Row
	times := []any{"2026-11-13T23:59:59Z", "2026-11-14T01:00:00+02:00", "2026-11-12T00:00:00.5Z", "never", "", "2026-11-12T00:00:00Z"}
	for i := range 600 {
		rows = append(rows, graphtest.Row(affected, "run", fmt.Sprintf("i-%04d", i), fmt.Sprint("e", i), times[i%len(times)]))
	}
	rows = append(rows, graphtest.Row(affected, "run", "i-9999")) // that no event named
	dir, m := write(t, nil, map[*graph.Table][]graph.Row{affected: rows})
	want := map[string]int{"1970-01-01": 201, "2026-11-12": 200, "2026-11-13": 200}
	for _, f := range rowFiles(m) {
		p, _ := lake.ParsePart(f.Path)
		got := rowsOf(t, dir, affected, f)
		if len(got) != want[p.Event] || int64(len(got)) != f.Rows {
			t.Errorf("%s has %d rows", f.Path, len(got))
		}
		delete(want, p.Event)
		for i, r := range got {
			if d := lake.EventDate(affected, r); d != p.Event {
				t.Errorf("%s holds %q of %s", f.Path, r[column].Text, d)
			}
			if i > 0 && affected.Compare(got[i-1], r) >= 0 {
				t.Errorf("%s isn't sorted", f.Path)
			}
		}
	}
	if len(want) > 0 {
		t.Errorf("missing: %v", want)
	}
}

// Tables without rows have a file, by which engines know their columns.
func TestWithoutRows(t *testing.T) {
	dir, m := write(t, nil, map[*graph.Table][]graph.Row{users: nil, affected: nil})
	if len(m.Files) != 2 || m.Files[1].Rows != 0 || !strings.Contains(m.Files[1].Path, "/event_date=1970-01-01/") {
		t.Fatalf("%+v", m.Files)
	}
	b, err := os.Open(filepath.Join(dir, m.Files[1].Path))
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	f, err := parquet.OpenFile(b, m.Files[1].Bytes)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range f.Schema().Fields() {
		got = append(got, c.Name()+" "+c.Type().String())
	}
	want := []string{
		"start_id STRING", "end_id STRING", "event_id STRING", "event_time STRING", "event_time_ts TIMESTAMP(isAdjustedToUTC=true,unit=MICROS)",
		"firstseen INT(64,true)", "firstseen_ts TIMESTAMP(isAdjustedToUTC=true,unit=MICROS)", "lastupdated INT(64,true)", "lastupdated_ts TIMESTAMP(isAdjustedToUTC=true,unit=MICROS)",
	}
	if got = append(got[:5], got[len(got)-4:]...); !reflect.DeepEqual(got, want) {
		t.Errorf("columns\n%q, not\n%q", got, want)
	}
}

// A table that is dropped because the job was interrupted isn't sorted and written.
func TestInterrupted(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "lake")
	ctx, cancel := context.WithCancel(t.Context())
	p, err := lake.Begin(ctx, dir, lake.Config{UpdateTag: 1})
	if err != nil {
		t.Fatal(err)
	}
	w, err := New(ctx, p, t.TempDir()).Table(affected)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Write(graphtest.Row(affected, "run", "i")); err != nil {
		t.Fatal(err)
	}
	cancel()
	if err := w.Close(); !errors.Is(err, context.Canceled) {
		t.Errorf("closed: %v", err)
	}
	if err := p.Abandon(ctx); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a trace is left: %v", err)
	}
}

func TestWrongRows(t *testing.T) {
	p, err := lake.Begin(t.Context(), t.TempDir(), lake.Config{UpdateTag: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = p.Abandon(t.Context()) }()
	for _, table := range []*graph.Table{users, affected} {
		w, err := New(t.Context(), p, t.TempDir()).Table(table)
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Write(graph.Row{}); err == nil || !strings.Contains(err.Error(), "a row of 0 columns") {
			t.Errorf("%v", err)
		}
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	}
}

package emit_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"liftgraph/emit"
	"liftgraph/emit/csvfile"
	"liftgraph/emit/parquetfile"
	"liftgraph/graph"
	"liftgraph/graph/browser"
	"liftgraph/graph/graphtest"
	"liftgraph/internal/dataset"
	"liftgraph/query/verify"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var gitHubUsers = graph.NodeTable(graph.GitHubUser)

func user(name string) graph.Row { return graphtest.Row(gitHubUsers, name) }

func open(t testing.TB, data string) *emit.Emitter {
	t.Helper()
	e, err := emit.Open(t.Context(), emit.Job{Model: graph.Default}, emit.Target{Format: emit.CSV, Dir: filepath.Join(data, "csv")}, emit.Target{Format: emit.Parquet, Dir: filepath.Join(data, "parquet")})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// visible names what is in a directory, but for the locks.
func visible(t *testing.T, dir string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".lock") {
			names = append(names, e.Name())
		}
	}
	return names
}

func writeUsers(t testing.TB, e *emit.Emitter, names ...string) error {
	t.Helper()
	w, err := e.Table(gitHubUsers)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range names {
		if err := w.Write(user(n)); err != nil {
			return err
		}
	}
	return w.Close()
}

func TestPublish(t *testing.T) {
	data := t.TempDir()
	var first []string
	for range 2 {
		e := open(t, data)
		if err := writeUsers(t, e, "hubot", "mona"); err != nil {
			t.Fatal(err)
		}
		earlier := dataset.NewLedger("transform", "spacelift", "records")
		if err := e.Publish(dataset.Manifest{UpdateTag: 7, Ledger: []dataset.Ledger{earlier}}); err != nil {
			t.Fatal(err)
		}
		if err := e.Abandon(); err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, f := range emit.Formats() {
			dir := filepath.Join(data, string(f))
			r, err := verify.Dir(context.Background(), dir, t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			m, err := dataset.ReadManifest(dir)
			if err != nil {
				t.Fatal(err)
			}
			if m.Stage != string(f) || m.UpdateTag != 7 || r.Nodes != 2 || len(m.Ledger) != 2 || m.Ledger[1].Out != 2 {
				t.Errorf("%s: %+v, %+v", f, r, m.Ledger)
			}
			want := 2*len(graph.Tables()) + 3 + len(browser.Files(graph.Default)) // a header and a part each, two helpers, one index, what Neo4j Browser takes
			if f == emit.CSV {
				want++ // what loads it
			}
			if len(m.Files) != want {
				t.Errorf("%s: %d files, not %d", f, len(m.Files), want)
			}
			constraints, err := os.ReadFile(filepath.Join(dir, emit.ConstraintsName))
			if err != nil || string(constraints) != graph.Default.Constraints() {
				t.Errorf("constraints: %q, %v", constraints, err)
			}
			got = append(got, fmt.Sprint(m.Files))
		}
		if first == nil {
			first = got
		}
		if fmt.Sprint(got) != fmt.Sprint(first) {
			t.Error("the same rows gave other files")
		}
	}
	if got := visible(t, data); fmt.Sprint(got) != "[csv parquet]" {
		t.Errorf("left behind: %v", got)
	}
}

// Whatever goes wrong, nothing is published and the old directories stay.
func TestNothingAfterAnError(t *testing.T) {
	data := t.TempDir()
	e := open(t, data)
	if err := errors.Join(e.Publish(dataset.Manifest{UpdateTag: 1}), e.Abandon()); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		write func(e *emit.Emitter) error
		want  string
	}{
		"order": {func(e *emit.Emitter) error { return writeUsers(t, e, "mona", "hubot") }, `nodes/GitHubUser row 2: GitHubUser "hubot" is out of order`},
		"twice": {func(e *emit.Emitter) error { return writeUsers(t, e, "mona", "mona") }, "is there twice"},
		"no id": {func(e *emit.Emitter) error { return writeUsers(t, e, "") }, "username is empty or absent"},
		"open table": {func(e *emit.Emitter) error {
			w, err := e.Table(gitHubUsers)
			if err != nil {
				return err
			}
			return w.Write(user("mona"))
		}, "still open"},
		"table begun twice": {func(e *emit.Emitter) error {
			if err := writeUsers(t, e); err != nil {
				return err
			}
			_, err := e.Table(gitHubUsers)
			return err
		}, "file exists"},
	} {
		e := open(t, data)
		err := c.write(e)
		if published := e.Publish(dataset.Manifest{UpdateTag: 2}); published == nil {
			t.Errorf("%s: published", name)
		} else if err == nil {
			err = published
		}
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, not %s", name, err, c.want)
		}
		if err := e.Abandon(); err != nil {
			t.Error(err)
		}
		for _, f := range emit.Formats() {
			m, err := dataset.ReadManifest(filepath.Join(data, string(f)))
			if err != nil || m.UpdateTag != 1 {
				t.Errorf("%s: the old %s directory is gone: %v", name, f, err)
			}
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	data := t.TempDir()
	full := filepath.Join(data, "full")
	os.MkdirAll(full, 0o700)
	os.WriteFile(filepath.Join(full, "thesis.txt"), nil, 0o600)
	for _, targets := range [][]emit.Target{
		{{Format: emit.CSV, Dir: filepath.Join(data, "a")}, {Format: emit.Parquet, Dir: filepath.Join(data, "b", "..", "a")}},
		{{Format: emit.CSV, Dir: filepath.Join(data, "a")}, {Format: "xml", Dir: filepath.Join(data, "b")}},
		{{Format: emit.CSV, Dir: filepath.Join(data, "a")}, {Format: emit.Parquet, Dir: full}},
	} {
		if _, err := emit.Open(t.Context(), emit.Job{Model: graph.Default}, targets...); err == nil {
			t.Errorf("%v was opened", targets)
		}
		if got := visible(t, data); fmt.Sprint(got) != "[full]" {
			t.Errorf("left behind: %v", got)
		}
	}
}

// Text that isn't UTF-8 is mended alike in every format.
func TestNotUTF8(t *testing.T) {
	data := t.TempDir()
	e := open(t, data)
	spaces := graph.NodeTable(graph.SpaceliftSpace)
	w, err := e.Table(spaces)
	if err != nil {
		t.Fatal(err)
	}
	row := graphtest.Row(spaces, "a\xff", "\xc3(\xff\xff)", "é")
	if err := w.Write(row); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if row[0].Text != "a\xff" {
		t.Error("the caller's row was changed")
	}
	if err := e.Publish(dataset.Manifest{}); err != nil {
		t.Fatal(err)
	}
	for f, read := range map[emit.Format]func(string, *graph.Table, dataset.File, func(graph.Row) error) error{emit.CSV: csvfile.ReadPart, emit.Parquet: parquetfile.ReadPart} {
		m, err := dataset.ReadManifest(filepath.Join(data, string(f)))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range m.Files {
			if file.Rows == 0 {
				continue
			}
			err := read(filepath.Join(data, string(f)), spaces, file, func(r graph.Row) error {
				if r[0].Text != "a\ufffd" || r[1].Text != "\ufffd(\ufffd\ufffd)" || r[2].Text != "é" {
					t.Errorf("%s: %q %q %q", f, r[0].Text, r[1].Text, r[2].Text)
				}
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		}
	}
}

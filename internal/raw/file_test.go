package raw

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"liftgraph/internal/dataset"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func write(t *testing.T, recs ...Record) (dir string, m *dataset.Manifest) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "raw")
	d, err := dataset.Create(dir)
	if err != nil {
		t.Fatal(err)
	}
	w := NewWriter(d)
	for _, r := range recs {
		if err := w.Record(r); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	m = &dataset.Manifest{Stage: "raw"}
	if err := d.Publish(m); err != nil {
		t.Fatal(err)
	}
	return dir, m
}

func ptr[T any](v T) *T { return &v }

func TestRoundTrip(t *testing.T) {
	long := strings.Repeat("a commit message \r\n", 20_000)
	recs := []Record{
		&Account{ID: "acme", Name: ptr("")},
		&Space{ID: "root", Name: ptr("<root> & \"others\""), Description: nil},
		&Run{ID: "1", Commit: &Commit{Hash: "a", Message: &long}, History: []Transition{{State: "CONFIRMED", Username: "x"}}},
		&Entity{ID: "e"},
		&Run{ID: "2"},
	}
	dir, m := write(t, recs...)
	var got []Record
	for r, err := range Read(dir, m) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, r)
	}
	// By kind: the entity comes before both runs.
	want := []Record{recs[0], recs[1], recs[3], recs[2], recs[4]}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %d records: %+v", len(got), got)
	}
}

func TestStoppedReaderLeavesNoGoroutine(t *testing.T) {
	var recs []Record
	for range 3 * batch {
		recs = append(recs, &Role{ID: "r"})
	}
	dir, m := write(t, recs...)
	for range Read(dir, m) {
		break
	}
}

func TestDamagedPart(t *testing.T) {
	dir, m := write(t, &Account{ID: "acme"}, &Space{ID: "root"})
	name := filepath.Join(dir, "space", "part-00000.ndjson.zst")
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, b[:len(b)-5], 0o600); err != nil {
		t.Fatal(err)
	}
	var last error
	for _, err := range Read(dir, m) {
		last = err
	}
	if last == nil || !strings.Contains(last.Error(), name) {
		t.Errorf("error %v doesn't name %s", last, name)
	}
}

func TestMissingRecords(t *testing.T) {
	dir, m := write(t, &Account{ID: "acme"})
	m.Files[0].Rows = 2
	var last error
	for _, err := range Read(dir, m) {
		last = err
	}
	if last == nil || !strings.Contains(last.Error(), "the manifest says") {
		t.Errorf("error %v", last)
	}
}

// Nothing in a manifest is passed over.
func TestRefusedManifest(t *testing.T) {
	for want, harm := range map[string]func(*dataset.Manifest){
		`is of the stage "graph", but it must be of the stage "raw"`: func(m *dataset.Manifest) { m.Stage = "graph" },
		"yeti/part-00000.ndjson.zst in ":                             func(m *dataset.Manifest) { m.Files[1].Path = "yeti/part-00000.ndjson.zst" },
		"space/notes.txt in ":                                        func(m *dataset.Manifest) { m.Files[1].Path = "space/notes.txt" },
	} {
		dir, m := write(t, &Account{ID: "acme"}, &Space{ID: "root"})
		harm(m)
		for rec, err := range Read(dir, m) {
			if rec != nil || err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), dir) {
				t.Errorf("%v, %v, not %s", rec, err, want)
			}
		}
	}
}

func TestQuarantine(t *testing.T) {
	data := t.TempDir()
	for _, rejects := range []int{2, 0} {
		q, err := NewQuarantine(data, "transform")
		if err != nil {
			t.Fatal(err)
		}
		for range rejects {
			if err := q.Reject(Rejected{Reason: "unknown_run"}); err != nil {
				t.Fatal(err)
			}
		}
		if err := errors.Join(q.Seal(dataset.Manifest{Version: "v"}), q.Swap(), q.Abandon()); err != nil {
			t.Fatal(err)
		}
		m, err := dataset.ReadManifest(filepath.Join(data, "quarantine", "transform"))
		if err != nil {
			t.Fatal(err)
		}
		var rows int64
		for _, f := range m.Files {
			rows += f.Rows
		}
		if rows != int64(rejects) {
			t.Errorf("%d records are kept, not %d", rows, rejects)
		}
	}
}

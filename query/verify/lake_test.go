package verify

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"liftgraph/emit"
	"liftgraph/emit/lake"
	"liftgraph/emit/parquetfile"
	fakes3 "liftgraph/fixtures/s3"
	"liftgraph/graph"
	"liftgraph/graph/graphtest"
	"liftgraph/internal/dataset"
	"liftgraph/internal/objects"
)

var events = graph.NodeTable(graph.SpaceliftAuditEvent)

func event(id, at string) graph.Row {
	r := graphtest.Row(events, id, "acme")
	r[graph.Column(graph.SpaceliftAuditEvent, "event_time")] = graph.Text(at)
	return r
}

// lakeSample is a small whole graph with events of two days.
func lakeSample() map[*graph.Table][]graph.Row {
	all := sample()
	all[events] = []graph.Row{event("a", "2026-11-13T09:00:00Z"), event("b", "2026-11-12T09:00:00Z"), event("c", "2026-11-13T09:00:00Z")}
	return all
}

// publishLake publishes the rows and returns the lake.
func publishLake(t testing.TB, place string, s3 objects.Options) string {
	t.Helper()
	e, err := emit.Open(t.Context(), emit.Job{Model: graph.Default, UpdateTag: 1700000000, Temp: t.TempDir()},
		emit.Target{Format: emit.Parquet, Dir: place, Lake: &emit.Lake{S3: s3}})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = e.Abandon() }()
	graphtest.Write(t, e, lakeSample())
	if err := e.Publish(dataset.Manifest{UpdateTag: 1700000000}); err != nil {
		t.Fatal(err)
	}
	return place
}

func TestWholeLake(t *testing.T) {
	fake := fakes3.Start(t)
	if err := fake.MakeBucket("lake"); err != nil {
		t.Fatal(err)
	}
	s3 := objects.Options{AWS: &objects.AWS{PathStyle: true}, Attempts: 1}
	for _, place := range []string{filepath.Join(t.TempDir(), "lake"), "s3://lake", "s3://lake/a/b"} {
		publishLake(t, place, s3)
		tmp := t.TempDir()
		r, err := Lake(t.Context(), place, tmp, s3)
		if err != nil {
			t.Fatal(err)
		}
		want := Report{Stage: "lake", Files: len(graph.Default.LakeTables()) + 1 + 7, Rows: 17, Nodes: 9, Relationships: 8}
		if *r != want {
			t.Errorf("%s: %+v, not %+v", place, *r, want)
		}
		if left, _ := os.ReadDir(tmp); len(left) > 0 {
			t.Errorf("left in %s: %v", tmp, left)
		}
		if lakeIs := lake.Is(place); !lakeIs {
			t.Errorf("%s passes for a directory", place)
		}
	}
	fake.Inject(fakes3.Fault{Op: fakes3.Get, Match: func(r fakes3.Request) bool { return strings.Contains(r.Key, "SpaceliftRun") }, Do: fakes3.Refuse(403, "AccessDenied")})
	if _, err := Lake(t.Context(), "s3://lake/a/b", t.TempDir(), s3); !errors.Is(err, objects.ErrRefused) || !strings.Contains(err.Error(), "is in the manifest, but can't be read") {
		t.Errorf("refused: %v", err)
	}
}

// harmed is a lake in a directory, to be harmed.
type harmed struct {
	t    *testing.T
	dir  string
	name string // of the manifest
	m    *dataset.Manifest
}

// path returns the only file of a table whose path holds the text, or the only index.
func (h harmed) path(text string) string {
	for _, f := range h.m.Files {
		if strings.Contains(f.Path, text) && strings.HasPrefix(f.Path, lake.IndexFolder) == strings.HasPrefix(text, lake.IndexFolder) {
			return f.Path
		}
	}
	h.t.Fatalf("no file of %s", text)
	return ""
}

// file returns what the manifest says of the file at a path.
func (h harmed) file(text string) *dataset.File {
	path := h.path(text)
	return &h.m.Files[slices.IndexFunc(h.m.Files, func(f dataset.File) bool { return f.Path == path })]
}

// flip changes a bit of a file, at a place from its begin or, if negative, from its end, and enters the file anew.
func (h harmed) flip(text string, at int) {
	h.t.Helper()
	name := filepath.Join(h.dir, h.path(text))
	b, err := os.ReadFile(name)
	if err != nil {
		h.t.Fatal(err)
	}
	b[(at+len(b))%len(b)] ^= 1
	if err := os.WriteFile(name, b, 0o600); err != nil {
		h.t.Fatal(err)
	}
	h.save()
}

// save writes the manifest again, with the sizes and checksums that the files have now.
func (h harmed) save() {
	h.t.Helper()
	for i := range h.m.Files {
		f := &h.m.Files[i]
		b, err := os.ReadFile(filepath.Join(h.dir, f.Path))
		if err != nil {
			h.t.Fatal(err)
		}
		sum := sha256.Sum256(b)
		f.Bytes, f.SHA256 = int64(len(b)), hex.EncodeToString(sum[:])
	}
	slices.SortFunc(h.m.Files, func(a, b dataset.File) int { return strings.Compare(a.Path, b.Path) })
	b, err := json.Marshal(h.m)
	if err == nil {
		err = os.WriteFile(filepath.Join(h.dir, h.name), b, 0o600)
	}
	if err != nil {
		h.t.Fatal(err)
	}
}

// rewrite replaces a file by one with these rows.
func (h harmed) rewrite(path string, t *graph.Table, rows ...graph.Row) {
	h.t.Helper()
	f, err := os.Create(filepath.Join(h.dir, path))
	if err != nil {
		h.t.Fatal(err)
	}
	w := parquetfile.NewWriter(parquetfile.Limits{BlockRows: 10, GroupRows: 10, GroupBytes: 1 << 20, PartRows: 1 << 20}, t, func(int) (parquetfile.Part, error) {
		return fileParts{f}, nil
	})
	for _, r := range rows {
		if err := w.Write(r); err != nil {
			h.t.Fatal(err)
		}
	}
	if err := w.End(); err != nil {
		h.t.Fatal(err)
	}
	for i := range h.m.Files {
		if h.m.Files[i].Path == path {
			h.m.Files[i].Rows = int64(len(rows))
		}
	}
	h.m.Ledger = nil
	h.save()
}

type fileParts struct{ *os.File }

func (fileParts) AddRows(int64) {}

// Each harm to a lake is found, and named.
func TestLakeAlarm(t *testing.T) {
	for name, c := range map[string]struct {
		harm func(h harmed)
		want string
	}{
		"flipped byte": {func(h harmed) {
			name := filepath.Join(h.dir, h.path("nodes/SpaceliftSpace/"))
			b, _ := os.ReadFile(name)
			b[len(b)/2] ^= 1
			_ = os.WriteFile(name, b, 0o600)
		}, "isn't as it was written: its SHA-256 is"},
		"cut file": {func(h harmed) {
			_ = os.Truncate(filepath.Join(h.dir, h.path("nodes/SpaceliftSpace/")), 10)
		}, "has 10 bytes, but the manifest says"},
		"missing file": {func(h harmed) { _ = os.Remove(filepath.Join(h.dir, h.path("nodes/SpaceliftSpace/"))) }, "is in the manifest, but can't be read"},
		"stray file": {func(h harmed) {
			_ = os.WriteFile(filepath.Join(h.dir, filepath.Dir(h.path("nodes/SpaceliftSpace/")), "x.parquet"), nil, 0o600)
		}, "x.parquet isn't in the manifest"},
		"stray partition": {func(h harmed) {
			dir := filepath.Join(h.dir, filepath.Dir(filepath.Dir(h.path("nodes/SpaceliftAuditEvent/"))), "event_date=2026-01-01")
			_ = os.Mkdir(dir, 0o700)
			_ = os.WriteFile(filepath.Join(dir, "x"), nil, 0o600)
		}, "event_date=2026-01-01/x isn't in the manifest"},
		"no manifest":      {func(h harmed) { _ = os.Remove(filepath.Join(h.dir, h.name)) }, "latest.json names " + "manifests/2023-11-14-"},
		"no latest.json":   {func(h harmed) { _ = os.Remove(filepath.Join(h.dir, lake.LatestName)) }, "is not a published lake"},
		"unlisted table":   {func(h harmed) { h.unlist("nodes/SpaceliftWorker/") }, "the manifest lists no file of nodes/SpaceliftWorker"},
		"path elsewhere":   {func(h harmed) { h.m.Files = append(h.m.Files, dataset.File{Path: "../thesis"}); h.saveManifest() }, `"../thesis", which is no file of a table`},
		"another snapshot": {func(h harmed) { h.rename("nodes/SpaceliftSpace/", "=2023-11-14", "=2023-11-15") }, "which is of another snapshot"},
		"part before it":   {func(h harmed) { h.rename("nodes/SpaceliftSpace/", "part-00000", "part-00001") }, "but not the part 0 before it"},
		"rows of the day":  {func(h harmed) { h.rename("event_date=2026-11-12", "event_date=2026-11-12", "event_date=2026-11-11") }, "event_date=2026-11-11/part-00000-"},
		"count":            {func(h harmed) { h.file("nodes/SpaceliftSpace/").Rows++; h.saveManifest() }, "rows, but the manifest says"},
		"update tag":       {func(h harmed) { h.m.UpdateTag += 86400; h.saveManifest() }, "the snapshot of 2023-11-14 has the update tag 1700086400, which is of 2023-11-15"},
		"ledger":           {func(h harmed) { h.m.Ledger[0].In, h.m.Ledger[0].Out = 18, 18; h.saveManifest() }, "the files hold 17 rows, but by the ledger 18 were emitted"},
		"twice in a file": {func(h harmed) {
			h.rewrite(h.path("nodes/SpaceliftUser/"), users, graphtest.Row(users, "ada"), graphtest.Row(users, "ada"))
		}, `"ada" is there twice`},
		"out of order": {func(h harmed) {
			h.rewrite(h.path("nodes/EC2Instance/"), graph.NodeTable(graph.EC2Instance), graphtest.Row(graph.NodeTable(graph.EC2Instance), "i-2"), graphtest.Row(graph.NodeTable(graph.EC2Instance), "i-1"))
		}, "out of order"},
		"twice over days": {func(h harmed) { h.rewrite(h.path("event_date=2026-11-12"), events, event("a", "2026-11-12T09:00:00Z")) }, `"a" is there twice`},
		"out of order days": {func(h harmed) {
			h.rewrite(h.path("event_date=2026-11-13"), events, event("c", "2026-11-13T09:00:00Z"), event("a", "2026-11-13T09:00:00Z"))
		}, "out of order"},
		"dangling end": {func(h harmed) { h.rewrite(h.path("nodes/SpaceliftUser/"), users, graphtest.Row(users, "ada")) },
			`start_id is "bob", but there is no such SpaceliftUser`},
		"index with a flipped bit":           {func(h harmed) { h.flip("index/nodes/SpaceliftUser/", 20) }, "it is damaged: its list of blocks has another checksum"},
		"index that leads elsewhere":         {func(h harmed) { h.flip("index/relationships/SpaceliftUser_HAS_ROLE_IN_SpaceliftSpace/", -1) }, "doesn't lead to the rows of"},
		"index that leads elsewhere in days": {func(h harmed) { h.flip("index/nodes/SpaceliftAuditEvent/", -1) }, "doesn't lead to the rows of"},
		"index of another table": {func(h harmed) {
			b, _ := os.ReadFile(filepath.Join(h.dir, h.path("index/nodes/SpaceliftSpace/")))
			_ = os.WriteFile(filepath.Join(h.dir, h.path("index/nodes/SpaceliftUser/")), b, 0o600)
			h.save()
		}, "the indexes of nodes/SpaceliftUser go on behind its rows"},
		"index of no rows":       {func(h harmed) { h.rename("index/nodes/SpaceliftUser/", "SpaceliftUser", "SpaceliftWorker") }, "the indexes of nodes/SpaceliftWorker go on behind its rows"},
		"second index":           {func(h harmed) { h.rename("index/nodes/SpaceliftUser/", "/00000-", "/00001-") }, "which is no file of a table"},
		"index of another day":   {func(h harmed) { h.rename("index/nodes/SpaceliftUser/", "=2023-11-14", "=2023-11-15") }, "which is no file of a table"},
		"index that counts rows": {func(h harmed) { h.file("index/nodes/SpaceliftUser/").Rows++; h.saveManifest() }, "which is no file of a table"},
		"missing index":          {func(h harmed) { _ = os.Remove(filepath.Join(h.dir, h.path("index/nodes/SpaceliftUser/"))) }, "is in the manifest, but can't be read"},
		"stray index": {func(h harmed) {
			_ = os.WriteFile(filepath.Join(h.dir, filepath.Dir(h.path("index/nodes/SpaceliftUser/")), "x"), nil, 0o600)
		}, "x isn't in the manifest"},
		"index of one row fewer": {func(h harmed) {
			h.rewrite(h.path("nodes/SpaceliftUser/"), users, graphtest.Row(users, "ada"), graphtest.Row(users, "bob"), graphtest.Row(users, "zoe"))
		}, "index/nodes/SpaceliftUser/"},
		"other columns": {func(h harmed) { h.rewrite(h.path("nodes/SpaceliftUser/"), spaces, graphtest.Row(spaces, "ada")) }, "columns"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := publishLake(t, filepath.Join(t.TempDir(), "lake"), objects.Options{})
			s, err := lake.Open(t.Context(), dir, "", objects.Options{})
			if err != nil {
				t.Fatal(err)
			}
			names, err := filepath.Glob(filepath.Join(dir, lake.ManifestsFolder, "*"))
			if err != nil || len(names) != 1 {
				t.Fatal(names, err)
			}
			c.harm(harmed{t, dir, lake.ManifestsFolder + "/" + filepath.Base(names[0]), s.Manifest})
			if _, err := Lake(context.Background(), dir, t.TempDir(), objects.Options{}); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, not %q", err, c.want)
			}
		})
	}
}

// unlist takes files out of the lake and its manifest.
func (h harmed) unlist(text string) {
	h.m.Files = slices.DeleteFunc(h.m.Files, func(f dataset.File) bool {
		return strings.Contains(f.Path, text) && os.Remove(filepath.Join(h.dir, f.Path)) == nil
	})
	h.saveManifest()
}

// rename returns a file another path.
func (h harmed) rename(text, from, to string) {
	path := h.path(text)
	other := strings.ReplaceAll(path, from, to)
	if err := errors.Join(os.MkdirAll(filepath.Dir(filepath.Join(h.dir, other)), 0o700), os.Rename(filepath.Join(h.dir, path), filepath.Join(h.dir, other))); err != nil {
		h.t.Fatal(err)
	}
	for i := range h.m.Files {
		if h.m.Files[i].Path == path {
			h.m.Files[i].Path = other
		}
	}
	h.save()
}

// saveManifest writes the manifest again as it is.
func (h harmed) saveManifest() {
	h.t.Helper()
	b, err := json.Marshal(h.m)
	if err == nil {
		err = os.WriteFile(filepath.Join(h.dir, h.name), b, 0o600)
	}
	if err != nil {
		h.t.Fatal(err)
	}
}
